"""Making a backup of a running site: every row as at one moment, every uploaded file, in one file; keeping a few.

What the file is made of is in `archive`, what rows become in `rows`, the way back in `restoring`.
"""

import json
import os
import re
import shutil
import time
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.db import connections, transaction
from django.db.utils import ConnectionHandler

from operations.backup import archive, serialization
from operations.backup.hooks import registry

SNAPSHOT = "snapshot"
MEMORY = "memoire.json"
"""The file beside the backups that says what a restored database must be told: it is written again at each backup."""
NAME = re.compile(r"bonnes-pratiques-\d{8}T\d{6}Z\.tar\.gz(\.age)?(\.partial)?")
STALE = 24 * 3600
SPOOLED = 32 << 20
"""Bytes of a file that memory holds while it is read; longer ones wait on the disk."""
UNFINISHED = (".health-", ".restore-", ".before-")
"""How the names of files begin that are ours in the folder of uploaded files, and no upload."""


@contextmanager
def snapshot(settings_of_database=None):
    """A connection of its own that sees the database as it is now, whatever is written meanwhile; yields its alias."""
    described = deepcopy(settings_of_database or connections["default"].settings_dict)
    handler = ConnectionHandler({"default": {}, SNAPSHOT: described})
    connection = handler.create_connection(SNAPSHOT)
    options = connection.settings_dict["OPTIONS"]
    if connection.vendor == "sqlite":
        # A reader's transaction: it waits for nobody, and nobody for it.
        options["transaction_mode"] = "DEFERRED"
    else:
        from psycopg import IsolationLevel

        options["isolation_level"] = IsolationLevel.REPEATABLE_READ
    connections[SNAPSHOT] = connection
    try:
        with transaction.atomic(using=SNAPSHOT):
            with connection.cursor() as cursor:
                # The first look fixes what the transaction sees.
                cursor.execute("SELECT count(*) FROM django_migrations")
            yield SNAPSHOT
    finally:
        connection.close()
        del connections[SNAPSHOT]


def backup(folder, recipients=(), tell=lambda line: None, fault=lambda name, why: None):
    """Make one backup in a folder; return its path. Nothing is left when it fails.

    `fault(name, why)` is told of each file that could not be read and is not in it, and, with no `why`, of each whose
    name is not UTF-8, which is in it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = datetime.now(UTC)
    path = folder / f"bonnes-pratiques-{stamp:%Y%m%dT%H%M%SZ}.tar.gz{'.age' if recipients else ''}"
    with archive.new_file(path, recipients) as stream:
        write(stream, tell, fault, at=stamp)
    remember(folder)
    return path


def write(stream, tell=lambda line: None, fault=lambda name, why: None, at=None, files=True, source=None):
    """Write the archive of the site to a stream; `source` is another database, as Django's settings describe one."""
    with snapshot(source) as alias:
        migrations = serialization.migrations_of(alias)
        tables = serialization.tables(alias, migrations)
        kept = {label: model for label, model in tables.items() if label not in registry.left_out()}
        facts = {"made_at": (at or datetime.now(UTC)).timestamp(), "vendor": connections[alias].vendor}
        writer = archive.Writer(stream, {**facts, "migrations": migrations, "rows": {}})
        writer.facts["sequences"] = serialization.sequences(alias, kept)
        for number, (label, model) in enumerate(kept.items(), 1):
            writer.facts["rows"][label] = written = writer.add_lines(f"rows/{label}", serialization.lines(alias, model))
            tell(f"{number}/{len(kept)} tables : {label}, {written} lignes")
        if files:
            _write_files(writer, tell, fault)
        writer.close()


def _write_files(writer, tell, fault):
    root, count = Path(settings.MEDIA_ROOT), 0

    def unreadable(error):
        if not isinstance(error, FileNotFoundError):  # erased since its name was read: it is no longer of the site
            fault(told(os.path.relpath(error.filename, root)), error.strerror)

    for path in uploaded(root, unreadable):
        name = str(path.relative_to(root))
        with SpooledTemporaryFile(SPOOLED) as copy:
            try:
                with path.open("rb") as file:
                    shutil.copyfileobj(file, copy)
            except OSError as error:
                # Read to its end before a word of it is written: one file that the disk lost stops no other.
                error.filename = path
                unreadable(error)
                continue
            size = copy.tell()
            copy.seek(0)
            writer.add_stream(f"files/{name}", copy, size)
        if told(name) != name:
            fault(told(name), "")
        count += 1
        if not count % 100:
            tell(f"{count} fichiers")
    writer.facts["files"] = count
    tell(f"{count} fichiers")


def told(name):
    """The name of a file as a screen can show it: bytes that are not UTF-8 as \\xe9."""
    return os.fsencode(name).decode(errors="backslashreplace")


def uploaded(root, unreadable=None):
    """The files of the folder of uploads, in the order of their names; links are not followed.

    `unreadable(error)` is told of each folder that cannot be read.
    """
    for folder, folders, names in os.walk(root, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith(UNFINISHED))
        for name in sorted(names):
            path = Path(folder, name)
            if not name.startswith(UNFINISHED) and path.is_file() and not path.is_symlink():
                yield path


def remember(folder):
    """Write beside the backups what a restored database must be told, in one piece."""
    path = Path(folder, MEMORY)
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(registry.remembered(), indent=1), encoding="utf-8")
    partial.replace(path)


def remembered(folder):
    """What `remember` wrote last in a folder, or nothing."""
    try:
        return json.loads(Path(folder, MEMORY).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def kept(folder):
    """The whole backups of a folder, the oldest first; one that a wrong clock dated in the future counts as older."""
    tomorrow = f"bonnes-pratiques-{datetime.now(UTC) + timedelta(days=1):%Y%m%dT%H%M%SZ}"
    paths = (path for path in Path(folder).glob("bonnes-pratiques-*") if NAME.fullmatch(path.name))
    whole = (path for path in paths if not path.name.endswith(".partial"))
    return sorted(whole, key=lambda path: (path.name < tomorrow, path.name))


def rotate(folder, keep, made=None):
    """Delete all but the last backups, and what interrupted ones left; return the paths that are gone.

    The one just made stays, whatever the clock called it.
    """
    gone = [path for path in kept(folder)[:-keep] if path != made] if keep else []
    for path in Path(folder).glob("bonnes-pratiques-*.partial"):
        if NAME.fullmatch(path.name) and path.stat().st_mtime < time.time() - STALE:
            gone.append(path)
    for path in gone:
        path.unlink(missing_ok=True)
    return gone
