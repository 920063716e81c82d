"""What every test shares."""

import os

import pytest
from django.db import connection
from django.test import SimpleTestCase
from hypothesis import settings as hypothesis_settings

from content.media import sandbox

# A slow machine is not a failure, and what a failure needs to be reproduced is printed.
hypothesis_settings.register_profile("site", deadline=None, print_blob=True)
# Continuous integration judges a change: the same code always meets the same examples; `make test` looks for new ones.
hypothesis_settings.register_profile("ci", hypothesis_settings.get_profile("site"), derandomize=True, database=None)
# `make prove` asks for it: each property on ten times as many examples.
hypothesis_settings.register_profile("long", hypothesis_settings.get_profile("site"), max_examples=1000)
hypothesis_settings.load_profile("ci" if os.environ.get("CI", "").lower() in ("1", "true") else "site")


# What gives a test a database: pytest-django's fixtures, and those of ours that fill another one on the same server.
DATABASE_FIXTURES = {"db", "transactional_db", "blank_databases"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the tests that may use the database: pytest-django refuses every query to the others."""
    for item in items:
        django_case = issubclass(getattr(item, "cls", None) or object, SimpleTestCase)
        if item.get_closest_marker("django_db") or django_case or DATABASE_FIXTURES & set(item.fixturenames):
            item.add_marker("database")


@pytest.fixture
def writing_elsewhere(transactional_db, monkeypatch):
    """What is read while another connection writes, as a list of modules: reading fails where it cannot within 1 s."""
    reading, read = [], sandbox.run

    def run(module, *arguments):
        other = connection.copy()
        if other.vendor == "sqlite":
            other.settings_dict["OPTIONS"]["timeout"] = 1
        try:
            with other.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, '', %s)",
                    [f"written {len(reading)}", "2099-01-01 00:00:00"],
                )
        finally:
            other.close()
        assert not connection.in_atomic_block
        reading.append(module)
        return read(module, *arguments)

    monkeypatch.setattr(sandbox, "run", run)
    return reading


@pytest.fixture
def media(settings, tmp_path):
    """An empty folder for the files that people send."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path
