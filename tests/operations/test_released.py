"""Every version that was released left its databases; this one must open them, and lose no row."""

import gzip
import json
import re
from collections import defaultdict

import psycopg
import pytest

from operations.backup import archive, serialization
from operations.backup.hooks import registry
from tests.operations.conftest import manage, other_database
from tests.release import RELEASED
from tests.specimens import WORDS

pytestmark = pytest.mark.django_db(transaction=True)

VERSIONS = sorted(path.name.removesuffix(".tar.gz") for path in RELEASED.glob("*.tar.gz"))
REWRITTEN = {
    # What counts the changes of the catalogue moves by itself, and says nothing of them.
    "practices.version": {"id", "epoch", "number"},
    "practices.change": {"id", "version", "practice"},
}
"""The columns that a later version writes anew, as {label: columns}: say why here, when a migration does so."""
SAID = """
from django.test import Client
page = Client().get("/bonnes-pratiques/")
assert page.status_code == 200, page.status_code
print(page.content.decode())
"""


def rows_of(alias):
    """Every row of a database by the tables that it has itself, as {label: {key: {column: value}}}."""
    found = {}
    for label, model in serialization.tables(alias, serialization.migrations_of(alias)).items():
        if label.startswith("library."):  # which only the tests install
            continue
        every = map(json.loads, serialization.lines(alias, model))
        found[label] = {row[model._meta.pk.column]: row for row in every}
    return found


def rows_in(path):
    """Every row of a backup, as `rows_of` has them."""
    found = defaultdict(dict)
    with archive.opened(path) as members:
        for name, stream in members:
            if name.startswith("rows/"):
                for row in map(json.loads, stream.read().splitlines()):
                    found[name.split("/")[1]][row.get("id") or next(iter(row.values()))] = row
    return found


def lost(before, after):
    """What rows of `before` are not the same in `after`, in the columns that both have; as sentences."""
    for label, kept in before.items():
        for key, row in kept.items():
            now = after.get(label, {}).get(key)
            if now is None:
                yield f"{label} {key}: gone"
                continue
            for column in row.keys() & now.keys() - REWRITTEN.get(label, set()):
                if row[column] != now[column]:
                    yield f"{label} {key}: {column} was {row[column]!r}, is {now[column]!r}"


def assert_serves(url, tmp_path):
    """The code finds its tables, `doctor` nothing broken in them, and a visitor the practice.

    The clock it doubts rightly, months having passed at once for these databases, and the mail server, of which their
    one row says that it failed.
    """
    site = {"DATABASE_URL": url, "MEDIA_ROOT": str(tmp_path / "media")}
    told = manage("doctor", "--verbosity", "0", check=False, **site).stdout
    assert [
        line for line in told.splitlines() if re.match(r"PANNE +(?!Adresse|Statiques|Horloge|File d’envoi)\S", line)
    ] == []
    # DEBUG: its style sheets are read where they are, not where a server collects them.
    assert (
        WORDS.partition(" \\")[0] in manage("shell", "--verbosity", "0", "--command", SAID, DEBUG="true", **site).stdout
    )


def test_a_version_has_left_its_databases():
    assert "0.9.0" in VERSIONS


@pytest.mark.parametrize("version", VERSIONS)
def test_the_database_of_a_version_opens_by_migrate_alone(version, blank_databases, tmp_path):
    for url in blank_databases:
        if url.startswith("sqlite"):
            (tmp_path / "other.sqlite3").write_bytes(gzip.decompress((RELEASED / f"{version}.sqlite3.gz").read_bytes()))
        else:
            with psycopg.connect(url) as server:
                server.execute(gzip.decompress((RELEASED / f"{version}.sql.gz").read_bytes()))
        with other_database(url) as alias:
            before = rows_of(alias)
            assert [label for label, kept in before.items() if not kept] == []

        manage("migrate", "--verbosity", "0", DATABASE_URL=url)

        with other_database(url) as alias:
            assert list(lost(before, rows_of(alias))) == []
        assert_serves(url, tmp_path)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_backup_of_a_version_restores_into_this_one(version, blank_databases, tmp_path):
    path = RELEASED / f"{version}.tar.gz"
    before = {label: kept for label, kept in rows_in(path).items() if label not in registry.left_out()}
    for url in blank_databases:
        media = tmp_path / url.partition(":")[0]

        manage("restore", path, DATABASE_URL=url, MEDIA_ROOT=str(media))

        with other_database(url) as alias:
            assert list(lost(before, rows_of(alias))) == []
        assert (media / "images/specimen-é.jpg").read_bytes() == b"specimen"
        assert_serves(url, tmp_path)
