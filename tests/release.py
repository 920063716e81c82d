"""How the databases of a version are kept, so that every later version proves that it opens them.

`python -m tests.release` writes into fixtures/released: a SQLite file, a dump of PostgreSQL and a backup, each with one
row of every model (`specimens`). The same code writes the same bytes. No secret: the key is that of the tests.
"""

import gzip
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

ROOT = Path(__file__).resolve().parent.parent
RELEASED = ROOT / "fixtures/released"
SECRET_KEY = "Known to everybody, long enough, and good for tests only."
POSTGRESQL = os.environ.get("TEST_DATABASE_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"


def fill(folder):
    """In a process of its own, whose DATABASE_URL names a blank database: make its rows, and a backup in `folder`."""
    import django
    import time_machine
    from django.core.management import call_command

    os.environ["DJANGO_SETTINGS_MODULE"] = "bonnespratiques.settings"
    django.setup()

    from practices.models import Version
    from tests.specimens import MOMENT, make_one_of_each

    with time_machine.travel(MOMENT, tick=False):
        call_command("migrate", verbosity=0)
        Version.objects.update(epoch=1)
        make_one_of_each()
        call_command("backup", to=folder, recipient=[], verbosity=0)


def _filled(url, folder):
    media = Path(folder, "media")
    (media / "images").mkdir(parents=True)
    (media / "images/specimen-é.jpg").write_bytes(b"specimen")
    site = {"SECRET_KEY": SECRET_KEY, "SITE_URL": "http://testserver", "DATABASE_URL": url, "MEDIA_ROOT": str(media)}
    environ = {"PATH": os.environ["PATH"], "PYTHONHASHSEED": "0", **site}
    subprocess.run([sys.executable, "-m", "tests.release", folder], cwd=ROOT, env=environ, check=True)


def of_sqlite(folder):
    """The bytes of a SQLite file, and of the backup of it."""
    import sqlite3

    made = Path(folder, "made.sqlite3")
    _filled(f"sqlite:///{made}", folder)
    with sqlite3.connect(made) as connection:
        connection.execute("VACUUM INTO ?", [f"{folder}/whole.sqlite3"])
    [archive] = Path(folder).glob("*.tar.gz")
    return Path(folder, "whole.sqlite3").read_bytes(), archive.read_bytes()


def of_postgresql(folder):
    """A dump of a PostgreSQL database, as SQL that any driver executes and any of its versions reads."""
    with _blank_postgresql() as url:
        _filled(url, folder)
        command = ["pg_dump", "--inserts", "--no-owner", "--no-privileges", "--no-comments", url]
        dump = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    settings = ("SET ", "\\", "--")
    lines = (line for line in dump.splitlines() if line and not line.startswith(settings))
    return "\n".join(lines).encode() + b"\n"


@contextmanager
def _blank_postgresql():
    import psycopg

    name = f"release_{os.getpid()}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(POSTGRESQL)._replace(path=f"/{name}"))
        finally:
            server.execute(f"DROP DATABASE {name}")


def main():
    """Write the three files of the present version."""
    sys.path.insert(0, str(ROOT))
    import tomllib

    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    with tempfile.TemporaryDirectory() as here, tempfile.TemporaryDirectory() as there:
        sqlite, archive = of_sqlite(here)
        sql = of_postgresql(there)
    RELEASED.mkdir(exist_ok=True)
    for name, data in {
        f"{version}.sqlite3.gz": gzip.compress(sqlite, mtime=0),
        f"{version}.sql.gz": gzip.compress(sql, mtime=0),
        f"{version}.tar.gz": archive,
    }.items():
        (RELEASED / name).write_bytes(data)
        print(f"fixtures/released/{name} : {len(data)} octets")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        fill(sys.argv[1])
    else:
        main()
