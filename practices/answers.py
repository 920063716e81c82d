"""Owns the two ways to answer a choice, by SQL and by the index: labels, counts, results. They give the same.

Both are asked by a filterset, which reads the choice; `facets` says what SQL asks, `index` what memory holds.
"""

from django.db.models import Count, Q


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
        if self.filterset.selection.without(facet.param).chosen:
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
        return self.filterset.sort.filter(self.filterset.queryset, ()).values_list("pk", flat=True)

    def _found(self, ignored):
        queryset = self.filterset.queryset
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
        selection = self.filterset.selection
        return Found(self.snapshot, self.snapshot.matching(selection.values), self.filterset.sort.order(selection.sort))

    def everything(self):
        """All the practices, in the default order."""
        return Found(self.snapshot, self.snapshot.live, self.filterset.sort.order(""))

    def _found(self, ignored):
        return self.snapshot.matching(self.filterset.selection.values, ignoring=ignored.param)


class Found:
    """The practices of a bitmap in an order: a sequence of primary keys."""

    def __init__(self, snapshot, bitmap, order):
        self.snapshot = snapshot
        self.bitmap = bitmap
        self.order = order

    def __len__(self):
        return self.bitmap.bit_count()

    def __getitem__(self, wanted):
        """The primary keys of a slice."""
        return self.snapshot.page(self.bitmap, self.order, wanted.start or 0, wanted.stop)
