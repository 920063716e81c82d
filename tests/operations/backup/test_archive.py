import gzip
import json
import os
import tarfile
from datetime import timedelta

import pyrage
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from operations.backup import archive, restoring, writing

PAIR = pyrage.x25519.Identity.generate()
FACTS = {"made_at": 0, "migrations": [], "rows": {}, "sequences": {}}


def make(path, members, recipients=(), **facts):
    """An archive of some members, given as {name: bytes}."""
    with archive.new_file(path, recipients) as stream:
        writer = archive.Writer(stream, FACTS | facts)
        for name, data in members.items():
            writer.add(name, data)
        writer.close()
    return path


def contents(path, identities=()):
    with archive.opened(path, identities) as members:
        return {name: stream.read() for name, stream in members}


def damaged(data):
    """The bytes of an archive, each time with something else gone wrong."""
    yield b""
    yield data[:-1]
    yield data[: len(data) // 2]
    yield b"PK\x03\x04" + data[4:]
    for place in range(40, len(data), len(data) // 200):
        yield data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]


@pytest.mark.parametrize("recipients", [[], [str(PAIR.to_public())]], ids=["plain", "encrypted"])
def test_nothing_that_a_backup_holds_can_change_unnoticed(tmp_path, recipients):
    path = make(tmp_path / "whole", {"rows/a/0.jsonl": b"{}\n" * 500, "files/b": os.urandom(2000)}, recipients)
    archive.verified(path, [str(PAIR)])
    whole, unnoticed = contents(path, [str(PAIR)]), 0

    for data in damaged(path.read_bytes()):
        (tmp_path / "wrong").write_bytes(data)
        try:
            archive.verified(tmp_path / "wrong", [str(PAIR)])
        except archive.Unreadable:
            continue
        # A compressed file has a few bits that mean nothing (RFC 1951, 3.2.4).
        unnoticed += 1
        assert contents(tmp_path / "wrong", [str(PAIR)]) == whole

    assert unnoticed <= 2


def test_a_member_that_was_replaced_is_noticed(tmp_path):
    path = make(tmp_path / "whole", {"files/b": b"true"})
    plain = gzip.decompress(path.read_bytes()).replace(b"true", b"lies")
    path.write_bytes(gzip.compress(plain))

    with pytest.raises(archive.Unreadable, match="files/b"):
        archive.verified(path)


def test_an_encrypted_backup_holds_what_a_plain_one_does_and_opens_with_its_key_alone(tmp_path):
    members = {"files/b": b"secret" * 100_000}
    plain, closed = make(tmp_path / "plain", members), make(tmp_path / "closed", members, [str(PAIR.to_public())])

    assert contents(closed, [str(PAIR)]) == contents(plain)
    with pytest.raises(archive.Unreadable, match="chiffrée"):
        contents(closed)
    with pytest.raises(archive.Unreadable, match="La clé n’ouvre pas"):
        contents(closed, [str(pyrage.x25519.Identity.generate())])


def test_a_backup_is_a_tar_that_says_what_it_is_and_that_its_owner_alone_reads(tmp_path):
    path = make(tmp_path / "whole", {"rows/a/000000.jsonl": b"{}\n"})

    with tarfile.open(path) as tar:
        assert tar.getnames() == ["LISEZMOI.txt", "rows/a/000000.jsonl", "manifest.json"]
        assert json.loads(tar.extractfile("manifest.json").read())["format"] == 1
    assert path.stat().st_mode & 0o077 == 0


def test_rows_are_cut_into_pieces_that_memory_holds(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "PIECE", 10)
    with archive.new_file(tmp_path / "whole", ()) as stream:
        writer = archive.Writer(stream, FACTS)
        count = writer.add_lines("rows/a", [b"123456\n"] * 5)
        writer.close()

    assert (count, [name for name in contents(tmp_path / "whole") if name.startswith("rows")]) == (
        5,
        ["rows/a/000000.jsonl", "rows/a/000001.jsonl", "rows/a/000002.jsonl"],
    )


@pytest.mark.parametrize("recipients", [[], [str(PAIR.to_public())]], ids=["plain", "encrypted"])
def test_nothing_is_left_of_a_file_that_fails(tmp_path, recipients):
    def fail():
        with archive.new_file(tmp_path / "whole", recipients) as stream:
            stream.write(b"x" * 100_000)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../../evil", "/tmp/evil", "a/../../evil"])
def test_a_file_of_a_backup_never_leaves_the_folder_of_files(settings, tmp_path, name):
    settings.MEDIA_ROOT = str(tmp_path / "media")
    path = make(tmp_path / "wrong", {f"files/{name}": b"x"})

    with pytest.raises(restoring.Refused, match="hors du dossier"):
        restoring.restore(path, force=True)

    assert not list(tmp_path.rglob("evil"))


@pytest.mark.django_db
def test_a_backup_of_a_newer_code_is_refused(tmp_path):
    path = make(tmp_path / "newer", {}, migrations=[["practices", "9999_to_come"]])

    with pytest.raises(CommandError, match="version plus récente"):
        call_command("restore", str(path), force=True)


@pytest.mark.django_db
def test_the_command_makes_a_key_encrypts_for_it_and_reads_with_it(settings, tmp_path, capsys):
    call_command("backup", new_key=True)
    printed = capsys.readouterr().out
    (tmp_path / "key").write_text(printed)
    settings.BACKUP_RECIPIENTS = [printed.partition("BACKUP_RECIPIENTS=")[2].split()[0]]

    call_command("backup", to=str(tmp_path / "kept"))

    [path] = writing.kept(tmp_path / "kept")
    assert path.name.endswith(".tar.gz.age")
    call_command("restore", str(path), check=True, identity=str(tmp_path / "key"))
    assert "revient, dans" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_word_that_is_no_key_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(CommandError, match="clé publique"):
        call_command("backup", to=str(tmp_path), recipient=["age1wrong"])

    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_not_there_is_not_copied(tmp_path):
    with pytest.raises(CommandError, match="Il n’y a pas de base"):
        call_command("restore", f"sqlite:///{tmp_path}/none.sqlite3")


def test_the_last_backups_are_kept(tmp_path):
    folder = tmp_path
    days = [f"bonnes-pratiques-2026010{day}T000000Z.tar.gz" for day in range(1, 6)]
    stale, recent = (folder / f"bonnes-pratiques-2026010{day}T000000Z.tar.gz.partial" for day in (7, 8))
    for path in (*(folder / day for day in days), stale, recent, folder / "autre.txt"):
        path.touch()
    old = timezone.now().timestamp() - timedelta(days=2).total_seconds()
    os.utime(stale, (old, old))

    gone = writing.rotate(folder, 2)

    assert sorted(path.name for path in gone) == [*days[:3], stale.name]
    assert sorted(path.name for path in folder.iterdir()) == sorted(["autre.txt", *days[3:], recent.name])


@pytest.mark.parametrize("wrong", ["2020", "2035", "1970"])
def test_a_wrong_clock_costs_neither_the_backup_just_made_nor_those_that_follow(tmp_path, wrong):
    now = timezone.now()
    days = [f"bonnes-pratiques-{now - timedelta(days=day):%Y%m%d}T020000Z.tar.gz" for day in range(4)]
    misdated = f"bonnes-pratiques-{wrong}0101T020000Z.tar.gz"
    for name in (*days, misdated):
        (tmp_path / name).touch()

    writing.rotate(tmp_path, 4, tmp_path / misdated)
    assert (tmp_path / misdated).exists()

    writing.rotate(tmp_path, 4, tmp_path / days[0])
    assert [path.name for path in writing.kept(tmp_path)] == sorted(days)
