"""The facet index: counts, order and pages from memory, one snapshot for each version of the items.

Each public item has a slot; a bitmap (of CRoaring, never changed) for each facet value says which slots have it.
How a snapshot is read from the database and kept up to date is in `loader`; what SQL would answer is in `backends.sql`,
and the tests hold this to it.
"""

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any

from django.utils import translation
from django.utils.safestring import SafeString
from pyroaring import FrozenBitMap

from content.collation import sort_key
from content.languages import page_language
from facets.declaration import Term
from facets.orders import Order
from facets.version import Stamp

LISTS_KEPT = 128
"""Parts of lists kept by a process for one version, about 60 kB each."""
_name_key = lru_cache(maxsize=1000)(sort_key)
"""Every item on a page has some of the same few names of terms."""
NONE = FrozenBitMap()
"""The bitmap of no item."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the index keeps of one item; `values` are its facet values, as (parameter, value).

    `published_at` is in microseconds since 1970; `title_key` is that of the default language, `translated` those of the
    others that it has a title in.
    """

    pk: int
    published_at: int
    title_key: bytes
    values: tuple[tuple[str, str], ...]
    translated: tuple[tuple[str, bytes], ...] = ()

    def key_in(self, language: str) -> bytes:
        """Return the sort key of the title that a page in a language tells."""
        return next((key for code, key in self.translated if code == language), self.title_key)


@dataclass(frozen=True, eq=False)
class Snapshot:
    """The public items at one version: never changed once made, so that threads share it without a lock.

    `sorts` are the orders by name; `former` the slugs that terms had, by parameter, each with the present one.
    `rows` is by slot, and a slot of which `live` has no bit holds an item that is not public any more. `terms` are
    the vocabularies by facet parameter; `params` the parameters of the facets by field of the model; `fragments` what
    an application has rendered of single items, under keys that end with the primary key of the item; `lists` what
    pages of the same list have in common, as HTML; `searched` is what searches have found, as their engine keeps it.
    """

    stamp: Stamp
    seen_at: datetime
    expires_at: datetime | None
    rows: list[Row]
    slots: Mapping[int, int]
    live: FrozenBitMap
    bitmaps: Mapping[tuple[str, str], FrozenBitMap]
    terms: Mapping[str, list[Term]]
    params: Mapping[str, str]
    sorts: Mapping[str, Order]
    former: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fragments: dict[tuple[Any, ...], Any] = field(default_factory=dict)
    lists: dict[Hashable, SafeString] = field(default_factory=dict)
    searched: dict[Any, Any] = field(default_factory=dict)
    orders: dict[tuple[str, str], tuple[list[Any], list[int]]] = field(default_factory=dict)
    labels_by_language: dict[tuple[str, str | None], dict[str, str]] = field(default_factory=dict)

    def labels(self, param: str) -> dict[str, str]:
        """Return the values a visitor may choose, as {value: label}, in display order in the language of the page."""
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

    def names(self, pk: int, field_name: str) -> list[str]:
        """Return the names of the terms that an item has in one field, in the language and the order of the page.

        KeyError for an item that is not public.
        """
        param = self.params[field_name]
        labels = self.labels(param)
        return sorted(
            (labels[value] for name, value in self.rows[self.slots[pk]].values if name == param), key=_name_key
        )

    def matching(
        self, chosen: Mapping[str, Sequence[str]], ignoring: str | None = None, within: FrozenBitMap | None = None
    ) -> FrozenBitMap:
        """Return the bitmap of the items (of `within`) under every choice ({parameter: values}) but one parameter’s."""
        found = self.live if within is None else within
        for param, values in chosen.items():
            if param != ignoring and values:
                those = [self.bitmaps.get((param, value), NONE) for value in values]
                # The union of one would be a copy.
                found &= FrozenBitMap.union(*those) if len(those) > 1 else those[0]
        return found

    @cached_property
    def token(self) -> str:
        """What visitors see, in a few characters: the version, and the last publication that has come due."""
        latest = max((row.published_at for row in self.rows), default=0)
        return f"{self.stamp.epoch:x}-{self.stamp.number}-{latest:x}"

    def bitmap_of(self, pks: Iterable[int]) -> FrozenBitMap:
        """Return the bitmap of those among some items (primary keys) that are public."""
        return FrozenBitMap([slot for slot in map(self.slots.get, pks) if slot is not None])

    def translated(self, language: str) -> FrozenBitMap:
        """Return the bitmap of the items that have a title in a language other than the default one."""
        codes = enumerate([code for code, _key in row.translated] for row in self.rows)
        return FrozenBitMap([slot for slot, known in codes if language in known]) & self.live

    @cached_property
    def totals(self) -> dict[str, dict[str, int]]:
        """How many of all the items have each value, as {parameter: {value: count}}; only values that are in use."""
        totals: dict[str, dict[str, int]] = {}
        for (param, value), bitmap in self.bitmaps.items():
            if bitmap:
                totals.setdefault(param, {})[value] = len(bitmap)
        return totals

    @cached_property
    def _counters(self) -> dict[str, list[tuple[str, Callable[[FrozenBitMap], int]]]]:
        """What gives, of a bitmap, how many of its items have each value, as {parameter: [(value, function)]}."""
        counters: dict[str, list[tuple[str, Callable[[FrozenBitMap], int]]]] = defaultdict(list)
        for (param, value), bitmap in self.bitmaps.items():
            if bitmap:
                counters[param].append((value, bitmap.intersection_cardinality))
        return counters

    def counts(self, param: str, within: FrozenBitMap) -> dict[str, int]:
        """Return how many items of the bitmap `within` have each value of a facet, as {value: count}."""
        if within == self.live:
            return self.totals.get(param, {})
        return {value: count_with(within) for value, count_with in self._counters.get(param, ())}

    def kept(self, key: Hashable, make: Callable[[], SafeString]) -> SafeString:
        """Return what `make` tells of this version, made once for a key; beyond LISTS_KEPT, all are let go."""
        html = self.lists.get(key)
        if html is None:
            html = make()
            if len(self.lists) >= LISTS_KEPT:
                self.lists.clear()
            self.lists[key] = html
        return html

    def page(self, bitmap: FrozenBitMap, order: str, start: int, stop: int) -> list[int]:
        """Return the primary keys of a slice of the items of a bitmap, in one of the orders of `sorts`.

        Either the whole order is walked until the slice is full, or the bitmap is sorted: whichever is shorter.
        """
        keys, sequence = self._order(order)
        count = len(bitmap)
        if 4 * count * count < min(stop, count) * len(self.rows):
            slots = sorted(bitmap, key=keys.__getitem__)[start:stop]
        else:
            slots = list(islice(filter(bitmap.__contains__, sequence), start, min(stop, count)))
        return [self.rows[slot].pk for slot in slots]

    def around(self, bitmap: FrozenBitMap, order: str, slot: int) -> tuple[int, int | None, int | None]:
        """Return the place (from 0) of a slot of a bitmap in an order, and the primary keys before and after it.

        At an end of the list, the key is None.
        """
        keys, sequence = self._order(order)
        here = bisect_left(sequence, keys[slot], key=keys.__getitem__)
        place = sum(map(bitmap.__contains__, islice(sequence, here)))
        sides = range(here - 1, -1, -1), range(here + 1, len(sequence))
        beside = (next((sequence[at] for at in side if sequence[at] in bitmap), None) for side in sides)
        previous, following = (None if one is None else self.rows[one].pk for one in beside)
        return place, previous, following

    def _order(self, name: str) -> tuple[list[Any], list[int]]:
        """Return the sort key of each slot, and the slots sorted by it."""
        sort = self.sorts[name]
        order = (name, page_language() if sort.by_language else "")
        if order not in self.orders:
            key = sort.key(self)
            keys = [key(row) for row in self.rows]
            self.orders[order] = keys, sorted(range(len(keys)), key=keys.__getitem__)
        return self.orders[order]

    def patched(
        self,
        stamp: Stamp,
        seen_at: datetime,
        expires_at: datetime | None,
        gone: Collection[int],
        rows: Sequence[Row],
    ) -> "Snapshot":
        """Return the snapshot after a change: the items `gone` (primary keys) left out, `rows` put in (again)."""
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


def slots_by_value(rows: Sequence[Row], slots: Iterable[int]) -> dict[tuple[str, str], FrozenBitMap]:
    """Return the bitmaps of some slots of a list of rows by what they have, as {(parameter, value): bitmap}."""
    found: dict[tuple[str, str], array] = defaultdict(lambda: array("I"))
    for slot in slots:
        for one in rows[slot].values:
            found[one].append(slot)
    return {one: FrozenBitMap(those) for one, those in found.items()}
