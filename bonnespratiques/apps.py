"""Owns which admin site the project has; who may enter is in `practices.backoffice`."""

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """Django's admin, entered as the back office says."""

    default_site = "practices.backoffice.BackOffice"
