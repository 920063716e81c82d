"""The application that keeps the site running, and what it sets up when Django starts."""

from django.apps import AppConfig
from django.conf import settings


class OperationsConfig(AppConfig):
    """Health, logs, backups and the rest of what any installation needs; it knows nothing of the catalogue."""

    name = "operations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what every installation has: parts of its health, examinations, logs, hooks of its backups."""
        from operations import health
        from operations.backup import hooks
        from operations.logs import sentry, slow_queries
        from operations.monitoring import diagnostics, probes

        health.watch("database", probes.database)
        health.watch("migrations", probes.migrations)
        health.watch("media", probes.media)
        health.watch("cache", probes.cache, vital=False)
        health.watch("prune", probes.prune, vital=False)
        diagnostics.register()
        if settings.SLOW_QUERY_MS:
            slow_queries.watch(settings.SLOW_QUERY_MS)
        if settings.SENTRY_DSN:
            sentry.start(settings.SENTRY_DSN)
        # Who is signed in and who has typed a wrong password say nothing of tomorrow.
        axes = ("AccessAttempt", "AccessAttemptExpiration", "AccessFailureLog", "AccessLog")
        passing = ("sessions.Session", *(f"axes.{name}" for name in axes))
        hooks.register(self.name, hooks.Hooks(left_out=passing, untouched=("operations.Run",)))
