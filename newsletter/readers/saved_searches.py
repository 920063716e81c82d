"""How a choice of practices is kept and told in words; the catalogue's filterset alone reads and matches it."""

from django.http import QueryDict
from django.utils.translation import gettext as _

from practices.filters import PracticeFilterSet
from practices.models import Practice


def filterset_of(query, queryset=None):
    """The catalogue's filterset of a kept query string, over the public practices, answered by the database."""
    return PracticeFilterSet(
        QueryDict(query.removeprefix("?")), Practice.objects.published() if queryset is None else queryset
    )


def canonical_query(selection):
    """The query string by which a selection is kept: the same for the same choice, whatever the order of the list."""
    return selection.sorted_by("").query()


def matching(query, queryset=None):
    """The primary keys of the public practices, or of those of a queryset, that a kept choice finds, in no order.

    None when a facet has lost every value it was narrowed to, a retired term: the list would be wider than what the
    reader asked for.
    """
    filterset = filterset_of(query, queryset)
    chosen = filterset.selection.values
    if any(filterset.data.getlist(facet.param) and not chosen[facet.param] for facet in filterset.facets):
        return []
    return filterset.qs.order_by().values_list("pk", flat=True)


def described(query):
    """A kept choice in words, as [(facet, "value, value")], in the language that is active."""
    if not query:
        return []
    filterset = filterset_of(query)
    search = filterset.selection.search
    words = [(str(filterset.search.label), _("“%(search)s”") % {"search": search})] if search else []
    return words + [
        (str(facet.label), ", ".join(facet.labels[value] for value in facet.chosen))
        for facet in filterset.facets
        if facet.chosen
    ]
