"""The trial of a backup: `restore` itself, run on it into a scratch database, which goes away afterwards.

How a backup is read and what is compared is left to `restoring`; here are the scratch database, the process that
restores into it, and what is told of the outcome.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.utils import ConnectionHandler
from django.utils import timezone
from django.utils.translation import gettext as _

from operations import runs
from operations.doctor import Finding, broken, doubtful, fine, moment
from operations.models import Run

NAME = "trial"
"""The name of the last trial among the runs of commands."""
SCRATCH = ".essai-"
"""How the name of a folder begins in which there is a scratch database of SQLite."""
STALE = 24 * 3600
"""Seconds after which what an interrupted trial left is deleted."""
LATE = timedelta(days=3)
"""How old the last trial that succeeded may be."""


class Failed(Exception):
    """The backup does not come back; the words are for a person."""


def attempt(path: str | Path, identities: Sequence[str] = ()) -> str:
    """Restore a backup into a scratch database and compare; return a sentence about it, or raise Failed.

    It is the command that an operator would use, in a process of its own: nothing of this site is within its reach.
    """
    runs.note(NAME, began_at=timezone.now())
    try:
        with _scratch() as (url, where), tempfile.TemporaryDirectory() as media:
            back = _("%(name)s comes back, in %(where)s.") % {"name": Path(path).name, "where": where}
            said = f"{back} {_restored(path, identities, url, media)}"
    except (Failed, OSError) as error:
        words = _("%(name)s does not come back: %(error)s") % {"name": Path(path).name, "error": error}
        runs.note(NAME, failed_at=timezone.now(), note=words)
        raise Failed(words) from error
    runs.note(NAME, succeeded_at=timezone.now(), note=said)
    return said


def _restored(path: str | Path, identities: Sequence[str], url: str, media: str) -> str:
    place = {"DATABASE_URL": url, "MEDIA_ROOT": media, "CACHE_URL": "", "SENTRY_DSN": ""}
    done = subprocess.run(  # noqa: S603  its words are ours
        [sys.executable, "manage.py", "restore", str(Path(path).absolute()), "--without-files", "--identity", "-"],
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "bonnespratiques.settings", **place},
        input="\n".join(identities),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failed((done.stderr.strip() or _("restore stopped")).splitlines()[-1])
    return done.stdout.partition("\n")[0]


@contextmanager
def _scratch() -> Iterator[tuple[str, str]]:
    """Yield the address of a blank database, of the site's kind where it can be, and where it is, in words."""
    if connection.vendor == "sqlite":
        # Beside the site's own, where there is a disk for databases.
        folder = Path(connection.settings_dict["NAME"]).parent
        with _file(folder, _("a scratch SQLite file")) as made:
            yield made
        return
    name = f"{connection.settings_dict['NAME']}_essai"
    try:
        _create(name)
    except DatabaseError as error:
        why = str(error).strip().splitlines()[0]
        place = _("a scratch SQLite file, as the PostgreSQL database %(name)s could not be created (%(why)s)")
        place %= {"name": name, "why": why}
        with _file(Path(tempfile.gettempdir()), place) as made:
            yield made
        return
    try:
        yield (
            urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{quote(name)}").geturl(),
            _("the PostgreSQL database %(name)s") % {"name": name},
        )
    finally:
        _drop(name)


@contextmanager
def _file(folder: Path, words: str) -> Iterator[tuple[str, str]]:
    # The site's own: other sites may keep their databases in the same folder.
    prefix = f"{SCRATCH}{Path(connection.settings_dict['NAME']).stem}-"
    for old in folder.glob(f"{prefix}*"):
        if old.stat().st_mtime < time.time() - STALE:
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=folder) as made:
        yield f"sqlite:///{made}/db.sqlite3", words


def _create(name: str) -> None:
    """Make a database like the site's, in the place of what a trial that was killed left, and see that it answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT datcollate, datctype FROM pg_database WHERE datname = current_database()")
        collate, ctype = cursor.fetchone()
    _drop(name)
    quoted = connection.ops.quote_name(name)
    like = f"TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE '{collate}' LC_CTYPE '{ctype}'"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {quoted} {like}")
    there = {**deepcopy(connection.settings_dict), "NAME": name}
    scratch = ConnectionHandler({"default": {}, name: there}).create_connection(name)
    try:
        scratch.ensure_connection()
    except DatabaseError:  # a pooler that knows only the databases it was told of
        _drop(name)
        raise
    finally:
        scratch.close()


def _drop(name: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)}")


def last() -> Iterator[Finding]:
    """Yield what is known of the last trial, as a finding of `doctor`."""
    mend = _("Run manage.py backup --trial, and read what it says; see docs/sauvegardes.md.")
    run = Run.objects.filter(name=NAME).first()
    if run is None or not (run.succeeded_at or run.failed_at):
        yield doubtful(_("No backup was ever tried: nothing says that one can be restored."), mend)
        return
    succeeded = run.succeeded_at
    if run.failed_at and (succeeded is None or run.failed_at > succeeded):
        failed = {"moment": moment(run.failed_at), "why": run.note}
        yield broken(_("The trial of %(moment)s failed. %(why)s") % failed, mend)
    elif succeeded and succeeded < timezone.now() - LATE:
        yield broken(_("The last backup that was tried was so on %(moment)s.") % {"moment": moment(succeeded)}, mend)
    elif succeeded:
        yield fine(_("Tried on %(moment)s: %(said)s") % {"moment": moment(succeeded), "said": run.note})
