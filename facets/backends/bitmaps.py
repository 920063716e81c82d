"""Answers to a choice from a snapshot of the index, in memory: the same as those of `sql`, in about a millisecond."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.functional import cached_property
from pyroaring import FrozenBitMap

from facets.declaration import BY_RELEVANCE, Facet, TermFacet

if TYPE_CHECKING:
    from facets.catalogue import SearchAnswer
    from facets.filterset import FacetedFilterSet
    from facets.snapshot import Snapshot


class IndexAnswers:
    """Answers from a snapshot of the facet index; the database gives the rows of one page only."""

    def __init__(self, filterset: "FacetedFilterSet", snapshot: "Snapshot") -> None:
        self.filterset = filterset
        self.catalogue = filterset.catalogue
        self.snapshot = snapshot

    def labels(self, facet: Facet) -> dict[str, str]:
        """Return every value of a facet a visitor may choose, in display order, as {value: label}."""
        return self.snapshot.labels(facet.param)

    def moved(self, facet: TermFacet, slugs: Collection[str]) -> Mapping[str, str]:
        """Return what terms that had some slugs are called now, as {former: present}."""
        former = self.snapshot.former.get(facet.param, {})
        return {slug: former[slug] for slug in slugs if slug in former}

    def counts(self, facet: Facet) -> tuple[Mapping[str, int], Mapping[str, int]]:
        """Return the values in use, as {value: count}, twice: among all items, and under every filter but this one."""
        totals = self.snapshot.totals.get(facet.param, {})
        return totals, self.snapshot.counts(facet.param, self._without(facet))

    def count_without(self, facet: Facet) -> int:
        """Return how many items there would be without the choice made in one facet."""
        return len(self._without(facet))

    def count_without_search(self) -> int:
        """Return how many items there would be under the facets alone."""
        return len(self.snapshot.matching(self.filterset.selection.values))

    def results(self) -> "Found":
        """Return the items found, in the order asked for."""
        order = self.filterset.sort.order(self.filterset.selection.sort)
        if order == BY_RELEVANCE:
            return Found(self.snapshot, list(self.search.ordered(self._found)), self.catalogue.default_order)
        return Found(self.snapshot, [self._found], order)

    def everything(self) -> "Found":
        """Return all the items, in the default order."""
        return Found(self.snapshot, [self.snapshot.live], self.catalogue.default_order)

    @cached_property
    def search(self) -> "SearchAnswer | None":
        """The answer to the search asked for, or None."""
        asked = self.filterset.selection.search
        return self.catalogue.search.search(asked, self.snapshot) if asked else None

    @cached_property
    def _found(self) -> FrozenBitMap:
        """The bitmap of what the whole choice gives: what a facet counts in, unless something is chosen in it."""
        return self._matching()

    def _without(self, facet: Facet) -> FrozenBitMap:
        return self._matching(ignoring=facet.param) if facet.chosen else self._found

    def _matching(self, ignoring: str | None = None) -> FrozenBitMap:
        within = self.search.bitmap if self.search else self.snapshot.live
        return self.snapshot.matching(self.filterset.selection.values, ignoring=ignoring, within=within)


class Found:
    """The items of some bitmaps, one after the other, each in the same order: a sequence of primary keys."""

    def __init__(self, snapshot: "Snapshot", bitmaps: Sequence[FrozenBitMap], order: str) -> None:
        self.snapshot = snapshot
        self.bitmaps = bitmaps
        self.order = order

    def __len__(self) -> int:
        return sum(map(len, self.bitmaps))

    def __getitem__(self, wanted: slice) -> list[int]:
        """Return the primary keys of a slice that has an end; neither end counts from the last one."""
        start, stop = wanted.start or 0, wanted.stop
        found: list[int] = []
        for bitmap in self.bitmaps:
            count = len(bitmap)
            if start < count and stop > 0:
                found += self.snapshot.page(bitmap, self.order, max(start, 0), stop)
            start, stop = start - count, stop - count
        return found

    def around(self, pk: int) -> tuple[int, int | None, int | None] | None:
        """Return the place of an item from 0 and the primary keys before and after it (or None); None if absent."""
        slot, before = self.snapshot.slots.get(pk), 0
        for bitmap in self.bitmaps:
            if slot is not None and slot in bitmap:
                place, previous, following = self.snapshot.around(bitmap, self.order, slot)
                place += before
                if previous is None and place:
                    [previous] = self[place - 1 : place]
                if following is None and place + 1 < len(self):
                    [following] = self[place + 1 : place + 2]
                return place, previous, following
            before += len(bitmap)
        return None
