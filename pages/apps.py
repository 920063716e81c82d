"""The name of the application of plain pages, and what is set up with it."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    """The plain pages a site owes its visitors."""

    name = "pages"
    verbose_name = _("Plain pages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Have a change of a page move the catalogue version, by which pages are cached."""
        from facets.triggers import OTHER
        from practices.index import triggers

        triggers.watch(self.get_model("Page")._meta.db_table, OTHER)
        post_migrate.connect(triggers.install, sender=self)
