"""How the rows of a whole database are read and written in one form for every database: lines of JSON.

Tables are those of the migrations that the database has, not of the code: an old database is read as it was. The file
that lines go to is left to `archive`.
"""

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.utils.dateparse import parse_duration
from django.utils.duration import duration_iso_string

BATCH = 500
"""Rows that are read or written at a time."""
READ: dict[str, Callable[[Any], Any]] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "DurationField": parse_duration,
    "DecimalField": Decimal,
    "UUIDField": UUID,
    "BinaryField": base64.b64decode,
}
"""What makes a value of a line one of Python's, by the type of the field; others are the same in JSON."""


Model: TypeAlias = type[models.Model]


def migrations_of(alias: str) -> list[tuple[str, str]]:
    """Return the migrations that a database has, as a sorted list of (application, name); empty for a blank one."""
    executor = MigrationExecutor(connections[alias])
    applied = executor.loader.applied_migrations
    return sorted((app, name) for app, name in applied if (app, name) in executor.loader.graph.nodes)


def tables(alias: str, migrations: Iterable[Sequence[str]]) -> dict[str, Model]:
    """Return the models of the tables that some migrations make, as {label: model}, in the order of labels.

    Their fields are Django's own: what is read and written is what the database has, not what a field makes of it.
    """
    loader = MigrationExecutor(connections[alias]).loader
    state = loader.project_state([(app, name) for app, name in migrations])
    for one in state.models.values():
        one.fields.update({name: _plain_field(field) for name, field in one.fields.items()})
    apps = state.apps
    kept = [one for one in apps.get_models(include_auto_created=True) if one._meta.managed and not one._meta.proxy]
    return {one._meta.label_lower: one for one in sorted(kept, key=lambda one: one._meta.label_lower)}


def _plain_field(field: "models.Field[Any, Any]") -> "models.Field[Any, Any]":
    """The field that Django has for the column of one: itself, unless somebody wrote a class of their own for it."""
    plain: type[models.Field] = next(one for one in type(field).__mro__ if one.__module__.startswith("django."))
    if type(field) is plain:
        return field
    _name, _path, arguments, named = plain.deconstruct(field)  # as Django's class would describe its own part
    return plain(*arguments, **named)


def count(alias: str, model: Model) -> int:
    """Return how many rows a table has."""
    return models.QuerySet(model, using=alias).count()


def lines(alias: str, model: Model) -> Iterator[bytes]:
    """Yield the rows of a table as lines of JSON, in the order of the key, read BATCH at a time."""
    fields = model._meta.concrete_fields
    rows = models.QuerySet(model, using=alias).order_by("pk").values_list(*(field.attname for field in fields))
    for row in rows.iterator(chunk_size=BATCH):
        values = {field.column: _plain(value) for field, value in zip(fields, row, strict=True)}
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode(errors="surrogatepass") + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_iso_string(value)
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


def empty(alias: str, labels: Mapping[str, Model]) -> None:
    """Delete every row of some tables, given as {label: model}; references are checked when the transaction ends."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for model in labels.values():
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")


def write(alias: str, model: Model, written: Iterable[bytes]) -> int:
    """Write lines of JSON into a table, every value as it was, BATCH at a time; return how many rows were written."""
    connection = connections[alias]
    quote = connection.ops.quote_name
    fields = model._meta.concrete_fields
    columns = ", ".join(quote(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"
    done = 0
    batch: list[list[Any]] = []
    with connection.cursor() as cursor:
        for line in written:
            row = json.loads(line)
            batch.append([_prepared(field, row[field.column], connection) for field in fields])
            if len(batch) == BATCH:
                cursor.executemany(statement, batch)
                done, batch = done + len(batch), []
        if batch:
            cursor.executemany(statement, batch)
    return done + len(batch)


def _prepared(field: "models.Field[Any, Any]", value: Any, connection: BaseDatabaseWrapper) -> Any:
    plain: Any = field
    while plain.remote_field:
        plain = plain.target_field
    if isinstance(plain, models.JSONField) and value is None and not field.null:
        # The word "null" of JSON, in a column that is never empty.
        return connection.ops.adapt_json_value(None, plain.encoder)
    if value is not None and (read := READ.get(plain.get_internal_type())):
        value = read(value)
    return field.get_db_prep_save(value, connection)


def sequences(alias: str, labels: Mapping[str, Model]) -> dict[str, int]:
    """Return the last number that each table has given to a row, as {label: number}; deleted rows count.

    Tables that number no row, or have given no number yet, are left out.
    """
    connection = connections[alias]
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            given = dict(cursor.fetchall())
            return {label: given[one._meta.db_table] for label, one in labels.items() if given.get(one._meta.db_table)}
        for label, model in labels.items():
            if isinstance(model._meta.pk, models.AutoField):
                quoted = connection.ops.quote_name(model._meta.db_table)
                cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quoted, model._meta.pk.column])
                cursor.execute(f"SELECT last_value FROM {cursor.fetchone()[0]} WHERE is_called")
                if row := cursor.fetchone():
                    found[label] = row[0]
    return found


def set_sequences(alias: str, labels: Mapping[str, Model], given: Mapping[str, int]) -> None:
    """Have each table number its next rows after the last number it had given, or after its highest row."""
    connection = connections[alias]
    with connection.cursor() as cursor:
        for label, model in labels.items():
            if not isinstance(model._meta.pk, models.AutoField):
                continue
            table, column = model._meta.db_table, str(model._meta.pk.column)
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT COALESCE(MAX({connection.ops.quote_name(column)}), 0) FROM {quoted}")
            last = max(cursor.fetchone()[0], given.get(label, 0))
            if not last:
                continue
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])
            else:
                cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [quoted, column, last])
