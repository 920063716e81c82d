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
from django.utils.formats import date_format

from operations import health
from operations.backup import trial, writing
from operations.clock import examination as trusted_clock
from operations.doctor import Finding, broken, doubtful, examine, fine
from operations.models import Run
from operations.monitoring import probes
from operations.release import version

DISK_LOW, DISK_EMPTY = 1 << 30, 100 << 20
OLDEST_POSTGRESQL = 14
"""Oldest version that Django 5.2 works with."""
DAMAGED = "Arrêtez le site, gardez une copie du fichier, restaurez la dernière sauvegarde (docs/sauvegardes.md) ; vérifiez le disque."
CLOCK_DRIFT = timedelta(seconds=10)
expected: dict[str, timedelta] = {}
"""How often each command must run."""


def expect(command: str, every: timedelta) -> None:
    """Have it told when a command has not ended well for twice as long as it should."""
    expected[command] = every


def software() -> Iterator[Finding]:
    """Which version this is: whoever reports a fault is asked for it."""
    yield fine(f"Bonnes pratiques {version()}.")


def secret() -> Iterator[Finding]:
    """The key that signs sessions and links."""
    if settings.SECRET_KEY.startswith("django-insecure") or len(set(settings.SECRET_KEY)) < 5:
        yield broken("SECRET_KEY se devine.", "Mettez-en une tirée au hasard (la commande est dans .env.example).")
    else:
        yield fine("SECRET_KEY est assez longue et variée.")
    path = settings.BASE_DIR / ".env"
    if path.exists() and path.stat().st_mode & 0o077:
        yield doubtful("D’autres comptes de la machine peuvent lire .env.", "chmod 600 .env")


def debug() -> Iterator[Finding]:
    """Debug pages show settings and code to anybody."""
    if settings.DEBUG:
        yield broken(
            "DEBUG est à « true » : une page d’erreur montre tout.", "Mettez DEBUG=false, puis relancez le site."
        )
    else:
        yield fine("DEBUG est à « false ».")


def address() -> Iterator[Finding]:
    """The public address, and what follows from it."""
    parts = urlsplit(settings.SITE_URL)
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if parts.scheme != "https":
        mend = "Mettez SITE_URL=https://votre-adresse : redirection, HSTS et cookies sécurisés en dépendent."
        words = f"SITE_URL est {settings.SITE_URL}, sans HTTPS"
        yield doubtful(f"{words} : pour essayer seulement.", mend) if local else broken(f"{words}.", mend)
    else:
        yield fine(f"Le site est à {settings.SITE_URL}.")
    if not {parts.hostname, "*"} & set(settings.ALLOWED_HOSTS):
        yield broken(
            f"ALLOWED_HOSTS ne contient pas {parts.hostname} : le site se refuse à lui-même.",
            "Ajoutez-le, ou ôtez ALLOWED_HOSTS de .env.",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield broken(
            "ALLOWED_HOSTS accepte n’importe quel nom.", "Nommez les hôtes du site, ou ôtez ALLOWED_HOSTS de .env."
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
            "La base ne répond pas.",
            "Vérifiez DATABASE_URL, que le serveur tourne, et le mot de passe ; puis relancez doctor.",
        )
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            number = int(cursor.fetchone()[0])
        version = number // 10_000
        if version < OLDEST_POSTGRESQL:
            yield broken(
                f"PostgreSQL {version} est trop vieux.", f"Installez PostgreSQL {OLDEST_POSTGRESQL} ou plus récent."
            )
        else:
            yield fine(f"PostgreSQL {version} répond.")
    else:
        yield fine(f"SQLite {sqlite3.sqlite_version} répond ({connection.settings_dict['NAME']}).")


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
        yield fine("Toutes les migrations sont appliquées.")
    else:
        yield broken("Des migrations du code manquent à la base.", "Sauvegardez, puis lancez manage.py migrate.")


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
        yield fine("Le fichier de la base est entier.")
    else:
        yield broken(f"Le fichier de la base est abîmé ({word}).", DAMAGED)
    if mode == "wal":
        yield fine("SQLite écrit dans un journal à part (WAL) : lecteurs et rédacteurs ne s’attendent pas.")
    else:
        yield broken(
            f"SQLite est en mode « {mode} » et non WAL : chaque écriture bloque les lectures.",
            "Mettez la base sur un disque de la machine (pas un partage réseau), où le site peut écrire.",
        )


def cache() -> Iterator[Finding]:
    """What all processes share, where there is one."""
    if not settings.SHARED_PAGE_CACHE:
        yield fine("Pas de cache commun : chaque processus garde ses pages (CACHE_URL est vide).")
        return
    try:
        word = health.parts["cache"].ask().result(timeout=health.SECONDS)
    except TimeoutError:
        word = health.SLOW
    if word == health.OK:
        yield fine("Le cache commun répond.")
    else:
        yield doubtful(
            "Le cache commun ne répond pas : les pages se refont.", "Vérifiez CACHE_URL et le serveur Redis."
        )


def media() -> Iterator[Finding]:
    """Where uploads go."""
    try:
        probes.media()
        yield fine(f"Le dossier des fichiers est accessible en écriture ({settings.MEDIA_ROOT}).")
    except OSError as error:
        yield broken(
            f"On ne peut pas écrire dans le dossier des fichiers ({error}).",
            "Donnez-le au compte qui fait tourner le site, ou changez MEDIA_ROOT.",
        )


def static() -> Iterator[Finding]:
    """What collectstatic has put where the server reads it, and whether it is of this code."""
    if settings.DEBUG or "Manifest" not in settings.STORAGES["staticfiles"]["BACKEND"]:
        yield fine("Les fichiers statiques sont lus dans le code.")
        return
    mend = "Lancez manage.py collectstatic --noinput, puis relancez le site."
    try:
        names = json.loads(Path(settings.STATIC_ROOT, "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    except (OSError, ValueError, KeyError):
        yield broken("Les fichiers statiques n’ont pas été rassemblés : les pages n’ont ni style ni script.", mend)
        return
    for name in ("css/site.css", "js/filters.js"):
        collected = Path(settings.STATIC_ROOT, name)
        source = finders.find(name)
        if name not in names or not collected.exists() or collected.read_bytes() != Path(str(source)).read_bytes():
            yield broken(f"Les fichiers statiques rassemblés sont d’un autre code ({name}).", mend)
            return
    yield fine(f"{len(names)} fichiers statiques sont rassemblés.")


def disk() -> Iterator[Finding]:
    """Room for the database, the uploads and the backups."""
    folders = {"des fichiers": Path(settings.MEDIA_ROOT), "des sauvegardes": Path(settings.BACKUP_DIR)}
    if connection.vendor == "sqlite":
        folders["de la base"] = Path(connection.settings_dict["NAME"]).parent
    for name, folder in folders.items():
        there = next((path for path in (folder, *folder.parents) if path.exists()), Path("/"))
        free = shutil.disk_usage(there).free
        left = f"Le disque {name} n’a plus que {free >> 20} Mo libres"
        if free < DISK_EMPTY:
            yield broken(f"{left}.", "Faites de la place : la base s’arrête quand il n’y en a plus.")
        elif free < DISK_LOW:
            yield doubtful(f"{left}.", "Faites de la place avant que la base s’arrête.")
        else:
            yield fine(f"Le disque {name} a {free >> 30} Go libres.")


def clock() -> Iterator[Finding]:
    """That of this machine, against that of the database and of what has already happened."""
    now = timezone.now()
    mend = "Mettez la machine à l’heure (timedatectl set-ntp true) : jetons, publications et envois en dépendent."
    if now < datetime.fromtimestamp(os.stat(__file__).st_mtime, UTC) - timedelta(days=1):
        yield broken(f"L’horloge ({date_format(now, 'd/m/Y H:i')}) est en retard sur les fichiers du code.", mend)
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            drift = abs(cursor.fetchone()[0] - timezone.now())
        if drift > CLOCK_DRIFT:
            yield doubtful(f"Les horloges du site et de la base diffèrent de {drift.total_seconds():.0f} s.", mend)
            return
    if Run.objects.filter(began_at__gt=now + CLOCK_DRIFT).exists():
        yield broken("Une minuterie a laissé une heure à venir : l’horloge a reculé.", mend)
        return
    yield fine(f"L’horloge dit {date_format(timezone.localtime(now), 'd/m/Y H:i')}.")


def timers() -> Iterator[Finding]:
    """When each command that must come back last ended well."""
    runs = {run.name: run for run in Run.objects.all()}
    now = timezone.now()
    for name, every in expected.items():
        run = runs.get(name)
        mend = f"Mettez en place la minuterie de {name} (deploy/), et lisez ce qu’elle dit : journalctl, ou le courrier de cron."
        if run is None or run.succeeded_at is None:
            yield doubtful(f"{name} n’a jamais abouti.", mend)
        elif run.succeeded_at < now - 2 * every:
            yield doubtful(f"{name} n’a pas abouti depuis le {_told(run.succeeded_at)}.", mend)
        elif run.failed_at and run.failed_at > run.succeeded_at:
            yield doubtful(f"{name} a échoué le {_told(run.failed_at)}, après avoir abouti.", mend)
        else:
            yield fine(f"{name} a abouti le {_told(run.succeeded_at)}.")


def kept_backups() -> Iterator[Finding]:
    """There is one, and it is closed to others."""
    kept = writing.kept(settings.BACKUP_DIR)
    if not kept:
        yield doubtful(
            f"Il n’y a aucune sauvegarde dans {settings.BACKUP_DIR}.", "manage.py backup, et sa minuterie (deploy/)."
        )
        return
    yield fine(f"{len(kept)} sauvegardes ; la dernière : {kept[-1].name}.")
    if not settings.BACKUP_RECIPIENTS:
        yield doubtful(
            "Les sauvegardes ne sont pas chiffrées.", "Voir docs/sauvegardes.md : manage.py backup --new-key."
        )


def _told(when: datetime) -> str:
    return date_format(timezone.localtime(when), "d/m/Y à H:i")


def register() -> None:
    """Have all of these examined, in the order in which one mends them."""
    examine("Version", software)
    examine("Clé secrète", secret)
    examine("Débogage", debug)
    examine("Adresse", address)
    examine("Base", database)
    examine("Migrations", migrations)
    examine("SQLite", sqlite_file)
    examine("Cache", cache)
    examine("Fichiers", media)
    examine("Statiques", static)
    examine("Disque", disk)
    examine("Horloge", clock, asks_database=True)
    examine("Horloge", trusted_clock, asks_database=True)
    examine("Minuteries", timers, asks_database=True)
    examine("Sauvegardes", kept_backups)
    examine("Essai de restauration", trial.last, asks_database=True)
    expect("backup", timedelta(days=1))
    expect("prune", timedelta(days=1))
