"""Owns the name of the catalogue's application, and what is set up with it."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    """The catalogue of practices."""

    name = "practices"
    verbose_name = _("Catalogue")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Have the database count every change of the catalogue."""
        from practices import signals, triggers  # noqa: F401  importing the signals connects them

        triggers.watch_catalogue()
        post_migrate.connect(triggers.install, sender=self)
