"""Owns the database triggers that move the catalogue version; what the version means is in `version`.

Installed after every `migrate`, because SQLite drops the triggers of a table that a migration rebuilds; and taken away
before, because it refuses to rebuild one that the triggers of another table read.
"""

from contextlib import contextmanager

from django.apps import apps
from django.db import connections
from django.db.models import F

from practices.version import LOGGED, Change, Version, new_epoch

PRACTICE, CHILD, TERM, OTHER = "practice", "child", "term", "other"
"""What a row is to the catalogue: a practice, a part of one, a term of a vocabulary, or a thing that pages print."""

READABLE = "('published', 'archived')"
"""The statuses under which a practice can have a page."""

MANY = 1000
"""More practices than this changed at once are logged as the whole catalogue."""

PRACTICE_TABLE = "practices_practice"
watched = {PRACTICE_TABLE: (PRACTICE, "id")}
"""Each watched table, with what its rows are and which column names the practice."""


def watch(table, role, column=""):
    """Have every change of `table` move the version."""
    watched[table] = (role, column)


def watch_catalogue():
    """Watch what the public pages of the catalogue are made of, as the models say."""
    practice = apps.get_model("practices", "Practice")
    for field in practice._meta.many_to_many:
        through = field.remote_field.through
        watch(through._meta.db_table, CHILD, through._meta.get_field(field.m2m_field_name()).column)
    for relation in practice._meta.related_objects:
        if relation.one_to_many and relation.related_model._meta.app_label == "practices":
            watch(relation.related_model._meta.db_table, CHILD, relation.field.column)
    related = {field.related_model for field in (*practice._meta.many_to_many, *practice._meta.fields)}
    # In an order of their own, so that two installations have the same tables, to the byte.
    for model in sorted(related - {None, practice}, key=lambda one: one._meta.label):
        if model._meta.app_label != "practices":  # the account of an author is on no page
            continue
        watch(model._meta.db_table, TERM if hasattr(model, "description") else OTHER)


def suspend(sender=None, using="default", plan=(), **_kwargs):
    """Take the triggers away from SQLite while migrations run, if any do."""
    if plan and connections[using].vendor == "sqlite":
        remove(using)


def install(sender=None, using="default", plan=(), **_kwargs):
    """Create the version's row and the triggers of every watched table that exists; replaces what is there.

    After migrations, whoever holds the catalogue reads it again: nobody has counted what they changed.
    """
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if Version._meta.db_table not in tables:
        return
    if not Version.objects.using(using).exists():
        Version.objects.using(using).create(pk=1, epoch=new_epoch())
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor, [table for table in watched if table in tables]):
            cursor.execute(statement)
    if plan:
        version = Version.objects.using(using)
        version.update(number=F("number") + 1)
        Change.objects.using(using).create(version=version.get().number, practice=None)


def lacking(using="default"):
    """The names of the triggers that should be there and are not, in alphabetical order."""
    connection = connections[using]
    catalogue = "pg_trigger WHERE NOT tgisinternal" if connection.vendor == "postgresql" else "sqlite_master WHERE 1"
    name = "tgname" if connection.vendor == "postgresql" else "name"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {name} FROM {catalogue}")
        there = {row[0] for row in cursor.fetchall()}
    tables = set(connection.introspection.table_names()) & watched.keys()
    wanted = {f"{table}_version_{event}" for table in tables for event in ("insert", "update", "delete")}
    return sorted(wanted - there)


def remove(using="default"):
    """Drop every trigger, before the version's table goes."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in watched:
            if table in tables:
                for event in ("insert", "update", "delete"):
                    on = f" ON {table}" if connection.vendor == "postgresql" else ""
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_version_{event}{on}")
                if connection.vendor == "postgresql":
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_version_order ON {table}")


@contextmanager
def counted_once(using="default"):
    """Count what is written inside, in the transaction that is open, as one change of the catalogue.

    Whoever writes in bulk fills the set that this gives with the keys of the public practices it changed; None in it
    stands for all of them. The order of writers is kept.
    """
    connection = connections[using]
    changed: set = set()
    tables = [table for table in watched if table in connection.introspection.table_names()]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('practices_version'))")
            cursor.execute("SELECT set_config('practices.counted', 'by_hand', true)")
        else:
            # Nobody else writes meanwhile, and a transaction that fails brings the triggers back.
            for table in tables:
                for event in ("insert", "update", "delete"):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {table}_version_{event}")
    yield changed
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT set_config('practices.counted', '', true)")
        else:
            for statement in _statements(connection.vendor, tables):
                cursor.execute(statement)
    if changed:
        version = Version.objects.using(using)
        version.update(number=F("number") + 1)
        number = version.values_list("number", flat=True)[0]
        whole = None in changed or len(changed) > MANY
        Change.objects.using(using).bulk_create(
            Change(version=number, practice=pk) for pk in ([None] if whole else sorted(changed))
        )
        Change.objects.using(using).filter(version__lte=number - LOGGED).delete()


def _statements(vendor, tables):
    if vendor == "postgresql":
        yield POSTGRESQL_FUNCTIONS
        for table in tables:
            yield from _postgresql(table, *watched[table])
    else:
        for table in tables:
            yield from _sqlite(table, *watched[table])


# SQLite: a trigger for each row, in the transaction of the change; one writer at a time, so nothing to order.


def _sqlite(table, role, column):
    for event, rows in (("insert", ("NEW",)), ("update", ("OLD", "NEW")), ("delete", ("OLD",))):
        public = {
            PRACTICE: " OR ".join(f"{row}.status IN {READABLE}" for row in rows),
            CHILD: " OR ".join(
                f"(SELECT status FROM {PRACTICE_TABLE} WHERE id = {row}.{column}) IN {READABLE}" for row in rows
            ),
        }.get(role, "1")
        changed = {TERM: ["NULL"], OTHER: ["0"]}.get(role, [f"{row}.{column}" for row in rows])
        log = "".join(
            f"INSERT INTO practices_change (version, practice) SELECT number, {practice} FROM practices_version;"
            for practice in dict.fromkeys(changed)
        )
        yield f"DROP TRIGGER IF EXISTS {table}_version_{event}"
        yield (
            f"CREATE TRIGGER {table}_version_{event} AFTER {event.upper()} ON {table} WHEN {public} BEGIN "
            f"UPDATE practices_version SET number = number + 1; {log} "
            f"DELETE FROM practices_change WHERE version <= (SELECT number FROM practices_version) - {LOGGED}; END"
        )


# PostgreSQL: a trigger for each statement. The lock comes before the first row is touched, so that writers of the
# catalogue are ordered, versions are numbered in the order of commits, and two writers never wait for each other.

POSTGRESQL_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION practices_version_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('practices_version'));
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION practices_version_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed bigint[];
  reached bigint;
BEGIN
  IF current_setting('practices.counted', true) = 'by_hand' THEN
    RETURN NULL;
  END IF;
  EXECUTE 'SELECT array_agg(DISTINCT id) FROM (' || TG_ARGV[0] || ') AS rows' INTO changed;
  IF changed IS NULL THEN
    RETURN NULL;
  END IF;
  IF cardinality(changed) > {MANY} THEN
    changed := ARRAY[NULL::bigint];
  END IF;
  UPDATE practices_version SET number = number + 1 RETURNING number INTO reached;
  INSERT INTO practices_change (version, practice) SELECT reached, unnest(changed);
  DELETE FROM practices_change WHERE version <= reached - {LOGGED};
  RETURN NULL;
END $$;
"""


def _postgresql(table, role, column):
    yield f"DROP TRIGGER IF EXISTS {table}_version_order ON {table}"
    yield (
        f"CREATE TRIGGER {table}_version_order BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION practices_version_order()"
    )
    quoted = READABLE.replace("'", "''")
    for event, rows in (("insert", ("new",)), ("update", ("old", "new")), ("delete", ("old",))):
        changed = " UNION ALL ".join(
            {
                PRACTICE: f"SELECT id FROM {row}_rows WHERE status IN {quoted}",
                CHILD: (
                    f"SELECT {column} AS id FROM {row}_rows JOIN {PRACTICE_TABLE} AS p ON p.id = {row}_rows.{column} "
                    f"WHERE p.status IN {quoted}"
                ),
                TERM: f"SELECT NULL::bigint AS id FROM {row}_rows",
                OTHER: f"SELECT 0::bigint AS id FROM {row}_rows",
            }[role]
            for row in rows
        )
        referencing = " ".join(f"{row.upper()} TABLE AS {row}_rows" for row in rows)
        yield f"DROP TRIGGER IF EXISTS {table}_version_{event} ON {table}"
        yield (
            f"CREATE TRIGGER {table}_version_{event} AFTER {event.upper()} ON {table} REFERENCING {referencing} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION practices_version_move('{changed}')"
        )
