import os
from datetime import timedelta
from pathlib import Path

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from operations.backup import archive, trial, writing
from operations.doctor import BROKEN, DOUBTFUL, FINE
from operations.models import Run
from tests.operations.conftest import everything, files_of
from tests.specimens import make_one_of_each

pytestmark = pytest.mark.django_db(transaction=True)

PAIR = pyrage.x25519.Identity.generate()


@pytest.fixture
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    Path(settings.MEDIA_ROOT).mkdir()
    Path(settings.MEDIA_ROOT, "une.jpg").write_bytes(b"une")
    return tmp_path / "backups"


def back_up(folder, **options):
    call_command("backup", to=str(folder), verbosity=0, **options)
    return writing.kept(folder)[-1]


def levels():
    return [finding.level for finding in trial.last()]


def left_over():
    """What trials have left: files beside the database, databases of the server."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        return list(path.parent.glob(f"{trial.SCRATCH}{path.stem}-*"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname = current_database() || '_essai'")
        return cursor.fetchall()


@pytest.mark.parametrize("recipient", [[], [str(PAIR.to_public())]], ids=["plain", "encrypted"])
def test_a_backup_is_tried_as_soon_as_it_is_made_even_where_the_server_has_no_key(folder, capsys, recipient):
    make_one_of_each()
    call_command("backup", to=str(folder), trial=True, recipient=recipient)

    said = capsys.readouterr().out
    [path] = writing.kept(folder)
    assert f"{path.name} revient" in said
    assert ("la base PostgreSQL" if connection.vendor == "postgresql" else "un fichier SQLite provisoire") in said
    count = sum(archive.verified(path, [str(PAIR)])["rows"].values())
    assert f"{count} lignes, 1 fichier relu et laissé" in said
    assert levels() == [FINE]
    assert left_over() == []


def test_a_trial_changes_nothing_of_the_site(folder, settings, capsys):
    make_one_of_each()
    path, before, files = back_up(folder), everything(but=("operations.Run",)), files_of(Path(settings.MEDIA_ROOT))

    call_command("restore", str(path), check=True)

    assert "revient" in capsys.readouterr().out
    assert (everything(but=("operations.Run",)), files_of(Path(settings.MEDIA_ROOT))) == (before, files)


def spoiled(path, replace):
    """A backup whose rows were changed by `replace(label, data)`, and that is whole by its checksums."""
    wrong = path.with_name("bonnes-pratiques-20260101T000000Z.tar.gz")
    manifest = archive.verified(path)
    with archive.opened(path) as members, archive.new_file(wrong, ()) as stream:
        writer = archive.Writer(stream, {name: value for name, value in manifest.items() if name != "members"})
        for name, member in members:
            if name not in ("LISEZMOI.txt", archive.MANIFEST):
                data = member.read()
                writer.add(name, replace(name.split("/")[1], data) if name.startswith("rows/") else data)
        writer.close()
    return wrong


@pytest.mark.parametrize(
    ("label", "words", "data"),
    [
        ("practices.practice", "La base a refusé", lambda data: data.replace(b'"published"', b'"unheard of"')),
        ("practices.link", "practices.link en a 0 et non 1", lambda data: b""),
        ("practices.link", "practices.link en a 2 et non 1", lambda data: data + data.replace(b'"id":1', b'"id":7')),
        ("practices.kind", "La base a refusé", lambda data: b""),
    ],
)
def test_a_backup_that_does_not_come_back_is_told(folder, label, words, data):
    make_one_of_each()
    wrong = spoiled(back_up(folder), lambda of, rows: data(rows) if of == label else rows)

    with pytest.raises(CommandError, match="ne revient pas"):
        call_command("restore", str(wrong), check=True)

    [finding] = trial.last()
    assert finding.level == BROKEN
    assert "20260101T000000Z.tar.gz ne revient pas" in finding.words
    assert left_over() == []


def test_a_role_that_may_not_create_databases_is_told_what_was_tried_instead(folder, monkeypatch, capsys):
    if connection.vendor == "sqlite":  # nobody refuses a file
        return
    make_one_of_each()
    name = f"{connection.settings_dict['NAME']}_role"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE ROLE "{name}" NOCREATEDB')
        try:
            path = back_up(folder)
            create = trial._create

            def as_that_role(database):
                with connection._nodb_cursor() as other:
                    other.execute(f'SET ROLE "{name}"')
                    other.execute(f'CREATE DATABASE "{database}"')
                return create(database)

            monkeypatch.setattr(trial, "_create", as_that_role)
            call_command("restore", str(path), check=True)
        finally:
            cursor.execute(f'DROP ROLE "{name}"')

    said = capsys.readouterr().out
    assert "un fichier SQLite provisoire, faute de pouvoir créer la base PostgreSQL" in said
    assert "permission denied to create database" in said


@pytest.mark.parametrize(
    ("succeeded", "failed", "level"),
    [
        (None, None, DOUBTFUL),
        (1, None, FINE),
        (2.9, None, FINE),
        (3.1, None, BROKEN),
        (1, 0.5, BROKEN),
        (None, 9, BROKEN),
    ],
)
def test_the_last_trial_is_told(succeeded, failed, level):
    now = timezone.now()
    days = {"succeeded_at": succeeded, "failed_at": failed}
    Run.objects.create(
        name=trial.NAME, began_at=now, **{name: n and now - timedelta(days=n) for name, n in days.items()}
    )

    assert levels() == [level]


def test_what_a_killed_trial_left_goes_away_with_the_next(folder):
    place = Path(connection.settings_dict["NAME"]).parent if connection.vendor == "sqlite" else folder.parent
    prefix = f"{trial.SCRATCH}{Path(connection.settings_dict['NAME']).stem}-"
    old, running = place / f"{prefix}old", place / f"{prefix}running"
    old.mkdir()
    running.mkdir()
    long_ago = timezone.now().timestamp() - 2 * trial.STALE
    os.utime(old, (long_ago, long_ago))

    with trial._file(place, "here"):
        assert (old.exists(), running.exists()) == (False, True)
    running.rmdir()
