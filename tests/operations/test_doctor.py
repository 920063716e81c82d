import gzip
import os
import re
import sqlite3
from collections import namedtuple
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.roles import ADMINISTRATOR
from newsletter import diagnostics as of_newsletter
from newsletter.models import Delivery
from operations import doctor, health
from operations.doctor import BROKEN, DOUBTFUL, FINE
from operations.models import Run
from operations.monitoring import diagnostics, probes, timers
from operations.runs import recorded
from practices import diagnostics as of_catalogue
from practices.index import search_index, triggers
from tests.factories import make_person, make_practice
from tests.newsletter.makers import ask
from tests.operations.conftest import manage
from tests.release import RELEASED
from tests.typography import faults

pytestmark = pytest.mark.django_db


def told(look):
    """What an examination says that is not fine, as (level, words and remedy)."""
    return [(one.level, f"{one.words} {one.mend}") for one in look() if one.level != FINE]


def assert_told(look, level, *words):
    [(found, said)] = told(look)
    assert found == level
    for word in words:
        assert word in said
    assert not faults(re.sub(r"\(.*\)|\S*[/_=]\S*|\S+\.\S+\.\S+", "x", said)), faults(said)


def answer(word):
    """A part of the site in which `word` is found."""
    return health.Part("any", lambda: word)


def test_a_secret_that_can_be_guessed(settings):
    settings.SECRET_KEY = "a" * 60

    assert_told(diagnostics.secret, BROKEN, "SECRET_KEY", ".env.example")


def test_a_file_of_secrets_that_others_read(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / ".env").touch(mode=0o644)

    assert_told(diagnostics.secret, DOUBTFUL, "chmod 600 .env")


def test_no_secret_at_all_is_one_sentence():
    result = manage("doctor", check=False, SECRET_KEY="")

    assert result.returncode == 1
    assert result.stderr.startswith("PANNE     Réglages : SECRET_KEY is missing")
    assert "Traceback" not in result.stderr


def test_debug_pages(settings):
    settings.DEBUG = True

    assert_told(diagnostics.debug, BROKEN, "DEBUG=false")


@pytest.mark.parametrize(
    ("url", "hosts", "level", "word"),
    [
        ("http://example.org", ["example.org"], BROKEN, "sans HTTPS"),
        ("http://127.0.0.1:8000", ["127.0.0.1"], DOUBTFUL, "pour essayer"),
        ("https://example.org", ["localhost"], BROKEN, "ALLOWED_HOSTS"),
        ("https://example.org", ["*"], BROKEN, "n’importe quel nom"),
    ],
)
def test_an_address_that_is_not_safe(settings, url, hosts, level, word):
    settings.SITE_URL, settings.ALLOWED_HOSTS = url, hosts

    assert_told(diagnostics.address, level, word)


@pytest.mark.parametrize("word", ["failed", "no answer"])
def test_a_database_that_does_not_answer(monkeypatch, word):
    monkeypatch.setitem(health.parts, "database", answer(word))

    assert_told(diagnostics.database, BROKEN, "DATABASE_URL")
    assert told(diagnostics.migrations) == []
    assert not diagnostics.tables_are_there()


def test_a_postgresql_that_django_does_not_work_with(monkeypatch):
    monkeypatch.setitem(health.parts, "database", answer("ok"))
    monkeypatch.setattr(diagnostics, "OLDEST_POSTGRESQL", 99)

    found = told(diagnostics.database)

    assert bool(found) is (connection.vendor == "postgresql")
    assert all("trop vieux" in words for _level, words in found)


def test_missing_migrations(monkeypatch):
    monkeypatch.setitem(health.parts, "database", answer("ok"))
    monkeypatch.setattr(probes, "migrations", lambda: "behind")

    assert_told(diagnostics.migrations, BROKEN, "manage.py migrate")


def test_a_sqlite_whose_readers_wait_for_its_writer(monkeypatch):
    with closing(sqlite3.connect(":memory:")) as rollback:
        monkeypatch.setattr(
            diagnostics, "connection", namedtuple("Connection", "vendor cursor")("sqlite", Cursors(rollback))
        )

        assert_told(diagnostics.sqlite_file, BROKEN, "WAL")


@pytest.mark.parametrize("table", ["practices_practice", "django_migrations", "practices_link"])
def test_a_sqlite_file_with_a_destroyed_page(tmp_path, table):
    path = tmp_path / "damaged.sqlite3"
    path.write_bytes(gzip.decompress((RELEASED / "0.9.0.sqlite3.gz").read_bytes()))
    with closing(sqlite3.connect(path)) as whole:
        [[root]] = whole.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table])
        [[size]] = whole.execute("PRAGMA page_size")
    with path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(os.urandom(size))

    told = manage("doctor", "--verbosity", "0", check=False, DATABASE_URL=f"sqlite:///{path}")
    backed_up = manage("backup", "--to", tmp_path / "kept", check=False, DATABASE_URL=f"sqlite:///{path}")

    assert "PANNE     SQLite\u00a0: Le fichier de la base est abîmé" in told.stdout
    assert (told.returncode, told.stderr) == (1, "")
    assert backed_up.returncode == 1
    assert "La base ne se lit pas en entier, rien n’est gardé" in backed_up.stderr
    assert list((tmp_path / "kept").iterdir()) == []


class Cursors:
    """A connection of sqlite3 whose cursors are context managers, as Django's are."""

    def __init__(self, connection):
        self.connection = connection

    def __call__(self):
        return self

    def __enter__(self):
        return self.connection.cursor()

    def __exit__(self, *failure):
        return False


def test_a_shared_cache_that_does_not_answer(settings, monkeypatch):
    settings.SHARED_PAGE_CACHE = "default"
    monkeypatch.setitem(health.parts, "cache", answer("failed"))

    assert_told(diagnostics.cache, DOUBTFUL, "CACHE_URL")


def test_a_folder_of_files_that_cannot_be_written(settings, tmp_path):
    (tmp_path / "file").touch()
    settings.MEDIA_ROOT = str(tmp_path / "file")

    assert_told(diagnostics.media, BROKEN, "MEDIA_ROOT")


def test_static_files_that_were_not_collected_or_belong_to_another_code(settings, tmp_path):
    settings.STORAGES = {**settings.STORAGES, "staticfiles": settings.SITE_STATICFILES}
    settings.STATIC_ROOT = str(tmp_path)

    assert_told(diagnostics.static, BROKEN, "pas été rassemblés", "collectstatic")

    Path(tmp_path, "css").mkdir()
    Path(tmp_path, "css/site.css").write_text("other")
    Path(tmp_path, "staticfiles.json").write_text('{"paths": {"css/site.css": "x"}}')
    assert_told(diagnostics.static, BROKEN, "d’un autre code")


@pytest.mark.parametrize(("free", "level"), [(50 << 20, BROKEN), (500 << 20, DOUBTFUL)])
def test_a_disk_that_fills_up(monkeypatch, free, level):
    monkeypatch.setattr(diagnostics.shutil, "disk_usage", lambda _path: namedtuple("Usage", "free")(free))

    assert {found for found, _words in told(diagnostics.disk)} == {level}


def test_a_clock_that_went_back():
    Run.objects.create(name="prune", began_at=timezone.now() + timedelta(days=1))

    assert_told(diagnostics.clock, BROKEN, "l’horloge a reculé")


@pytest.mark.parametrize(
    ("succeeded", "failed", "word"),
    [(None, None, "jamais"), (60, None, "pas abouti depuis"), (2, 1, "a échoué")],
)
def test_a_timer_that_does_not_run(monkeypatch, succeeded, failed, word):
    monkeypatch.setattr(timers, "expected", {"prune": timedelta(days=1)})
    now = timezone.now()
    Run.objects.create(
        name="prune",
        began_at=now,
        succeeded_at=succeeded and now - timedelta(hours=succeeded),
        failed_at=failed and now - timedelta(hours=failed),
    )

    assert_told(timers.timers, DOUBTFUL, "prune", word)


def test_no_backup_or_one_that_anybody_reads(settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path)
    assert_told(diagnostics.kept_backups, DOUBTFUL, "aucune sauvegarde")

    (tmp_path / "bonnes-pratiques-20260101T000000Z.tar.gz").touch()
    assert_told(diagnostics.kept_backups, DOUBTFUL, "pas chiffrées")


def test_triggers_that_are_not_there_and_a_version_that_does_not_move():
    make_practice()
    assert told(of_catalogue.installed_triggers) == told(of_catalogue.moving_version) == []

    triggers.remove()

    assert_told(of_catalogue.installed_triggers, BROKEN, "migrate")
    assert_told(of_catalogue.moving_version, BROKEN, "périmées")


def test_a_search_index_that_lacks_something():
    one = make_practice()
    assert told(of_catalogue.complete_search) == []

    search_index.forget(one.pk)

    assert_told(of_catalogue.complete_search, BROKEN, "1 pratique en moins", "manage.py reindex")


def test_administrators_without_a_second_factor():
    assert_told(of_catalogue.second_factors, DOUBTFUL, "Personne n’administre")
    person = make_person("adele", ADMINISTRATOR)

    assert_told(of_catalogue.second_factors, DOUBTFUL, "adele")
    TOTPDevice.objects.create(user=person, confirmed=True)
    assert told(of_catalogue.second_factors) == []


def test_mail_that_goes_nowhere_and_a_server_that_refuses(settings):
    assert_told(of_newsletter.mail_server, DOUBTFUL, "EMAIL_URL")

    settings.EMAIL_URL = "smtp://127.0.0.1:9"
    settings.BOUNCE_ADDRESS = "retours@example.org"
    assert_told(of_newsletter.mail_server, BROKEN, "ConnectionRefusedError")


def test_mail_that_waits():
    ask()
    Delivery.objects.update(next_try_at=timezone.now() - timedelta(days=1))

    assert_told(of_newsletter.waiting_mail, BROKEN, "send_newsletter")


def test_an_examination_that_fails_is_a_finding(monkeypatch):
    monkeypatch.setattr(doctor, "examinations", [doctor.Examination("Tout", lambda: 1 / 0)])

    [(name, finding)] = doctor.consult(lambda: True)

    assert (name, finding.level) == ("Tout", BROKEN)
    assert "ZeroDivisionError" in finding.words


@pytest.mark.parametrize(
    ("finding", "options", "code"),
    [
        (doctor.fine("Bien."), {}, 0),
        (doctor.doubtful("Bof.", "Voyez."), {}, 0),
        (doctor.doubtful("Bof.", "Voyez."), {"strict": True}, 1),
        (doctor.broken("Non.", "Mendez."), {}, 1),
    ],
)
def test_the_command_ends_as_badly_as_what_it_found(monkeypatch, capsys, finding, options, code):
    monkeypatch.setattr(doctor, "examinations", [doctor.Examination("Tout", lambda: [finding])])
    ended = 0

    try:
        call_command("doctor", **options)
    except SystemExit as end:
        ended = end.code

    assert ended == code
    assert f"{doctor.MARKS[finding.level]!s:<9} Tout\u00a0: {finding.words}" in re.sub(
        r"\x1b\[[\d;]*m", "", capsys.readouterr().out
    )


def test_a_run_is_recorded_however_it_ends():
    class Command(BaseCommand):
        @recorded
        def handle(self, *args, dry_run=False, fails=False, **options):
            if fails:
                raise CommandError

    Command().handle(dry_run=True)
    assert not Run.objects.exists()

    Command().handle()
    with pytest.raises(CommandError):
        Command().handle(fails=True)

    run = Run.objects.get()
    assert run.began_at <= run.failed_at
    assert run.succeeded_at <= run.failed_at
