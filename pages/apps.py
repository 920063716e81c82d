"""Owns the name of the application of plain pages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """The plain pages a site owes its visitors."""

    name = "pages"
    verbose_name = _("Plain pages")
    default_auto_field = "django.db.models.BigAutoField"
