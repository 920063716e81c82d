"""How the health of each part that every installation has is asked: database, migrations, media folder, `prune`, cache.

Each returns "ok" or the word for what is wrong, or raises; `operations.health` says what becomes of it.
"""

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


def database() -> str:
    """Make a query; return "ok", or raise what the database raises."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return OK


def migrations() -> str:
    """Return "ok" when the database has every migration of this code, else "behind"."""
    global migrated
    if not migrated:
        executor = MigrationExecutor(connection)
        migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return OK if migrated else "behind"


def media() -> str:
    """Write a file where uploads go; return "ok", or raise OSError: permissions, a full disk, a read-only folder."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".health-") as file:
        file.write(b"ok")
        file.flush()
    return OK


def prune() -> str:
    """Return "failed" when the last `manage.py prune` failed, else "ok".

    It refuses to run after the clock jumped, until somebody has looked.
    """
    failed = Q(succeeded_at=None) | Q(failed_at__gt=F("succeeded_at"))
    return "failed" if Run.objects.filter(failed, name="prune", failed_at__isnull=False).exists() else OK


def cache() -> str:
    """Return "ok" when what is put in the cache comes out of it, else "forgets"."""
    caches["default"].set("health", True, 60)
    return OK if caches["default"].get("health") else "forgets"
