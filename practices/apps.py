"""The name of the catalogue's application, and what is set up with it."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    """The catalogue of practices."""

    name = "practices"
    verbose_name = _("Catalogue")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Have the database count every change of the catalogue, and each role hold its permissions."""
        from accounts import attempts, roles
        from operations import retention
        from operations.backup.hooks import Hooks, register
        from practices import diagnostics, restore_hooks, signals
        from practices.importing import abandoned
        from practices.index import triggers

        triggers.watch_items()
        pre_migrate.connect(triggers.suspend, sender=self)
        counters = ("practices.Version", "practices.Change")
        # The rows of a file that whoever imports still has, compared with a catalogue that is gone.
        imports = ("practices.ImportJob", "practices.ImportChunk")
        hooks = Hooks(left_out=imports, untouched=counters, before=restore_hooks.before, after=restore_hooks.after)
        register(self.name, hooks)
        retention.register("practices.imports", abandoned.prune)
        post_migrate.connect(triggers.install, sender=self)
        post_migrate.connect(signals.follow_languages, sender=self)
        diagnostics.register()
        retention.register("practices.attempts", attempts.prune)
        post_migrate.connect(roles.grant)
