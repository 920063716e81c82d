"""Owns the name of the application that keeps the site running, and what it looks after by itself."""

from django.apps import AppConfig
from django.conf import settings


class OperationsConfig(AppConfig):
    """Health, and what else an installation needs for ten years; it knows nothing of the catalogue."""

    name = "operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        """Have the health of what every installation has looked at."""
        from operations import examinations, health, hooks, parts, sentry, slow

        health.watch("database", parts.database)
        health.watch("migrations", parts.migrations)
        health.watch("media", parts.media)
        health.watch("cache", parts.cache, vital=False)
        health.watch("prune", parts.prune, vital=False)
        examinations.register()
        if settings.SLOW_QUERY_MS:
            slow.watch(settings.SLOW_QUERY_MS)
        if settings.SENTRY_DSN:
            sentry.start(settings.SENTRY_DSN)
        # Who is signed in and who has typed a wrong password say nothing of tomorrow.
        axes = ("AccessAttempt", "AccessAttemptExpiration", "AccessFailureLog", "AccessLog")
        passing = ("sessions.Session", *(f"axes.{name}" for name in axes))
        hooks.register(self.name, hooks.Hooks(left_out=passing, untouched=("operations.Run",)))
