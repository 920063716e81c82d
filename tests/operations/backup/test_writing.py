import errno
import os
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.roles import EDITOR
from newsletter.models import Delivery, Subscriber
from newsletter.readers import subscriptions
from operations.backup import archive, serialization, writing
from operations.backup.hooks import registry
from practices.editorial import revisions
from practices.index import catalogue_version, search_index
from practices.models import Change, KeyFigure, Organisation, Practice, Revision, Version
from tests.factories import make_person, make_practice
from tests.newsletter.makers import ask, make_letter
from tests.operations.conftest import everything, files_of, manage, other_database
from tests.specimens import make_one_of_each

pytestmark = pytest.mark.django_db(transaction=True)

NOT_KEPT = (
    "axes.AccessAttempt",
    "axes.AccessAttemptExpiration",
    "axes.AccessFailureLog",
    "axes.AccessLog",
    "newsletter.Tally",
    "practices.ImportChunk",
    "practices.ImportJob",
    "sessions.Session",
)
COUNTERS = ("practices.Version", "practices.Change", "operations.Run")


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    Path(settings.MEDIA_ROOT, "images/é").mkdir(parents=True)
    Path(settings.MEDIA_ROOT, "images/é/œuvre.jpg").write_bytes(os.urandom(70_000))
    Path(settings.MEDIA_ROOT, "vide.txt").write_bytes(b"")
    return Path(settings.MEDIA_ROOT)


@pytest.fixture
def site(media):
    """A site where something of everything is: text of all kinds, people, letters on their way, a deleted practice."""
    person = make_person("edith", EDITOR)
    TOTPDevice.objects.create(user=person, name="téléphone")
    practice = make_practice(
        title="L’éco-pâturage « à 100 % » 🐑",
        countries=["france"],
        themes=["eau"],
        context="<p>Où ?</p>",
        author=person,
    )
    practice.organisations.add(Organisation.objects.create(name='Œuvre \\ "citée"\ttab'))
    KeyFigure.objects.create(practice=practice, value="12 045", label="brebis")
    revisions.record(practice.pk, person, "edit")
    gone = make_practice(title="Disparue")
    revisions.record(gone.pk, person, "delete")
    gone.delete()
    make_letter(readers=2, practices=[practice])
    ask("demande@example.org")
    subscriptions.erase("effacee@example.org")
    make_one_of_each()
    return practice


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "backups"


def back_up(folder, **options):
    call_command("backup", to=str(folder), verbosity=0, **options)
    return writing.kept(folder)[-1]


def test_what_no_backup_has_is_this_and_nothing_else():
    left_out = {label for label in registry.left_out() if not label.startswith("library.")}
    assert left_out == {label.lower() for label in NOT_KEPT + COUNTERS}


def test_every_row_and_every_file_comes_back_in_the_other_kind_of_database(
    site, media, folder, blank_databases, tmp_path
):
    path, before = back_up(folder), everything(but=NOT_KEPT + COUNTERS)
    assert [label for label, kept in before.items() if not kept] == [], "make_one_of_each makes one of each"
    sqlite, *postgresql = blank_databases
    place = {"MEDIA_ROOT": str(tmp_path / "elsewhere"), "DATABASE_URL": sqlite}

    manage("restore", path, **place)
    with other_database(sqlite) as alias:
        Delivery.objects.using(alias).filter(state="uncertain").update(state="queued")  # held: it has its own test
        assert everything(alias, but=NOT_KEPT + COUNTERS) == before
        restored = everything(alias)
        assert [label for label in NOT_KEPT if restored[label]] == []
    assert files_of(tmp_path / "elsewhere") == files_of(media)

    for url in postgresql:  # the command that moves a site from one to the other
        manage("restore", sqlite, **{**place, "DATABASE_URL": url})
        with other_database(url) as alias:
            assert everything(alias, but=NOT_KEPT + COUNTERS) == before


def test_a_row_that_the_database_refuses_undoes_everything(site, media, folder, tmp_path):
    path, wrong = back_up(folder), tmp_path / "wrong.tar.gz"
    with archive.opened(path) as members, archive.new_file(wrong, ()) as stream:
        manifest = archive.verified(path)
        writer = archive.Writer(stream, {name: value for name, value in manifest.items() if name != "members"})
        for name, member in members:
            if name not in ("LISEZMOI.txt", archive.MANIFEST):
                data = member.read()
                writer.add(
                    name, data.replace(b'"published"', b'"unheard of"') if "practices.practice/" in name else data
                )
        writer.close()
    (media / "vide.txt").write_text("plus vide")
    before, files = everything(), files_of(media)

    with pytest.raises(CommandError, match="rien n’est changé"):
        call_command("restore", str(wrong), force=True)

    assert (everything(), files_of(media)) == (before, files)


def test_a_backup_shows_one_moment_whatever_is_written_meanwhile(site, folder):
    counts = []

    def write_meanwhile(_line):
        make_practice(countries=["france"])
        counts.append(Practice.objects.count())

    path = writing.backup(folder, tell=write_meanwhile)

    manifest = archive.verified(path)
    assert counts[-1] > 10
    assert (manifest["rows"]["practices.practice"], manifest["rows"]["practices.practice_countries"]) == (1, 1)


def test_what_changed_since_a_backup_is_undone_and_the_site_goes_on_under_a_new_epoch(site, media, folder):
    path, before, files = back_up(folder), everything(but=NOT_KEPT + COUNTERS), files_of(media)
    gone, epoch = Revision.objects.get(cause="delete").practice, catalogue_version.current().epoch
    Practice.objects.all().update(title="Autre")
    search_index.update([site.pk])
    Subscriber.objects.all().delete()
    (media / "vide.txt").write_text("plus vide")
    (media / "nouveau.txt").write_text("neuf")
    with pytest.raises(CommandError, match="--force"):
        call_command("restore", str(path))

    call_command("restore", str(path), force=True, verbosity=0)

    Delivery.objects.filter(state="uncertain").update(state="queued")
    assert everything(but=NOT_KEPT + COUNTERS) == before
    assert files_of(media) == files
    words = {word for tokens in search_index.tokens_of([site.pk]).values() for word in tokens}
    assert ("0eco" in words, "0autr" in words) == (True, False)
    restored = catalogue_version.current()
    assert restored.epoch != epoch
    practice = make_practice()
    assert practice.pk > gone, "the number of a deleted practice, whose versions are kept, is given to no other"
    assert catalogue_version.current() > restored
    assert set(Change.objects.values_list("item", flat=True)) == {practice.pk}


def test_a_backup_of_an_older_code_comes_back_in_the_tables_of_its_time_which_are_then_brought_up_to_date(
    folder, tmp_path
):
    theirs = serialization.migrations_of("default")
    last = max(node for node in theirs if node[0] == "operations")
    folder.mkdir()
    with archive.new_file(folder / "old.tar.gz", ()) as stream:
        facts = {"made_at": 0, "migrations": [node for node in theirs if node != last], "rows": {}, "sequences": {}}
        archive.Writer(stream, facts).close()
    url = f"sqlite:///{tmp_path}/old.sqlite3"

    manage("restore", folder / "old.tar.gz", DATABASE_URL=url, MEDIA_ROOT=str(tmp_path / "none"))

    with other_database(url) as alias:
        assert serialization.migrations_of(alias) == theirs
        assert Version.objects.using(alias).count() == 1


ODD = os.fsdecode("images/caf\xe9 \n.jpg".encode("latin-1"))


def test_a_name_that_is_not_utf_8_is_told_and_its_file_comes_back_with_the_others(site, media, folder, capsys):
    Path(media, ODD).write_bytes(b"odd")
    files = files_of(media)

    path = back_up(folder, trial=True)

    assert r"images/caf\xe9" in capsys.readouterr().err
    assert len(files) == 3
    call_command("restore", str(path), force=True, verbosity=0)
    assert files_of(media) == files


@pytest.mark.parametrize("error", [errno.EIO, errno.EACCES, errno.ESTALE])
def test_a_file_that_the_disk_has_lost_is_told_and_the_rest_is_saved(media, folder, monkeypatch, error):
    opened = Path.open

    def fails(path, *args, **kwargs):
        if path.name == "œuvre.jpg":
            raise OSError(error, os.strerror(error))
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", fails)
    with pytest.raises(
        CommandError, match=rf"sans 1 fichier illisible\u00a0: images/é/œuvre.jpg \({os.strerror(error)}"
    ):
        back_up(folder)

    [path] = writing.kept(folder)
    with archive.opened(path) as members:
        assert [name for name, _stream in members if name.startswith("files/")] == ["files/vide.txt"]


def test_a_database_that_is_restored_is_known_to_its_planner(site, media, folder):
    path = back_up(folder)

    call_command("restore", str(path), force=True, verbosity=0)

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'practices_practice'")
            assert cursor.fetchone() == (Practice.objects.count(),)
