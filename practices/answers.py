"""Owns the two ways to answer a choice, by SQL and by the index: labels, counts, results. They give the same.

Both are asked by a filterset, which reads the choice; `facets` says what SQL asks, `index` what memory holds.
"""

from django.db.models import Count, Q
from django.utils.functional import cached_property

from practices.addresses import moved_slugs
from practices.facets import BY_RELEVANCE
from practices.search import Search

NEWEST = "newest_first"


class SqlAnswers:
    """Answers from the database: the reference, and what is used where no index is at hand."""

    def __init__(self, filterset):
        self.filterset = filterset

    def labels(self, facet):
        """Every value of a facet a visitor may choose, in display order, as {value: label}."""
        return facet.labels_in_sql(self.filterset.queryset)

    def moved(self, facet, slugs):
        """What terms that had some slugs are called now, as {former: present}."""
        return moved_slugs(facet.vocabulary, slugs)

    def counts(self, facet):
        """The values in use, as {value: count}, in the whole catalogue and under every filter but this one."""
        public = self.filterset.queryset
        everywhere = found = Count("pk")
        if self.filterset.selection.without(facet.param).chosen or self.filterset.selection.search:
            found = Count("pk", filter=Q(pk__in=self._found(facet).order_by().values("pk")))
        rows = public.order_by().values_list(facet.lookup).annotate(everywhere, found_count=found)
        rows = [(str(value), total, count) for value, total, count in rows if value is not None]
        return {value: total for value, total, _count in rows}, {value: count for value, _total, count in rows}

    def count_without(self, facet):
        """How many practices there would be without the choice made in one facet."""
        return self._found(facet).count()

    def count_without_search(self):
        """How many practices there would be under the facets alone."""
        return self._chosen(self.filterset.queryset).count()

    def results(self):
        """The practices found, in the order asked for."""
        return self.filterset.qs.values_list("pk", flat=True)

    def everything(self):
        """All the practices, in the default order."""
        return self.filterset.queryset.newest_first().values_list("pk", flat=True)

    def _found(self, ignored):
        queryset = self.filterset.search.filter(self.filterset.queryset, self.filterset.selection.search)
        return self._chosen(queryset, ignored)

    def _chosen(self, queryset, ignored=None):
        for facet in self.filterset.facets:
            if facet is not ignored:
                queryset = facet.filter(queryset, facet.chosen)
        return queryset


class IndexAnswers:
    """Answers from a snapshot of the facet index; the database gives the cards of one page only."""

    def __init__(self, filterset, snapshot):
        self.filterset = filterset
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
        """How many practices there would be without the choice made in one facet."""
        return len(self._without(facet))

    def count_without_search(self):
        """How many practices there would be under the facets alone."""
        return len(self.snapshot.matching(self.filterset.selection.values))

    def results(self):
        """The practices found, in the order asked for."""
        order = self.filterset.sort.order(self.filterset.selection.sort)
        if order == BY_RELEVANCE:
            return Found(self.snapshot, list(self.search.ordered(self._found)), NEWEST)
        return Found(self.snapshot, [self._found], order)

    def everything(self):
        """All the practices, in the default order."""
        return Found(self.snapshot, [self.snapshot.live], NEWEST)

    @cached_property
    def search(self):
        """The search asked for, or None."""
        asked = self.filterset.selection.search
        return Search(asked, self.snapshot) if asked else None

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
    """The practices of some bitmaps, one after the other, each in the same order: a sequence of primary keys."""

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
        """Return the place of a practice from 0 and the primary keys before and after it (or None); None if absent."""
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
