"""How the facet index is read from the database and follows it; what an index answers is in `snapshot`."""

import threading
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Func
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone
from pyroaring import FrozenBitMap

from content.languages import column, other_languages
from facets.declaration import Term, TermFacet
from facets.snapshot import Row, Snapshot, slots_by_value
from operations.garbage_collection import collector_paused

if TYPE_CHECKING:
    from facets.filterset import FacetedFilterSet

PATCHED_AT_MOST = 300
"""More changed items than this are quicker to read with all the others."""
PATIENCE = 0.25
"""Seconds a request waits for another thread's reload before it is answered from the snapshot at hand."""
TRIES = 20
"""Readings before items that change all the time are taken as they come."""


class Microseconds(Func):
    """A moment as the whole microseconds since 1970, counted by the database.

    Django makes an aware datetime of each text that SQLite holds: a sixth of the reading of all the items.
    """

    output_field = BigIntegerField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL and its parameters: a moment is a text, whose fraction of a second may be absent."""
        fraction = "CAST(round((substr(%(expressions)s, 20) || '0') * 1000000) AS INTEGER)"
        # Without its fraction, which would be rounded: SQLite reads .9995 as the next second.
        seconds = "strftime('%%%%s', substr(%(expressions)s, 1, 19))"
        sql, params = self.as_sql(compiler, connection, template=f"({seconds} * 1000000 + {fraction})", **context)
        return sql, (*params, *params)

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, list[Any] | tuple[Any, ...]]:
        """Return the SQL and its parameters: a moment is a number of seconds with a fraction there."""
        template = "(EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint"
        return self.as_sql(compiler, connection, template=template, **context)


class Index:
    """The snapshot of this process, over the items and the facets of a filterset class; kept at their version."""

    def __init__(self, filterset: "type[FacetedFilterSet]") -> None:
        self.catalogue = filterset.catalogue
        self._facets = filterset.declared_facets()
        self._lock = threading.Lock()
        self._held: Snapshot | None = None

    def current(self, *, fresh: bool = False) -> Snapshot:
        """Return the snapshot of the version that the database has reached; one query when it has not moved.

        While another thread reads all the items again, the snapshot before it is returned; never if `fresh`.
        """
        if connection.in_atomic_block:
            # What this transaction sees may never be committed: it is nobody else's.
            return self.follow(self.read())
        held = self._held
        if held is not None and self._is_current(held):
            return held
        if not self._lock.acquire(timeout=-1 if fresh or held is None else PATIENCE) and held is not None:
            return self._held or held
        try:
            held = self._held = self.follow(self._held or self.read())
        finally:
            self._lock.release()
        return held

    def forget(self) -> None:
        """Let go of the snapshot; the next request reads all the items."""
        self._held = None

    def _is_current(self, snapshot: Snapshot) -> bool:
        if snapshot.expires_at is not None and timezone.now() >= snapshot.expires_at:
            return False
        return snapshot.stamp == self.catalogue.log.current()

    def follow(self, snapshot: Snapshot) -> Snapshot:
        """Return the snapshot of the present version, made from one of an earlier version.

        Read again until no change came in the meantime: then all the readings were of one version.
        """
        for _attempt in range(TRIES):
            if self._is_current(snapshot):
                break
            snapshot = self._followed(snapshot)
        return snapshot

    def _followed(self, snapshot: Snapshot) -> Snapshot:
        stamp, now = self.catalogue.log.current(), timezone.now()
        changed = self.catalogue.log.changed_since(snapshot.stamp, stamp)
        if changed is None or len(changed) > PATCHED_AT_MOST or len(snapshot.rows) > 2 * len(snapshot.slots) + 1000:
            return self.read()
        changed |= self.catalogue.appeared(snapshot.seen_at, now, PATCHED_AT_MOST + 1)
        if len(changed) > PATCHED_AT_MOST:
            return self.read()
        rows = self._rows(snapshot.terms, changed) if changed else []
        after = snapshot.patched(stamp, now, self.catalogue.next_appearance(now), changed, rows)
        if self.catalogue.search is not None:
            self.catalogue.search.carry_over(snapshot, after, [row.pk for row in rows])
        return after

    @collector_paused()
    def read(self) -> Snapshot:
        """Return a snapshot of all the items; `follow` it, in case a change came during the reading."""
        stamp, now = self.catalogue.log.current(), timezone.now()
        terms = {facet.param: list(facet.vocabulary.objects.all()) for facet in self._term_facets()}
        rows = self._rows(terms)
        slots = range(len(rows))
        return Snapshot(
            stamp=stamp,
            seen_at=now,
            expires_at=self.catalogue.next_appearance(now),
            rows=rows,
            slots={row.pk: slot for slot, row in enumerate(rows)},
            live=FrozenBitMap(slots),
            bitmaps=slots_by_value(rows, slots),
            terms=terms,
            params={facet.field_name: facet.param for facet in self._facets},
            sorts=self.catalogue.orders,
            former={facet.param: self.catalogue.moved_slugs(facet.vocabulary) for facet in self._term_facets()},
        )

    def _rows(self, terms: Mapping[str, list[Term]], pks: Collection[int] | None = None) -> list[Row]:
        """Return the public items, or those among `pks`, with their facet values; a query, and one a facet of many."""
        # By primary key, so that what is asked for in that order (the items of a word) lies together in memory.
        items = self.catalogue.public() if pks is None else self.catalogue.public_among(pks)
        single = [facet for facet in self._facets if not facet.model_field.many_to_many]
        columns = [facet.field_name for facet in single]
        slugs = {param: {term.pk: (param, term.slug) for term in vocabulary} for param, vocabulary in terms.items()}
        years: dict[Any, tuple[str, str]] = {}
        values: dict[int, list[tuple[str, str] | None]] = {}
        found: list[tuple[int, int, bytes, tuple[tuple[str, bytes], ...]]] = []
        others = other_languages()
        title = self.catalogue.title_key
        keys = [title, *(column(title, code) for code in others)]
        items = items.annotate(moment=Microseconds(self.catalogue.published_at))
        for pk, moment, title_key, *cells in items.values_list("pk", "moment", *keys, *columns):
            translations, cells = cells[: len(others)], cells[len(others) :]
            translated: tuple[tuple[str, bytes], ...] = ()
            if any(translations):
                translated = tuple((code, bytes(key)) for code, key in zip(others, translations, strict=True) if key)
            found.append((pk, moment, bytes(title_key), translated))
            values[pk] = [
                slugs[facet.param].get(cell)
                if facet.param in slugs
                else years.setdefault(cell, (facet.param, str(cell)))
                for facet, cell in zip(single, cells, strict=True)
                if cell is not None
            ]
        for facet in self._facets:
            if facet.model_field.many_to_many:
                of_term = slugs[facet.param]
                field = facet.model_field
                links = field.remote_field.through.objects
                if pks is not None:
                    links = links.filter(**{f"{field.m2m_field_name()}__in": pks})
                for pk, term in links.values_list(field.m2m_field_name(), field.m2m_reverse_field_name()):
                    those, value = values.get(pk), of_term.get(term)
                    if those is not None and value is not None:
                        those.append(value)
        same: dict[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]] = {}
        return [
            Row(pk, moment, key, same.setdefault(one := tuple(filter(None, values[pk])), one), translated)
            for pk, moment, key, translated in found
        ]

    def _term_facets(self) -> list[TermFacet]:
        return [facet for facet in self._facets if isinstance(facet, TermFacet)]
