"""The catalogues that are measured: made once under var/bench, the same for the same size."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "bench"


def environ_of(path_or_url):
    """The environment in which the site reads a database."""
    url = path_or_url if "://" in str(path_or_url) else f"sqlite:///{path_or_url}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "SECRET_KEY": "known to everybody, for benchmarks on the loopback and nothing else",
        "DEBUG": "false",
        "SITE_URL": "http://127.0.0.1:8000",
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "PYTHONPATH": str(ROOT),
    }


def manage(path, *arguments):
    """Run a command of the site on a database."""
    subprocess.run([sys.executable, "manage.py", *map(str, arguments)], cwd=ROOT, env=environ_of(path), check=True)


def catalogue(size):
    """The SQLite file of a catalogue of the founding practices and as many generated ones as make `size`.

    The site can be served from it: what pages link to is collected too.
    """
    path = FOLDER / f"{size}.sqlite3"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        unfinished = FOLDER / f"{size}.unfinished"
        unfinished.unlink(missing_ok=True)
        manage(unfinished, "migrate", "--verbosity", 0)
        manage(unfinished, "load_collection", "--if-empty")
        if size > 27:
            manage(unfinished, "generate_practices", "--count", size - 27)
        unfinished.rename(path)
    manage(path, "migrate", "--verbosity", 0)
    manage(path, "collectstatic", "--noinput", "--verbosity", 0)
    return path


def multiplied(path, times):
    """A file with the practices of another, `times` over, without their texts: for the index alone."""
    copy = FOLDER / f"{path.stem}x{times}.sqlite3"
    if not copy.exists():
        unfinished = FOLDER / "multiplied.unfinished"
        unfinished.unlink(missing_ok=True)
        manage(unfinished, "migrate", "--verbosity", 0)
        with sqlite3.connect(unfinished) as database:
            database.execute("ATTACH ? AS given", [str(path)])
            for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                if "_version_" in trigger:
                    database.execute(f"DROP TRIGGER {trigger}")
            step = database.execute("SELECT max(id) + 1 FROM given.practices_practice").fetchone()[0]
            tables = [
                name
                for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
                if name.startswith("practices_")
            ]
            for table in tables:
                columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
                if table == "practices_practice":
                    texts = ("teaser", "context", "response", "means", "results", "transfer")
                    empty = [column for column in columns if column.startswith(texts)]
                    cells = {"id": "id + :k * :step", "slug": "slug || '-' || :k"} | dict.fromkeys(empty, "''")
                elif "practice_id" in columns and table.split("_")[1] == "practice":
                    cells = {"id": "NULL", "practice_id": "practice_id + :k * :step"}
                elif table.startswith("practices_practice_") or table in (
                    "practices_search",
                    "practices_version",
                    "practices_change",
                ):
                    continue
                else:
                    cells = None
                for k in range(times if cells else 1):
                    chosen = ", ".join((cells or {}).get(column, f'"{column}"') for column in columns)
                    named = ", ".join(f'"{column}"' for column in columns)
                    ignoring = "OR IGNORE " if cells is None else ""
                    sql = f"INSERT {ignoring}INTO {table} ({named}) SELECT {chosen} FROM given.{table}"
                    database.execute(sql, {"k": k, "step": step} if cells else {})
        unfinished.rename(copy)
    return copy


def for_datasette(path):
    """A file with the same public rows as Datasette likes them: terms as JSON arrays, and its own full-text index."""
    copy = FOLDER / f"datasette-{path.stem}.db"
    if copy.exists():
        return copy
    unfinished = FOLDER / "datasette.unfinished"
    unfinished.unlink(missing_ok=True)
    with sqlite3.connect(unfinished) as database:
        database.execute("ATTACH ? AS given", [str(path)])
        arrays = ", ".join(
            f"(SELECT json_group_array(t.slug) FROM given.practices_practice_{many} AS m "
            f"JOIN given.practices_{one} AS t ON t.id = m.{one}_id WHERE m.practice_id = p.id) AS {param}"
            for many, one, param in (
                ("countries", "country", "pays"),
                ("sectors", "sector", "secteur"),
                ("themes", "theme", "theme"),
                ("audiences", "audience", "public"),
            )
        )
        database.execute(
            "CREATE TABLE practices (id INTEGER PRIMARY KEY, title TEXT, teaser TEXT, body TEXT, type TEXT, "
            "annee INTEGER, published_at TEXT, pays TEXT, secteur TEXT, theme TEXT, public TEXT)"
        )
        database.execute(
            "INSERT INTO practices SELECT p.id, title, teaser, context || response || means || results || transfer, "
            f"k.slug, start_year, published_at, {arrays} FROM given.practices_practice AS p "
            "JOIN given.practices_kind AS k ON k.id = p.kind_id "
            "WHERE status = 'published' AND published_at <= datetime('now')"
        )
        for column in ("type", "annee", "published_at"):
            database.execute(f"CREATE INDEX practices_{column} ON practices ({column})")
        database.execute(
            "CREATE VIRTUAL TABLE practices_fts USING fts5(title, teaser, body, content='practices', "
            "content_rowid='id', tokenize='unicode61 remove_diacritics 2')"
        )
        database.execute("INSERT INTO practices_fts (practices_fts) VALUES ('rebuild')")
    unfinished.rename(copy)
    return copy


def probe(path, *arguments):
    """What `bench.probe` says of a database."""
    command = [sys.executable, "-m", "bench.probe", *arguments]
    environ = environ_of(path) | {"PAGE_CACHE_MB": "0"}
    return json.loads(subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.PIPE).stdout)
