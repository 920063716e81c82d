"""Owns the facet index: counts, order and pages from memory, one snapshot a catalogue version.

Each public practice has a slot; a bitmap (a Python integer) for each facet value says which slots have it. How a
snapshot is read from the database and kept up to date is in `reader`; what SQL would answer is in `facets`, and the
tests hold this to it.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from itertools import islice

from django.utils import translation

from practices.text import sort_key
from practices.version import Stamp

FAR = 1 << 30
"""The place of what has no place in an order: the end."""
BITS_OF_BYTE = [tuple(bit for bit in range(8) if byte >> bit & 1) for byte in range(256)]


@dataclass(frozen=True, slots=True)
class Row:
    """What the index keeps of one practice; `values` are its facet values, as (parameter, value)."""

    pk: int
    published_at: int
    title_key: bytes
    values: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The public catalogue at one version: never changed once made, so that threads share it without a lock.

    `rows` is by slot, and a slot of which `live` has no bit holds a practice that is not public any more. `terms` are
    the vocabularies by facet parameter; `params` the parameters of the facets by field of the model; `fragments` what
    has been rendered of this version, as `cards` keeps it; `searched` the practices of words, as `search` does.
    """

    stamp: Stamp
    seen_at: datetime
    expires_at: datetime | None
    rows: list[Row]
    slots: Mapping[int, int]
    live: int
    bitmaps: Mapping[tuple[str, str], int]
    terms: Mapping[str, list]
    params: Mapping[str, str]
    fragments: dict = field(default_factory=dict)
    searched: dict = field(default_factory=dict)
    orders: dict = field(default_factory=dict)
    labels_by_language: dict = field(default_factory=dict)

    def labels(self, param):
        """The values of a facet a visitor may choose, in display order in the language of the page, {value: label}."""
        key = (param, translation.get_language())
        if key not in self.labels_by_language:
            if param in self.terms:
                terms = sorted(self.terms[param], key=lambda term: (term.order, sort_key(term.name)))
                self.labels_by_language[key] = {term.slug: term.name for term in terms}
            else:
                self.labels_by_language[key] = {
                    value: value for value in sorted(self.totals.get(param, ()), key=int, reverse=True)
                }
        return self.labels_by_language[key]

    def names(self, pk, field_name):
        """The names of the terms that a practice has in one field, in the language of the page."""
        param = self.params[field_name]
        labels = self.labels(param)
        return sorted(
            (labels[value] for name, value in self.rows[self.slots[pk]].values if name == param), key=sort_key
        )

    def matching(self, chosen, ignoring=None, within=None):
        """The bitmap of the practices (of `within`) under every choice ({parameter: values}) but one parameter’s."""
        found = self.live if within is None else within
        for param, values in chosen.items():
            if param != ignoring and values:
                union = 0
                for value in values:
                    union |= self.bitmaps.get((param, value), 0)
                found &= union
        return found

    @cached_property
    def token(self):
        """What visitors see, in a few characters: the version, and the last publication that has come due."""
        latest = max((row.published_at for row in self.rows), default=0)
        return f"{self.stamp.epoch:x}-{self.stamp.number}-{latest:x}"

    @cached_property
    def totals(self):
        """How many practices have each value in the whole catalogue, as {parameter: {value: count}}."""
        totals = {}
        for (param, value), bitmap in self.bitmaps.items():
            if bitmap:
                totals.setdefault(param, {})[value] = bitmap.bit_count()
        return totals

    def counts(self, param, within):
        """How many practices of the bitmap `within` have each value of a facet, as {value: count}."""
        totals = self.totals.get(param, {})
        if within == self.live:
            return totals
        if within.bit_count() < len(totals):
            return Counter(
                value for slot in slots_of(within) for name, value in self.rows[slot].values if name == param
            )
        return {value: (within & self.bitmaps[param, value]).bit_count() for value in totals}

    def page(self, bitmap, order, start, stop):
        """The primary keys of a slice of the practices of a bitmap, in the order that a queryset method names.

        Either the whole order is walked until the slice is full, or the bitmap is sorted: whichever is shorter.
        """
        keys, sequence = self._order(order)
        count, size = bitmap.bit_count(), len(self.rows)
        if count * (4 * count + size / 8) < min(stop, count) * size:
            slots = sorted(slots_of(bitmap), key=keys.__getitem__)[start:stop]
        else:
            octets = bitmap.to_bytes(size // 8 + 1, "little")
            found = (slot for slot in sequence if octets[slot >> 3] >> (slot & 7) & 1)
            slots = list(islice(found, start, min(stop, count)))
        return [self.rows[slot].pk for slot in slots]

    def _order(self, name):
        """The sort key of each slot, and the slots sorted by it."""
        order = (name, translation.get_language() if name == "by_country" else "")
        if order not in self.orders:
            key = self._key(name)
            keys = [key(row) for row in self.rows]
            self.orders[order] = keys, sorted(range(len(keys)), key=keys.__getitem__)
        return self.orders[order]

    def _key(self, name):
        """The function that gives a row its place; the same order as the queryset method of that name."""
        if name == "newest_first":
            return lambda row: (-row.published_at, -row.pk)
        if name == "by_title":
            return lambda row: (row.title_key, row.pk)
        if name == "by_country":
            param = self.params["countries"]
            ranks = {(param, slug): rank for rank, slug in enumerate(self.labels(param))}
            return lambda row: (min((ranks.get(one, FAR) for one in row.values), default=FAR), row.title_key, row.pk)
        raise LookupError(name)

    def patched(self, stamp, seen_at, expires_at, gone, rows):
        """The snapshot after a change: the practices `gone` (primary keys) left out, `rows` put in (again)."""
        live, bitmaps = self.live, dict(self.bitmaps)
        all_rows, slots = list(self.rows), dict(self.slots)
        for pk in gone:
            slot = slots.pop(pk, None)
            if slot is not None:
                live ^= 1 << slot
                for one in all_rows[slot].values:
                    bitmaps[one] ^= 1 << slot
        for row in rows:
            slots[row.pk] = slot = len(all_rows)
            all_rows.append(row)
            live |= 1 << slot
            for one in row.values:
                bitmaps[one] = bitmaps.get(one, 0) | 1 << slot
        after = replace(
            self,
            stamp=stamp,
            seen_at=seen_at,
            expires_at=expires_at,
            rows=all_rows,
            slots=slots,
            live=live,
            bitmaps=bitmaps,
            fragments={key: html for key, html in list(self.fragments.items()) if key[-1] not in gone},
            searched={},
            orders={},
            labels_by_language={key: labels for key, labels in self.labels_by_language.items() if key[0] in self.terms},
        )
        for (name, language), (keys, sequence) in list(self.orders.items()):
            with translation.override(language or translation.get_language()):
                key = self._key(name)
            keys = keys + [key(row) for row in rows]
            sequence = list(sequence)
            for slot in range(len(self.rows), len(all_rows)):
                sequence.insert(bisect_left(sequence, keys[slot], key=keys.__getitem__), slot)
            after.orders[name, language] = keys, sequence
        return after


def slots_of(bitmap):
    """The slots of a bitmap, in ascending order."""
    octets = bitmap.to_bytes((bitmap.bit_length() + 7) // 8, "little")
    return [index * 8 + bit for index, octet in enumerate(octets) if octet for bit in BITS_OF_BYTE[octet]]
