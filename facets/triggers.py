"""The database triggers that move the version of some items; what the version means is in `version`.

Installed after every `migrate`, because SQLite drops the triggers of a table that a migration rebuilds; and taken away
before, because it refuses to rebuild one that the triggers of another table read.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connections, models

from facets.version import LOGGED, VersionLog

ITEM, CHILD, TERM, OTHER = "item", "child", "term", "other"
"""What a row is: an item, a part of one, a term of a vocabulary, or another thing that pages print."""
EVENTS = ("insert", "update", "delete")
MANY = 1000
"""More items than this changed at once are logged as all of them."""


class Triggers:
    """The triggers of one catalogue, on the tables that are watched, which move the version of `log`.

    `items` names the model of the items ("app.Model"); `public` is the SQL condition under which one may have a page,
    where "{row}" stands for the row: "{row}.status = 'published'".
    """

    def __init__(self, log: VersionLog, items: str, public: str) -> None:
        self.log = log
        self._items = items
        self._public = public
        self.watched: dict[str, tuple[str, str | None]] = {}

    @property
    def items(self) -> type[models.Model]:
        """The model of the items."""
        return apps.get_model(self._items)

    def watch(self, table: str, role: str, column: str | None = None) -> None:
        """Have every change of `table` move the version; `column` names the item in the row of an ITEM or a CHILD."""
        self.watched[table] = (role, column)

    def watch_items(self) -> None:
        """Watch what the public pages of the items are made of, as the models of their application say.

        A related model with a description is a vocabulary: whatever it says may stand on every page.
        """
        model = self.items
        app = model._meta.app_label
        self.watch(model._meta.db_table, ITEM, model._meta.pk.column)
        for field in model._meta.many_to_many:
            through = field.remote_field.through
            self.watch(through._meta.db_table, CHILD, through._meta.get_field(field.m2m_field_name()).column)
        for relation in model._meta.related_objects:
            if relation.one_to_many and relation.related_model._meta.app_label == app:
                self.watch(relation.related_model._meta.db_table, CHILD, relation.field.column)
        related = {field.related_model for field in (*model._meta.many_to_many, *model._meta.fields)}
        # In an order of their own, so that two installations have the same tables, to the byte.
        for other in sorted(related - {None, model}, key=lambda one: one._meta.label):
            if other._meta.app_label == app:  # what belongs to another application is on no page
                self.watch(other._meta.db_table, TERM if hasattr(other, "description") else OTHER)

    # Coming and going

    def suspend(self, sender: Any = None, using: str = "default", plan: Collection = (), **_kwargs: Any) -> None:
        """Take the triggers away from SQLite while migrations run, if any do."""
        if plan and connections[using].vendor == "sqlite":
            self.remove(using)

    def install(self, sender: Any = None, using: str = "default", plan: Collection = (), **_kwargs: Any) -> None:
        """Create the version's row and the triggers of every watched table that exists; replaces what is there.

        After migrations, whoever holds the items reads them again: nobody has counted what they changed.
        """
        connection = connections[using]
        tables = set(connection.introspection.table_names())
        if self.log.version_model._meta.db_table not in tables:
            return
        self.log.begin(using)
        with connection.cursor() as cursor:
            for statement in self._statements(connection.vendor, [one for one in self.watched if one in tables]):
                cursor.execute(statement)
        if plan:
            self.log.move(using, [None])

    def lacking(self, using: str = "default") -> list[str]:
        """Return the names of the triggers that should be there and are not, in alphabetical order."""
        connection = connections[using]
        postgresql = connection.vendor == "postgresql"
        listed = "pg_trigger WHERE NOT tgisinternal" if postgresql else "sqlite_master WHERE 1"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {'tgname' if postgresql else 'name'} FROM {listed}")
            there = {row[0] for row in cursor.fetchall()}
        tables = set(connection.introspection.table_names()) & self.watched.keys()
        wanted = {f"{table}_version_{event}" for table in tables for event in EVENTS}
        return sorted(wanted - there)

    def remove(self, using: str = "default") -> None:
        """Drop every trigger, before the version's table goes."""
        connection = connections[using]
        tables = set(connection.introspection.table_names())
        with connection.cursor() as cursor:
            for table in self.watched:
                if table in tables:
                    for event in EVENTS:
                        on = f" ON {table}" if connection.vendor == "postgresql" else ""
                        cursor.execute(f"DROP TRIGGER IF EXISTS {table}_version_{event}{on}")
                    if connection.vendor == "postgresql":
                        cursor.execute(f"DROP TRIGGER IF EXISTS {table}_version_order ON {table}")

    @contextmanager
    def counted_once(self, using: str = "default") -> Iterator[set[int | None]]:
        """Count what is written inside, in the transaction that is open, as one change of the items.

        Whoever writes in bulk fills the set that this gives with the keys of the public items it changed; None in it
        stands for all of them. The order of writers is kept.
        """
        connection = connections[using]
        changed: set[int | None] = set()
        tables = [table for table in self.watched if table in connection.introspection.table_names()]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"SELECT pg_advisory_xact_lock(hashtext('{self._version}'))")
                cursor.execute(f"SELECT set_config('{self._counted}', 'by_hand', true)")
            else:
                # Nobody else writes meanwhile, and a transaction that fails brings the triggers back.
                for table in tables:
                    for event in EVENTS:
                        cursor.execute(f"DROP TRIGGER IF EXISTS {table}_version_{event}")
        yield changed
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(f"SELECT set_config('{self._counted}', '', true)")
            else:
                for statement in self._statements(connection.vendor, tables):
                    cursor.execute(statement)
        if changed:
            known = sorted(pk for pk in changed if pk is not None)
            self.log.move(using, [None] if None in changed or len(known) > MANY else known)

    # Their SQL

    @property
    def _version(self) -> str:
        """The table of the version; its name also names the functions and the lock."""
        return self.log.version_model._meta.db_table

    @property
    def _change(self) -> tuple[str, str | None]:
        """The table of the log, and its column that names an item."""
        model = self.log.change_model
        return model._meta.db_table, model._meta.get_field("item").column

    @property
    def _counted(self) -> str:
        """The setting of a PostgreSQL transaction that says who counts."""
        return f"{self.items._meta.app_label}.counted"

    def _statements(self, vendor: str, tables: Iterable[str]) -> Iterator[str]:
        if vendor == "postgresql":
            yield self._postgresql_functions()
        each = self._postgresql if vendor == "postgresql" else self._sqlite
        for table in tables:
            yield from each(table, *self.watched[table])

    def _sqlite(self, table: str, role: str, column: str | None) -> Iterator[str]:
        """Yield the statements of the triggers of a table, which are for each row.

        One writer at a time is in SQLite: there is nothing to order.
        """
        items, (log, item), version = self.items._meta, self._change, self._version
        for event, rows in (("insert", ("NEW",)), ("update", ("OLD", "NEW")), ("delete", ("OLD",))):
            of_item = "EXISTS (SELECT 1 FROM {table} AS item WHERE item.{pk} = {row}.{column} AND ({public}))"
            public = {
                ITEM: " OR ".join(self._public.format(row=row) for row in rows),
                CHILD: " OR ".join(
                    of_item.format(
                        table=items.db_table,
                        pk=items.pk.column,
                        row=row,
                        column=column,
                        public=self._public.format(row="item"),
                    )
                    for row in rows
                ),
            }.get(role, "1")
            changed = {TERM: ["NULL"], OTHER: ["0"]}.get(role, [f"{row}.{column}" for row in rows])
            logged = "".join(
                f"INSERT INTO {log} (version, {item}) SELECT number, {one} FROM {version};"
                for one in dict.fromkeys(changed)
            )
            yield f"DROP TRIGGER IF EXISTS {table}_version_{event}"
            yield (
                f"CREATE TRIGGER {table}_version_{event} AFTER {event.upper()} ON {table} WHEN {public} BEGIN "
                f"UPDATE {version} SET number = number + 1; {logged} "
                f"DELETE FROM {log} WHERE version <= (SELECT number FROM {version}) - {LOGGED}; END"
            )

    def _postgresql_functions(self) -> str:
        """Return the functions of the triggers, which are for each statement.

        The lock comes before the first row is touched, so that writers of the items are ordered, versions are
        numbered in the order of commits, and two writers never wait for each other.
        """
        (log, item), version = self._change, self._version
        return f"""
CREATE OR REPLACE FUNCTION {version}_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('{version}'));
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION {version}_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed bigint[];
  reached bigint;
BEGIN
  IF current_setting('{self._counted}', true) = 'by_hand' THEN
    RETURN NULL;
  END IF;
  EXECUTE 'SELECT array_agg(DISTINCT id) FROM (' || TG_ARGV[0] || ') AS rows' INTO changed;
  IF changed IS NULL THEN
    RETURN NULL;
  END IF;
  IF cardinality(changed) > {MANY} THEN
    changed := ARRAY[NULL::bigint];
  END IF;
  UPDATE {version} SET number = number + 1 RETURNING number INTO reached;
  INSERT INTO {log} (version, {item}) SELECT reached, unnest(changed);
  DELETE FROM {log} WHERE version <= reached - {LOGGED};
  RETURN NULL;
END $$;
"""

    def _postgresql(self, table: str, role: str, column: str | None) -> Iterator[str]:
        """Yield the statements of the triggers of a table, which are for each statement."""
        items, version = self.items._meta, self._version
        yield f"DROP TRIGGER IF EXISTS {table}_version_order ON {table}"
        yield (
            f"CREATE TRIGGER {table}_version_order BEFORE INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {version}_order()"
        )
        for event, rows in (("insert", ("new",)), ("update", ("old", "new")), ("delete", ("old",))):
            changed = " UNION ALL ".join(
                {
                    ITEM: f"SELECT {column} AS id FROM {row}_rows WHERE {self._public.format(row=f'{row}_rows')}",
                    CHILD: (
                        f"SELECT {column} AS id FROM {row}_rows JOIN {items.db_table} AS item "
                        f"ON item.{items.pk.column} = {row}_rows.{column} WHERE {self._public.format(row='item')}"
                    ),
                    TERM: f"SELECT NULL::bigint AS id FROM {row}_rows",
                    OTHER: f"SELECT 0::bigint AS id FROM {row}_rows",
                }[role]
                for row in rows
            ).replace("'", "''")
            referencing = " ".join(f"{row.upper()} TABLE AS {row}_rows" for row in rows)
            yield f"DROP TRIGGER IF EXISTS {table}_version_{event} ON {table}"
            yield (
                f"CREATE TRIGGER {table}_version_{event} AFTER {event.upper()} ON {table} REFERENCING {referencing} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {version}_move('{changed}')"
            )
