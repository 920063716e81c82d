"""Making a backup of a running site: every row as at one moment, every uploaded file, in one file; keeping a few.

What the file is made of is in `archive`, what rows become in `serialization`, the way back in `restoring`.
"""

import json
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeAlias

from django.conf import settings
from django.db import connections, transaction
from django.db.utils import ConnectionHandler
from django.utils.translation import ngettext

from operations.backup import archive, serialization
from operations.backup.hooks import registry

Tell: TypeAlias = Callable[[str], object]
"""Called with each line about how far the work is."""
Fault: TypeAlias = Callable[[str, str], object]
"""Called with the name of a file and what is wrong with it, as `backup` says."""

SNAPSHOT = "snapshot"
"""The alias of the connection that a backup reads."""
MEMORY = "memoire.json"
"""The file beside the backups that says what a restored database must be told: it is written again at each backup."""
NAME = re.compile(r"bonnes-pratiques-\d{8}T\d{6}Z\.tar\.gz(\.age)?(\.partial)?")
STALE = 24 * 3600
"""Seconds after which the file of an interrupted backup is deleted."""
SPOOLED = 32 << 20
"""Bytes of a file that memory holds while it is read; longer ones wait on the disk."""
UNFINISHED = (".health-", ".restore-", ".before-")
"""How the names of files begin that are ours in the folder of uploaded files, and no upload."""


@contextmanager
def snapshot(settings_of_database: Mapping[str, Any] | None = None) -> Iterator[str]:
    """Open a connection that sees the database as it is now, whatever is written meanwhile; yield its alias.

    It is the site's database unless another is given, as Django's settings describe one.
    """
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


def backup(
    folder: str | Path,
    recipients: Sequence[str] = (),
    tell: Tell = lambda line: None,
    fault: Fault = lambda name, why: None,
) -> Path:
    """Make one backup in a folder, encrypted where there are public keys of age; return its path.

    `fault(name, why)` is told of each file that could not be read and is not in it, and, with an empty `why`, of each
    whose name is not UTF-8, which is in it. Nothing is left when it fails, which raises as `archive.new_file` does, and
    DatabaseError or OSError.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    stamp = datetime.now(UTC)
    path = folder / f"bonnes-pratiques-{stamp:%Y%m%dT%H%M%SZ}.tar.gz{'.age' if recipients else ''}"
    with archive.new_file(path, recipients) as stream:
        write(stream, tell, fault, at=stamp)
    remember(folder)
    return path


def write(
    stream: IO[bytes],
    tell: Tell = lambda line: None,
    fault: Fault = lambda name, why: None,
    at: datetime | None = None,
    files: bool = True,
    source: Mapping[str, Any] | None = None,
) -> None:
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
            told = ngettext("%(label)s: %(count)s row", "%(label)s: %(count)s rows", written)
            tell(f"{number}/{len(kept)} {told % {'label': label, 'count': written}}")
        if files:
            _write_files(writer, tell, fault)
        writer.close()


def _write_files(writer: archive.Writer, tell: Tell, fault: Fault) -> None:
    root, count = Path(settings.MEDIA_ROOT), 0

    def unreadable(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError):  # erased since its name was read: it is no longer of the site
            fault(told(os.path.relpath(error.filename, root)), error.strerror or type(error).__name__)

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
            tell(counted_files(count))
    writer.facts["files"] = count
    tell(counted_files(count))


def counted_files(count: int) -> str:
    """Return how many files there are, in words."""
    return ngettext("%(count)s file", "%(count)s files", count) % {"count": count}


def told(name: str) -> str:
    """Return the name of a file as a screen can show it: bytes that are not UTF-8 as \\xe9."""
    return os.fsencode(name).decode(errors="backslashreplace")


def uploaded(root: Path, unreadable: Callable[[OSError], object] | None = None) -> Iterator[Path]:
    """Yield the files of the folder of uploads, in the order of their names; links are not followed.

    `unreadable(error)` is told of each folder that cannot be read.
    """
    for folder, folders, names in os.walk(root, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith(UNFINISHED))
        for name in sorted(names):
            path = Path(folder, name)
            if not name.startswith(UNFINISHED) and path.is_file() and not path.is_symlink():
                yield path


def remember(folder: str | Path) -> None:
    """Write what a restored database must be told beside the backups of a folder, all of it or nothing."""
    path = Path(folder, MEMORY)
    partial = path.with_suffix(".partial")
    partial.touch(mode=0o600)
    partial.write_text(json.dumps(registry.remembered(), indent=1), encoding="utf-8")
    partial.replace(path)


def remembered(folder: str | Path) -> dict[str, list[Any]]:
    """Return what `remember` wrote last in a folder, by application; empty where it wrote nothing."""
    try:
        return json.loads(Path(folder, MEMORY).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def kept(folder: str | Path) -> list[Path]:
    """Return the whole backups of a folder, the oldest first.

    One that a wrong clock dated in the future comes before every other.
    """
    tomorrow = f"bonnes-pratiques-{datetime.now(UTC) + timedelta(days=1):%Y%m%dT%H%M%SZ}"
    paths = (path for path in Path(folder).glob("bonnes-pratiques-*") if NAME.fullmatch(path.name))
    whole = (path for path in paths if not path.name.endswith(".partial"))
    return sorted(whole, key=lambda path: (path.name < tomorrow, path.name))


def rotate(folder: str | Path, keep: int, made: Path | None = None) -> list[Path]:
    """Delete all but the `keep` last backups, and what interrupted ones left; return the paths that are gone.

    With 0 every whole backup stays. The one just made stays, too, whatever its date.
    """
    gone = [path for path in kept(folder)[:-keep] if path != made] if keep else []
    for path in Path(folder).glob("bonnes-pratiques-*.partial"):
        if NAME.fullmatch(path.name) and path.stat().st_mtime < time.time() - STALE:
            gone.append(path)
    for path in gone:
        path.unlink(missing_ok=True)
    return gone
