"""What every installation stands on, each as a look of `health`: database, migrations, media folder, cache."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F, Q

from operations.health import OK
from operations.models import Run

migrated = False
"""Whether this process has once seen every migration applied: its own code brings no new ones."""


def database():
    """A connection of its own, and a query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return OK


def migrations():
    """Whether the database has every migration of this code."""
    global migrated
    if not migrated:
        executor = MigrationExecutor(connection)
        migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return OK if migrated else "behind"


def media():
    """Whether a file can be written where uploads go: permissions, a full disk, a folder that is read-only."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".health-") as file:
        file.write(b"ok")
        file.flush()
    return OK


def prune():
    """Whether what is kept too long was erased the last time: a clock that jumped forbids it until somebody looks."""
    failed = Q(succeeded_at=None) | Q(failed_at__gt=F("succeeded_at"))
    return "failed" if Run.objects.filter(failed, name="prune", failed_at__isnull=False).exists() else OK


def cache():
    """Whether what is put in the cache comes out of it."""
    caches["default"].set("health", True, 60)
    return OK if caches["default"].get("health") else "forgets"
