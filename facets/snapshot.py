"""The facet index: counts, order and pages from memory, one snapshot a catalogue version.

Each public item has a slot; a bitmap (of CRoaring, never changed) for each facet value says which slots have it.
How a snapshot is read from the database and kept up to date is in `loader`; what SQL would answer is in `backends.sql`,
and the tests hold this to it.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import islice

from django.utils import translation
from pyroaring import FrozenBitMap

from content.collation import sort_key
from content.languages import page_language
from facets.orders import Order
from facets.version import Stamp

LISTS_KEPT = 128
"""Parts of lists kept by a process for one version, about 60 kB each."""
_name_key = lru_cache(maxsize=1000)(sort_key)
"""The same few names of terms are on every card."""
NONE = FrozenBitMap()
"""The bitmap of no item."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the index keeps of one item; `values` are its facet values, as (parameter, value).

    `title_key` is that of the default language, `translated` those of the others that it has a title in.
    """

    pk: int
    published_at: int
    title_key: bytes
    values: tuple[tuple[str, str], ...]
    translated: tuple[tuple[str, bytes], ...] = ()

    def key_in(self, language):
        """The sort key of the title that a page in a language tells."""
        return next((key for code, key in self.translated if code == language), self.title_key)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The public catalogue at one version: never changed once made, so that threads share it without a lock.

    `sorts` are the orders by name; `former` the slugs that terms had, by parameter, each with the present one.
    `rows` is by slot, and a slot of which `live` has no bit holds an item that is not public any more. `terms` are
    the vocabularies by facet parameter; `params` the parameters of the facets by field of the model; `fragments` what
    has been rendered of this version, as `cards` keeps it; `lists` what pages of the same list have in common, as HTML;
    `searched` is what searches have found, as their engine keeps it.
    """

    stamp: Stamp
    seen_at: datetime
    expires_at: datetime | None
    rows: list[Row]
    slots: Mapping[int, int]
    live: FrozenBitMap
    bitmaps: Mapping[tuple[str, str], FrozenBitMap]
    terms: Mapping[str, list]
    params: Mapping[str, str]
    sorts: Mapping[str, Order]
    former: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fragments: dict = field(default_factory=dict)
    lists: dict = field(default_factory=dict)
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
        """The names of the terms that an item has in one field, in the language of the page."""
        param = self.params[field_name]
        labels = self.labels(param)
        return sorted(
            (labels[value] for name, value in self.rows[self.slots[pk]].values if name == param), key=_name_key
        )

    def matching(self, chosen, ignoring=None, within=None):
        """The bitmap of the items (of `within`) under every choice ({parameter: values}) but one parameter’s."""
        found = self.live if within is None else within
        for param, values in chosen.items():
            if param != ignoring and values:
                those = [self.bitmaps.get((param, value), NONE) for value in values]
                # The union of one would be a copy.
                found &= FrozenBitMap.union(*those) if len(those) > 1 else those[0]
        return found

    @cached_property
    def token(self):
        """What visitors see, in a few characters: the version, and the last publication that has come due."""
        latest = max((row.published_at for row in self.rows), default=0)
        return f"{self.stamp.epoch:x}-{self.stamp.number}-{latest:x}"

    def bitmap_of(self, pks):
        """The bitmap of those among some items (primary keys) that are public."""
        return FrozenBitMap([slot for slot in map(self.slots.get, pks) if slot is not None])

    def translated(self, language):
        """The bitmap of the items that have a title in a language other than the default one."""
        codes = enumerate([code for code, _key in row.translated] for row in self.rows)
        return FrozenBitMap([slot for slot, known in codes if language in known]) & self.live

    @cached_property
    def totals(self):
        """How many items have each value in the whole catalogue, as {parameter: {value: count}}."""
        totals = {}
        for (param, value), bitmap in self.bitmaps.items():
            if bitmap:
                totals.setdefault(param, {})[value] = len(bitmap)
        return totals

    @cached_property
    def _counters(self):
        """What gives, of a bitmap, how many of its items have each value, as {parameter: [(value, function)]}."""
        counters = defaultdict(list)
        for (param, value), bitmap in self.bitmaps.items():
            if bitmap:
                counters[param].append((value, bitmap.intersection_cardinality))
        return counters

    def counts(self, param, within):
        """How many items of the bitmap `within` have each value of a facet, as {value: count}."""
        if within == self.live:
            return self.totals.get(param, {})
        return {value: count_with(within) for value, count_with in self._counters.get(param, ())}

    def kept(self, key, make):
        """What `make` (a function) tells of this version, made once for a key; when there are many, all are let go."""
        html = self.lists.get(key)
        if html is None:
            html = make()
            if len(self.lists) >= LISTS_KEPT:
                self.lists.clear()
            self.lists[key] = html
        return html

    def page(self, bitmap, order, start, stop):
        """The primary keys of a slice of the items of a bitmap, in the order that a queryset method names.

        Either the whole order is walked until the slice is full, or the bitmap is sorted: whichever is shorter.
        """
        keys, sequence = self._order(order)
        count = len(bitmap)
        if 4 * count * count < min(stop, count) * len(self.rows):
            slots = sorted(bitmap, key=keys.__getitem__)[start:stop]
        else:
            slots = list(islice(filter(bitmap.__contains__, sequence), start, min(stop, count)))
        return [self.rows[slot].pk for slot in slots]

    def around(self, bitmap, order, slot):
        """The place from 0 of a slot among those of a bitmap, in an order, and the primary keys beside it, or None."""
        keys, sequence = self._order(order)
        here = bisect_left(sequence, keys[slot], key=keys.__getitem__)
        place = sum(map(bitmap.__contains__, islice(sequence, here)))
        sides = range(here - 1, -1, -1), range(here + 1, len(sequence))
        beside = (next((sequence[at] for at in side if sequence[at] in bitmap), None) for side in sides)
        return place, *(None if one is None else self.rows[one].pk for one in beside)

    def _order(self, name):
        """The sort key of each slot, and the slots sorted by it."""
        sort = self.sorts[name]
        order = (name, page_language() if sort.by_language else "")
        if order not in self.orders:
            key = sort.key(self)
            keys = [key(row) for row in self.rows]
            self.orders[order] = keys, sorted(range(len(keys)), key=keys.__getitem__)
        return self.orders[order]

    def patched(self, stamp, seen_at, expires_at, gone, rows):
        """The snapshot after a change: the items `gone` (primary keys) left out, `rows` put in (again)."""
        all_rows, slots = [*self.rows, *rows], dict(self.slots)
        left = {slot for slot in (slots.pop(pk, None) for pk in gone) if slot is not None}
        put = range(len(self.rows), len(all_rows))
        slots |= {all_rows[slot].pk: slot for slot in put}
        live, bitmaps = self.live - FrozenBitMap(left) | FrozenBitMap(put), dict(self.bitmaps)
        taken, given = slots_by_value(all_rows, left), slots_by_value(all_rows, put)
        for one in {*taken, *given}:
            bitmaps[one] = bitmaps.get(one, NONE) - taken.get(one, NONE) | given.get(one, NONE)
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
            lists={},
            searched={},
            orders={},
            labels_by_language={key: labels for key, labels in self.labels_by_language.items() if key[0] in self.terms},
        )
        for (name, language), (keys, sequence) in list(self.orders.items()):
            with translation.override(language or translation.get_language()):
                key = self.sorts[name].key(self)
            keys = keys + [key(row) for row in rows]
            sequence = list(sequence)
            for slot in put:
                sequence.insert(bisect_left(sequence, keys[slot], key=keys.__getitem__), slot)
            after.orders[name, language] = keys, sequence
        return after


def slots_by_value(rows, slots):
    """The bitmaps of some slots of a list of rows by what they have, as {(parameter, value): bitmap}."""
    found = defaultdict(lambda: array("I"))
    for slot in slots:
        for one in rows[slot].values:
            found[one].append(slot)
    return {one: FrozenBitMap(those) for one, those in found.items()}
