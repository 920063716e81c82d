"""Answers to a choice by SQL: labels, counts, results. The reference, to which `bitmaps` is held."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet

from facets.declaration import Facet, TermFacet

if TYPE_CHECKING:
    from facets.filterset import FacetedFilterSet


class SqlAnswers:
    """Answers from the database: the reference, and what is used where no index is at hand."""

    def __init__(self, filterset: "FacetedFilterSet") -> None:
        self.filterset = filterset

    def labels(self, facet: Facet) -> dict[str, str]:
        """Return every value of a facet a visitor may choose, in display order, as {value: label}."""
        return facet.labels_in_sql(self.filterset.queryset)

    def moved(self, facet: TermFacet, slugs: Collection[str]) -> Mapping[str, str]:
        """Return what terms that had some slugs are called now, as {former: present}."""
        # PostgreSQL refuses a text with NUL, which no slug holds.
        storable = [slug for slug in slugs if "\x00" not in slug]
        return self.filterset.catalogue.moved_slugs(facet.vocabulary, storable)

    def counts(self, facet: Facet) -> tuple[dict[str, int], dict[str, int]]:
        """Return the values in use, as {value: count}, twice: among all items, and under every filter but this one."""
        public = self.filterset.queryset
        everywhere = found = Count("pk")
        if self.filterset.selection.without(facet.param).chosen or self.filterset.selection.search:
            found = Count("pk", filter=Q(pk__in=self._found(facet).order_by().values("pk")))
        rows = public.order_by().values_list(facet.lookup).annotate(everywhere, found_count=found)
        rows = [(str(value), total, count) for value, total, count in rows if value is not None]
        return {value: total for value, total, _count in rows}, {value: count for value, _total, count in rows}

    def count_without(self, facet: Facet) -> int:
        """Return how many items there would be without the choice made in one facet."""
        return self._found(facet).count()

    def count_without_search(self) -> int:
        """Return how many items there would be under the facets alone."""
        return self._chosen(self.filterset.queryset).count()

    def results(self) -> QuerySet:
        """Return the primary keys of the items found, in the order asked for."""
        return self.filterset.qs.values_list("pk", flat=True)

    def everything(self) -> QuerySet:
        """Return the primary keys of all the items, in the default order."""
        order = self.filterset.catalogue.default_order
        return getattr(self.filterset.queryset, order)().values_list("pk", flat=True)

    def _found(self, ignored: Facet) -> QuerySet:
        queryset = self.filterset.search.filter(self.filterset.queryset, self.filterset.selection.search)
        return self._chosen(queryset, ignored)

    def _chosen(self, queryset: QuerySet, ignored: Facet | None = None) -> QuerySet:
        for facet in self.filterset.facets:
            if facet is not ignored:
                queryset = facet.filter(queryset, facet.chosen)
        return queryset
