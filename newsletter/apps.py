"""The name of the newsletter's application."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NewsletterConfig(AppConfig):
    """Readers, what they agreed to, what is sent to them."""

    name = "newsletter"
    verbose_name = _("Newsletter")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Have what waits told with the health of the site, and who was erased stay so when a backup returns."""
        from newsletter import checks, dashboard, diagnostics, restore_hooks, retention
        from newsletter.delivery import queue
        from operations import health
        from operations import retention as kept
        from operations.backup.hooks import Hooks, register
        from practices.editorial.dashboard import MORE_TILES

        health.watch("mail", queue.health, vital=False)
        hooks = Hooks(left_out=("newsletter.Tally",), after=restore_hooks.after, remember=restore_hooks.remember)
        register(self.name, hooks)
        kept.register(self.name, retention.prune)
        diagnostics.register()
        checks.register()
        if dashboard.tiles not in MORE_TILES:
            MORE_TILES.append(dashboard.tiles)
