"""How the facet index is read from the database and follows it; what an index answers is in `snapshot`."""

import threading

from django.db import connection
from django.db.models import BigIntegerField, Func
from django.utils import timezone
from pyroaring import FrozenBitMap

from content.languages import column, other_languages
from facets.snapshot import Row, Snapshot, slots_by_value
from operations.garbage_collection import collector_paused

PATCHED_AT_MOST = 300
"""More changed items than this are quicker to read with the whole catalogue."""
PATIENCE = 0.25
"""Seconds a request waits for another thread's reload before it is answered from the snapshot at hand."""
TRIES = 20
"""Readings before a catalogue that changes all the time is taken as it comes."""


class Microseconds(Func):
    """A moment as the whole microseconds since 1970, counted by the database.

    Django makes an aware datetime of each text that SQLite holds: a sixth of the reading of a whole catalogue.
    """

    output_field = BigIntegerField()

    def as_sqlite(self, compiler, connection, **context):
        """The text of a moment ends with the seconds, or with a point and a fraction of one."""
        fraction = "CAST(round((substr(%(expressions)s, 20) || '0') * 1000000) AS INTEGER)"
        # Without its fraction, which would be rounded: SQLite reads .9995 as the next second.
        seconds = "strftime('%%%%s', substr(%(expressions)s, 1, 19))"
        sql, params = self.as_sql(compiler, connection, template=f"({seconds} * 1000000 + {fraction})", **context)
        return sql, (*params, *params)

    def as_postgresql(self, compiler, connection, **context):
        """It is a number of seconds with a fraction there."""
        template = "(EXTRACT(EPOCH FROM %(expressions)s) * 1000000)::bigint"
        return self.as_sql(compiler, connection, template=template, **context)


class Index:
    """The snapshot of this process, over the catalogue and the facets of a filterset class; kept at its version."""

    def __init__(self, filterset):
        self.catalogue = filterset.catalogue
        self._facets = filterset.declared_facets()
        self._lock = threading.Lock()
        self._held = None

    def current(self, *, fresh=False):
        """Return the snapshot of the version that the database has reached; one query when it has not moved.

        While another thread reads the whole catalogue again, the snapshot before it is returned; never if `fresh`.
        """
        if connection.in_atomic_block:
            # What this transaction sees may never be committed: it is nobody else's.
            return self.follow(self.read())
        held = self._held
        if held is not None and self._is_current(held):
            return held
        if self._lock.acquire(timeout=-1 if fresh or held is None else PATIENCE):
            try:
                self._held = self.follow(self._held or self.read())
            finally:
                self._lock.release()
        return self._held

    def forget(self):
        """Let go of the snapshot; the next request reads the catalogue."""
        self._held = None

    def _is_current(self, snapshot):
        if snapshot.expires_at is not None and timezone.now() >= snapshot.expires_at:
            return False
        return snapshot.stamp == self.catalogue.log.current()

    def follow(self, snapshot):
        """Return the snapshot of the present version, made from one of an earlier version.

        Read again until no change came in the meantime: then all the readings were of one version.
        """
        for _attempt in range(TRIES):
            if self._is_current(snapshot):
                break
            snapshot = self._followed(snapshot)
        return snapshot

    def _followed(self, snapshot):
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
    def read(self):
        """Return a snapshot of the whole catalogue; `follow` it, in case a change came during the reading."""
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

    def _rows(self, terms, pks=None):
        """The public items, or those among `pks`, with their facet values; a query, and one a facet of many."""
        # By primary key, so that what is asked for in that order (the items of a word) lies together in memory.
        items = self.catalogue.public() if pks is None else self.catalogue.public_among(pks)
        single = [facet for facet in self._facets if not facet.model_field.many_to_many]
        columns = [facet.field_name for facet in single]
        slugs = {param: {term.pk: (param, term.slug) for term in vocabulary} for param, vocabulary in terms.items()}
        years = {}
        values, found = {}, []
        others = other_languages()
        title = self.catalogue.title_key
        keys = [title, *(column(title, code) for code in others)]
        items = items.annotate(moment=Microseconds(self.catalogue.published_at))
        for pk, moment, title_key, *cells in items.values_list("pk", "moment", *keys, *columns):
            translations, cells = cells[: len(others)], cells[len(others) :]
            translated: tuple = ()
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
        same = {}
        return [
            Row(pk, moment, key, same.setdefault(one := tuple(filter(None, values[pk])), one), translated)
            for pk, moment, key, translated in found
        ]

    def _term_facets(self):
        return [facet for facet in self._facets if hasattr(facet, "vocabulary")]
