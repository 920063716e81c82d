"""Answers to a choice from a snapshot of the index, in memory: the same as those of `sql`, in about a millisecond."""

from django.utils.functional import cached_property

from facets.declaration import BY_RELEVANCE


class IndexAnswers:
    """Answers from a snapshot of the facet index; the database gives the rows of one page only."""

    def __init__(self, filterset, snapshot):
        self.filterset = filterset
        self.catalogue = filterset.catalogue
        self.snapshot = snapshot

    def labels(self, facet):
        """Every value of a facet a visitor may choose, in display order, as {value: label}."""
        return self.snapshot.labels(facet.param)

    def moved(self, facet, slugs):
        """What terms that had some slugs are called now, as {former: present}."""
        former = self.snapshot.former.get(facet.param, {})
        return {slug: former[slug] for slug in slugs if slug in former}

    def counts(self, facet):
        """The values in use, as {value: count}, in the whole catalogue and under every filter but this one."""
        totals = self.snapshot.totals.get(facet.param, {})
        return totals, self.snapshot.counts(facet.param, self._without(facet))

    def count_without(self, facet):
        """How many items there would be without the choice made in one facet."""
        return len(self._without(facet))

    def count_without_search(self):
        """How many items there would be under the facets alone."""
        return len(self.snapshot.matching(self.filterset.selection.values))

    def results(self):
        """The items found, in the order asked for."""
        order = self.filterset.sort.order(self.filterset.selection.sort)
        if order == BY_RELEVANCE:
            return Found(self.snapshot, list(self.search.ordered(self._found)), self.catalogue.default_order)
        return Found(self.snapshot, [self._found], order)

    def everything(self):
        """All the items, in the default order."""
        return Found(self.snapshot, [self.snapshot.live], self.catalogue.default_order)

    @cached_property
    def search(self):
        """The search asked for, or None."""
        asked = self.filterset.selection.search
        return self.catalogue.search.search(asked, self.snapshot) if asked else None

    @cached_property
    def _found(self):
        """The bitmap of what the whole choice gives: what a facet counts in, unless something is chosen in it."""
        return self._matching()

    def _without(self, facet):
        return self._matching(ignoring=facet.param) if facet.chosen else self._found

    def _matching(self, ignoring=None):
        within = self.search.bitmap if self.search else self.snapshot.live
        return self.snapshot.matching(self.filterset.selection.values, ignoring=ignoring, within=within)


class Found:
    """The items of some bitmaps, one after the other, each in the same order: a sequence of primary keys."""

    def __init__(self, snapshot, bitmaps, order):
        self.snapshot = snapshot
        self.bitmaps = bitmaps
        self.order = order

    def __len__(self):
        return sum(map(len, self.bitmaps))

    def __getitem__(self, wanted):
        """The primary keys of a slice."""
        start, stop, found = wanted.start or 0, wanted.stop, []
        for bitmap in self.bitmaps:
            count = len(bitmap)
            if start < count and stop > 0:
                found += self.snapshot.page(bitmap, self.order, max(start, 0), stop)
            start, stop = start - count, stop - count
        return found

    def around(self, pk):
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
