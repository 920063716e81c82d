"""Which admin site the project has; who may enter is in `accounts.site`."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """Django's admin, entered as the back office says."""

    default_site = "practices.admin_site.BackOffice"
