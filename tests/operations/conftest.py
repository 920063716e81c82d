"""What the tests of operations share: other databases, filled by manage.py as on a server, and what is in them."""

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import ConnectionHandler, connection, connections
from environ import Env

from tests.specimens import models_of_the_site


def manage(*arguments, check=True, **environ):
    """Run manage.py with nothing else in its environment; return the finished process."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    site = {"SECRET_KEY": settings.SECRET_KEY, "SITE_URL": "http://testserver", "TEST_EMAIL_URL": ""}
    return subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=settings.BASE_DIR,
        env={**kept, **site, **environ},
        capture_output=True,
        text=True,
        check=check,
    )


@pytest.fixture
def blank_databases(tmp_path):
    """The addresses of blank databases: a SQLite file and, where the tests run on PostgreSQL, one of its own there."""
    urls = [f"sqlite:///{tmp_path}/other.sqlite3"]
    if connection.vendor == "sqlite":
        yield urls
        return
    there = settings.DATABASES["default"]
    name = f"{there['NAME']}_other"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    login = f"{there['USER']}:{there['PASSWORD']}" if there["PASSWORD"] else there["USER"]
    yield [*urls, f"postgresql://{login}@{there['HOST']}:{there['PORT'] or 5432}/{name}"]
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


@contextmanager
def other_database(url):
    """The alias of another database, for the block."""
    handler = ConnectionHandler({"default": {}, "other": Env.db_url_config(url)})
    connections["other"] = handler.create_connection("other")
    try:
        yield "other"
    finally:
        connections["other"].close()
        del connections["other"]


def everything(alias="default", but=()):
    """Every row of a database, as {label: rows}, read by the models of the code."""
    models = [one for one in models_of_the_site() if one._meta.label not in but]
    return {one._meta.label: list(one._base_manager.using(alias).order_by("pk").values()) for one in models}


def files_of(folder):
    """Every file of a folder, as {path: bytes}."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
