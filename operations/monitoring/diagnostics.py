"""What is examined of any installation: settings, database, disk, files, cache, clock, timers, backups."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from operations import health
from operations.backup import trial, writing
from operations.clock import examination as trusted_clock
from operations.doctor import Finding, broken, doubtful, examine, fine
from operations.models import Run
from operations.monitoring import probes
from operations.monitoring.timers import expect, timers
from operations.release import version

DISK_LOW, DISK_EMPTY = 1 << 30, 100 << 20
OLDEST_POSTGRESQL = 14
"""Oldest version that Django 5.2 works with."""
CLOCK_DRIFT = timedelta(seconds=10)


def software() -> Iterator[Finding]:
    """Which version this is: whoever reports a fault is asked for it."""
    yield fine(_("Bonnes pratiques %(version)s.") % {"version": version()})


def secret() -> Iterator[Finding]:
    """The key that signs sessions and links."""
    if settings.SECRET_KEY.startswith("django-insecure") or len(set(settings.SECRET_KEY)) < 5:
        yield broken(_("SECRET_KEY can be guessed."), _("Set one drawn at random (the command is in .env.example)."))
    else:
        yield fine(_("SECRET_KEY is long and varied enough."))
    path = settings.BASE_DIR / ".env"
    if path.exists() and path.stat().st_mode & 0o077:
        yield doubtful(_("Other accounts of the machine can read .env."), "chmod 600 .env")


def debug() -> Iterator[Finding]:
    """Debug pages show settings and code to anybody."""
    if settings.DEBUG:
        yield broken(
            _("DEBUG is “true”: an error page shows everything."), _("Set DEBUG=false, then restart the site.")
        )
    else:
        yield fine(_("DEBUG is “false”."))


def address() -> Iterator[Finding]:
    """The public address, and what follows from it."""
    parts = urlsplit(settings.SITE_URL)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https":
        mend = _("Set SITE_URL=https://your-address: redirection, HSTS and secure cookies depend on it.")
        if local:
            told = _("SITE_URL is %(url)s, without HTTPS: to try the site only.")
            yield doubtful(told % {"url": settings.SITE_URL}, mend)
        else:
            yield broken(_("SITE_URL is %(url)s, without HTTPS.") % {"url": settings.SITE_URL}, mend)
    else:
        yield fine(_("The site is at %(url)s.") % {"url": settings.SITE_URL})
    if not {parts.hostname, "*"} & set(settings.ALLOWED_HOSTS):
        yield broken(
            _("ALLOWED_HOSTS does not hold %(host)s: the site refuses itself.") % {"host": parts.hostname},
            _("Add it, or take ALLOWED_HOSTS out of .env."),
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield broken(
            _("ALLOWED_HOSTS takes any name."), _("Name the hosts of the site, or take ALLOWED_HOSTS out of .env.")
        )


def database_is_well() -> bool:
    """Whether the database answers in a bounded time."""
    try:
        return health.parts["database"].ask().result(timeout=health.SECONDS) == health.OK
    except TimeoutError:
        return False


def database() -> Iterator[Finding]:
    """It answers, and its version is one that Django works with."""
    if not database_is_well():
        yield broken(
            _("The database does not answer."),
            _("Check DATABASE_URL, that the server runs, and the password; then run doctor again."),
        )
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            number = int(cursor.fetchone()[0])
        version = number // 10_000
        if version < OLDEST_POSTGRESQL:
            yield broken(
                _("PostgreSQL %(version)s is too old.") % {"version": version},
                _("Install PostgreSQL %(version)s or later.") % {"version": OLDEST_POSTGRESQL},
            )
        else:
            yield fine(_("PostgreSQL %(version)s answers.") % {"version": version})
    else:
        there = {"version": sqlite3.sqlite_version, "path": connection.settings_dict["NAME"]}
        yield fine(_("SQLite %(version)s answers (%(path)s).") % there)


def tables_are_there() -> bool:
    """Whether the rows of this code can be asked for at all."""
    try:
        return database_is_well() and probes.migrations() == health.OK
    except DatabaseError:  # a file with a destroyed page, of which `sqlite_file` tells
        return False


def migrations() -> Iterator[Finding]:
    """Every one that the code has is applied."""
    if not database_is_well():
        return
    if probes.migrations() == health.OK:
        yield fine(_("All migrations are applied."))
    else:
        yield broken(_("The database lacks migrations of the code."), _("Back up, then run manage.py migrate."))


def sqlite_file() -> Iterator[Finding]:
    """Whole, to the page, as no page of the site would tell; with the journal that lets readers and a writer work."""
    if connection.vendor != "sqlite":
        return
    try:
        with connection.cursor() as cursor:
            word = cursor.execute("PRAGMA quick_check(1)").fetchone()[0]
            mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    except DatabaseError as error:
        word, mode = str(error), "wal"
    if word == "ok":
        yield fine(_("The file of the database is whole."))
    else:
        yield broken(
            _("The file of the database is damaged (%(error)s).") % {"error": word},
            _("Stop the site, keep a copy of the file, restore the last backup (docs/sauvegardes.md); check the disk."),
        )
    if mode == "wal":
        yield fine(_("SQLite writes to a journal apart (WAL): readers and writers do not wait for each other."))
    else:
        yield broken(
            _("SQLite is in the mode “%(mode)s” and not WAL: each write blocks the reads.") % {"mode": mode},
            _("Put the database on a disk of the machine (no network share), where the site can write."),
        )


def cache() -> Iterator[Finding]:
    """What all processes share, where there is one."""
    if not settings.SHARED_PAGE_CACHE:
        yield fine(_("No shared cache: each process keeps its own pages (CACHE_URL is empty)."))
        return
    try:
        word = health.parts["cache"].ask().result(timeout=health.SECONDS)
    except TimeoutError:
        word = health.SLOW
    if word == health.OK:
        yield fine(_("The shared cache answers."))
    else:
        yield doubtful(
            _("The shared cache does not answer: pages are made anew."), _("Check CACHE_URL and the Redis server.")
        )


def media() -> Iterator[Finding]:
    """Where uploads go."""
    try:
        probes.media()
        yield fine(_("The folder of files can be written to (%(folder)s).") % {"folder": settings.MEDIA_ROOT})
    except OSError as error:
        yield broken(
            _("The folder of files cannot be written to (%(error)s).") % {"error": error},
            _("Give it to the account that runs the site, or change MEDIA_ROOT."),
        )


def static() -> Iterator[Finding]:
    """What collectstatic has put where the server reads it, and whether it is of this code."""
    if settings.DEBUG or "Manifest" not in settings.STORAGES["staticfiles"]["BACKEND"]:
        yield fine(_("Static files are read in the code."))
        return
    mend = _("Run manage.py collectstatic --noinput, then restart the site.")
    try:
        names = json.loads(Path(settings.STATIC_ROOT, "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    except (OSError, ValueError, KeyError):
        yield broken(_("Static files were not collected: pages have neither style nor script."), mend)
        return
    for name in ("css/site.css", "js/filters.js"):
        collected = Path(settings.STATIC_ROOT, name)
        source = finders.find(name)
        if name not in names or not collected.exists() or collected.read_bytes() != Path(str(source)).read_bytes():
            yield broken(
                _("The static files that were collected are of another code (%(name)s).") % {"name": name}, mend
            )
            return
    told = ngettext("%(count)s static file is collected.", "%(count)s static files are collected.", len(names))
    yield fine(told % {"count": len(names)})


def disk() -> Iterator[Finding]:
    """Room for the database, the uploads and the backups."""
    folders = {_("of the files"): Path(settings.MEDIA_ROOT), _("of the backups"): Path(settings.BACKUP_DIR)}
    if connection.vendor == "sqlite":
        folders[_("of the database")] = Path(connection.settings_dict["NAME"]).parent
    for name, folder in folders.items():
        there = next((path for path in (folder, *folder.parents) if path.exists()), Path("/"))
        free = shutil.disk_usage(there).free
        left = _("The disk %(name)s has only %(size)s MB left.") % {"name": name, "size": free >> 20}
        if free < DISK_EMPTY:
            yield broken(left, _("Make room: the database stops when there is none left."))
        elif free < DISK_LOW:
            yield doubtful(left, _("Make room before the database stops."))
        else:
            yield fine(_("The disk %(name)s has %(size)s GB left.") % {"name": name, "size": free >> 30})


def clock() -> Iterator[Finding]:
    """That of this machine, against that of the database and of what has already happened."""
    now = timezone.now()
    mend = _("Set the clock of the machine (timedatectl set-ntp true): tokens, publications and mail depend on it.")
    if now < datetime.fromtimestamp(os.stat(__file__).st_mtime, UTC) - timedelta(days=1):
        yield broken(
            _("The clock (%(moment)s) is behind the files of the code.") % {"moment": f"{now:%d/%m/%Y %H:%M}"}, mend
        )
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            drift = abs(cursor.fetchone()[0] - timezone.now())
        if drift > CLOCK_DRIFT:
            told = _("The clocks of the site and of the database differ by %(seconds)s s.")
            yield doubtful(told % {"seconds": round(drift.total_seconds())}, mend)
            return
    if Run.objects.filter(began_at__gt=now + CLOCK_DRIFT).exists():
        yield broken(_("A timer has left a time in the future: the clock went back."), mend)
        return
    yield fine(_("The clock says %(moment)s.") % {"moment": f"{timezone.localtime(now):%d/%m/%Y %H:%M}"})


def kept_backups() -> Iterator[Finding]:
    """There is one, and it is closed to others."""
    kept = writing.kept(settings.BACKUP_DIR)
    if not kept:
        yield doubtful(
            _("There is no backup in %(folder)s.") % {"folder": settings.BACKUP_DIR},
            _("manage.py backup, and its timer (deploy/)."),
        )
        return
    told = ngettext(
        "%(count)s backup; the last one: %(name)s.", "%(count)s backups; the last one: %(name)s.", len(kept)
    )
    yield fine(told % {"count": len(kept), "name": kept[-1].name})
    if not settings.BACKUP_RECIPIENTS:
        yield doubtful(_("The backups are not encrypted."), _("See docs/sauvegardes.md: manage.py backup --new-key."))


def register() -> None:
    """Have all of these examined, in the order in which one mends them."""
    examine(gettext_noop("Version"), software)
    examine(gettext_noop("Secret key"), secret)
    examine(gettext_noop("Debugging"), debug)
    examine(gettext_noop("Public address"), address)
    examine(gettext_noop("Database"), database)
    examine(gettext_noop("Migrations"), migrations)
    examine(gettext_noop("SQLite"), sqlite_file)
    examine(gettext_noop("Cache"), cache)
    examine(gettext_noop("Uploaded files"), media)
    examine(gettext_noop("Static files"), static)
    examine(gettext_noop("Disk"), disk)
    examine(gettext_noop("Clock"), clock, asks_database=True)
    examine(gettext_noop("Clock"), trusted_clock, asks_database=True)
    examine(gettext_noop("Timers"), timers, asks_database=True)
    examine(gettext_noop("Backups"), kept_backups)
    examine(gettext_noop("Trial of restoring"), trial.last, asks_database=True)
    expect("backup", timedelta(days=1))
    expect("prune", timedelta(days=1))
