"""Makes INSERTs ready before a transaction begins, so that it lasts as long as the database needs and no longer.

Of `bulk_create`, nine parts of ten are Python: values are completed, cleaned, packed and put into SQL. On SQLite nobody
else writes meanwhile.
"""

from django.db import connection, models, transaction
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery

AT_ONCE = 500
"""Rows of a statement, and keys of a condition, at most."""


def reserve(model, count):
    """Take `count` primary keys that no row will have but those that are made with them."""
    if not count:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sequence, [connection.ops.quote_name(table), model._meta.pk.column, count])
            return [key for (key,) in cursor.fetchall()]
        with transaction.atomic():
            # SQLite has no row for a table that never had any.
            cursor.execute("SELECT 1 FROM sqlite_sequence WHERE name = %s", [table])
            if not cursor.fetchone():
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, 0)", [table])
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [count, table])
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
            (last,) = cursor.fetchone()
    return list(range(last - count + 1, last + 1))


def inserts(rows, replacing=(), ignoring=False):
    """The statements that write some rows of one model, as (SQL, parameters), completed as when they are saved.

    A row whose key is taken is replaced, in the columns that `replacing` names; with `ignoring`, one that is there
    already is left as it is.
    """
    if not rows:
        return []
    meta = type(rows[0])._meta
    keyed = rows[0].pk is not None
    fields = [one for one in meta.concrete_fields if keyed or not isinstance(one, models.AutoField)]
    options = {}
    if replacing:
        options = {
            "on_conflict": OnConflict.UPDATE,
            "update_fields": [meta.get_field(name) for name in replacing],
            "unique_fields": [meta.pk],
        }
    elif ignoring:
        options = {"on_conflict": OnConflict.IGNORE}
    size = min(AT_ONCE, connection.ops.bulk_batch_size(fields, rows))
    made = []
    for start in range(0, len(rows), size):
        query = InsertQuery(type(rows[0]), **options)
        query.insert_values(fields, rows[start : start + size])
        made += query.get_compiler(connection=connection).as_sql()
    return made


def deletions(model, column, keys):
    """The statements that delete the rows whose column has one of some keys; nothing may depend on these rows."""
    name = connection.ops.quote_name(column)
    return [(f"DELETE FROM {model._meta.db_table} WHERE {name} IN ({places})", some) for places, some in _some(keys)]


def contents(model, column="", keys=()):
    """A number that stands for what the rows of a table hold: those whose column has one of some keys, or all."""
    table, pk = model._meta.db_table, connection.ops.quote_name(model._meta.pk.column)
    found = []
    with connection.cursor() as cursor:
        if not column:
            cursor.execute(f"SELECT * FROM {table} ORDER BY {pk}")
            found.append(hash(tuple(cursor.fetchall())))
        for places, some in _some(keys):
            name = connection.ops.quote_name(column)
            cursor.execute(f"SELECT * FROM {table} WHERE {name} IN ({places}) ORDER BY {pk}", some)
            found.append(hash(tuple(cursor.fetchall())))
    return hash(tuple(found))


def run(statements, progress=lambda share: None):
    """Write what was made ready, in its order; `progress` is told the share that is done."""
    with connection.cursor() as cursor:
        for number, (sql, parameters) in enumerate(statements, start=1):
            cursor.execute(sql, parameters)
            if not number % AT_ONCE or number == len(statements):
                progress(number / len(statements))


def _some(keys):
    keys = list(keys)
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        yield ", ".join(["%s"] * len(some)), some
