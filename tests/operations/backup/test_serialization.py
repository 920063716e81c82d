import json

import pytest
from django.db import connection, connections, transaction

from operations.backup import serialization
from practices.models import Revision
from practices.models.imports import ImportChunk, ImportJob
from tests.operations.conftest import everything, manage, other_database
from tests.specimens import make_one_of_each, models_of_the_site

COUNTERS = ("practices.Version", "practices.Change")
"""Moved by the rows themselves, as they are written."""
PACKED = [None, "null", "", [], {"é": "\ud800"}, {"a": [1e300, -0.0, 2**53, None, True]}]

pytestmark = pytest.mark.django_db(transaction=True)


def copied(source, target):
    """Copy every row of every table as a backup would write and read it."""
    tables = serialization.tables(source, serialization.migrations_of(source))
    site = {model._meta.label for model in models_of_the_site()} - set(COUNTERS)
    tables = {label: model for label, model in tables.items() if model._meta.label in site}
    with transaction.atomic(using=target):
        serialization.empty(target, tables)
        for model in tables.values():
            serialization.write(target, model, list(serialization.lines(source, model)))
        connections[target].check_constraints()


def test_a_row_of_every_model_is_made():
    make_one_of_each()

    assert [one._meta.label for one in models_of_the_site() if not one._base_manager.exists()] == []


def test_a_row_of_every_model_reads_the_same_once_copied_in_either_kind_of_database(blank_databases):
    make_one_of_each()
    for number, value in enumerate(PACKED):
        ImportChunk.objects.create(job=ImportJob.objects.get(), first=100 + number, rows=[], results=value)
    before = everything(but=COUNTERS)

    for url in blank_databases:
        manage("migrate", "--verbosity", "0", DATABASE_URL=url)
        with other_database(url) as alias:
            copied("default", alias)
            assert everything(alias, but=COUNTERS) == before
            copied(alias, "default")
            assert everything(but=COUNTERS) == before


def test_a_field_with_values_of_its_own_is_copied_as_the_database_has_it():
    tables = serialization.tables("default", serialization.migrations_of("default"))

    site = {model._meta.label for model in models_of_the_site()}
    fields = [field for model in tables.values() if model._meta.label in site for field in model._meta.concrete_fields]
    ours = {type(field) for field in fields}

    assert [one for one in ours if not one.__module__.startswith("django.")] == []


def test_text_that_utf_8_lacks_stops_no_backup():
    """Half of a pair (RFC 3629, 3), which JSON can hold, and SQLite too."""
    make_one_of_each()
    table = serialization.tables("default", serialization.migrations_of("default"))["practices.revision"]
    if connection.vendor == "sqlite":  # PostgreSQL refuses it
        Revision.objects.update(data={"title": "\ud800"})

    [line] = serialization.lines("default", table)

    assert json.loads(line)["data"] == Revision.objects.get().data
