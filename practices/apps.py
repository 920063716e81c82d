"""Owns the name of the catalogue's application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    """The catalogue of practices."""

    name = "practices"
    verbose_name = _("Catalogue")
    default_auto_field = "django.db.models.BigAutoField"
