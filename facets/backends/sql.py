"""Answers to a choice by SQL: labels, counts, results. The reference, to which `bitmaps` is held."""

from django.db.models import Count, Q


class SqlAnswers:
    """Answers from the database: the reference, and what is used where no index is at hand."""

    def __init__(self, filterset):
        self.filterset = filterset

    def labels(self, facet):
        """Every value of a facet a visitor may choose, in display order, as {value: label}."""
        return facet.labels_in_sql(self.filterset.queryset)

    def moved(self, facet, slugs):
        """What terms that had some slugs are called now, as {former: present}."""
        return self.filterset.catalogue.moved_slugs(facet.vocabulary, slugs)

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
        """How many items there would be without the choice made in one facet."""
        return self._found(facet).count()

    def count_without_search(self):
        """How many items there would be under the facets alone."""
        return self._chosen(self.filterset.queryset).count()

    def results(self):
        """The items found, in the order asked for."""
        return self.filterset.qs.values_list("pk", flat=True)

    def everything(self):
        """All the items, in the default order."""
        order = self.filterset.catalogue.default_order
        return getattr(self.filterset.queryset, order)().values_list("pk", flat=True)

    def _found(self, ignored):
        queryset = self.filterset.search.filter(self.filterset.queryset, self.filterset.selection.search)
        return self._chosen(queryset, ignored)

    def _chosen(self, queryset, ignored=None):
        for facet in self.filterset.facets:
            if facet is not ignored:
                queryset = facet.filter(queryset, facet.chosen)
        return queryset
