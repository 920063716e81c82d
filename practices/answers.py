"""Owns the two ways to answer a choice, by SQL and by the index: labels, counts, results. They give the same.

Both are asked by a filterset, which reads the choice; `facets` says what SQL asks, `index` what memory holds.
"""

from django.db.models import Count, Q
from django.utils.functional import cached_property

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

    def results(self):
        """The practices found, in the order asked for."""
        return self.filterset.qs.values_list("pk", flat=True)

    def everything(self):
        """All the practices, in the default order."""
        return self.filterset.queryset.newest_first().values_list("pk", flat=True)

    def _found(self, ignored):
        queryset = self.filterset.search.filter(self.filterset.queryset, self.filterset.selection.search)
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

    def counts(self, facet):
        """The values in use, as {value: count}, in the whole catalogue and under every filter but this one."""
        totals = self.snapshot.totals.get(facet.param, {})
        return totals, self.snapshot.counts(facet.param, self._found(facet))

    def count_without(self, facet):
        """How many practices there would be without the choice made in one facet."""
        return self._found(facet).bit_count()

    def results(self):
        """The practices found, in the order asked for."""
        bitmap = self.snapshot.matching(self.filterset.selection.values, within=self._searched)
        order = self.filterset.sort.order(self.filterset.selection.sort)
        if order == BY_RELEVANCE:
            return Found(self.snapshot, list(self.search.ordered(bitmap)), NEWEST)
        return Found(self.snapshot, [bitmap], order)

    def everything(self):
        """All the practices, in the default order."""
        return Found(self.snapshot, [self.snapshot.live], NEWEST)

    @cached_property
    def search(self):
        """The search asked for, or None."""
        asked = self.filterset.selection.search
        return Search(asked, self.snapshot) if asked else None

    @property
    def _searched(self):
        return self.search.bitmap if self.search else self.snapshot.live

    def _found(self, ignored):
        chosen = self.filterset.selection.values
        return self.snapshot.matching(chosen, ignoring=ignored.param, within=self._searched)


class Found:
    """The practices of some bitmaps, one after the other, each in the same order: a sequence of primary keys."""

    def __init__(self, snapshot, bitmaps, order):
        self.snapshot = snapshot
        self.bitmaps = bitmaps
        self.order = order

    def __len__(self):
        return sum(bitmap.bit_count() for bitmap in self.bitmaps)

    def __getitem__(self, wanted):
        """The primary keys of a slice."""
        start, stop, found = wanted.start or 0, wanted.stop, []
        for bitmap in self.bitmaps:
            count = bitmap.bit_count()
            if start < count and stop > 0:
                found += self.snapshot.page(bitmap, self.order, max(start, 0), stop)
            start, stop = start - count, stop - count
        return found
