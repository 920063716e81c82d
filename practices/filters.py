"""Which facets and orders the catalogue has: the one declaration everything else derives from."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from facets.declaration import BY_RELEVANCE, SearchFilter, SortFilter, TermFacet, YearFacet
from facets.filterset import FacetedFilterSet
from facets.loader import Index
from practices.index import PracticeCatalogue
from practices.models import Practice


class PracticeFilterSet(FacetedFilterSet):
    """What a visitor can filter the catalogue by, in display order."""

    catalogue = PracticeCatalogue()

    search = SearchFilter(param="q", label=_("Search"))

    country = TermFacet("countries", param="pays", label=_("Country"))
    sector = TermFacet("sectors", param="secteur", label=_("Sector"))
    theme = TermFacet("themes", param="theme", label=_("Theme"))
    kind = TermFacet("kind", param="type", label=pgettext_lazy("of practice", "Kind"))
    audience = TermFacet("audiences", param="public", label=_("Audience"))
    year = YearFacet("start_year", param="annee", label=_("Start year"))

    sort = SortFilter(
        param="tri",
        label=_("Sort by"),
        choices={
            "pertinence": (_("Relevance"), BY_RELEVANCE),
            "recent": (_("Most recent"), "newest_first"),
            "titre": (_("Title A–Z"), "by_title"),
            "pays": (_("Country A–Z"), "by_country"),
        },
    )

    class Meta:
        model = Practice
        fields = ()


catalogue_index = Index(PracticeFilterSet)
"""The facet index of this process."""


UNUSED = Practice.objects.none()
"""The queryset of a filterset that answers from memory: making the real one is a tenth of a small page."""


def indexed(data=None):
    """The filterset over the public practices, answered from the index at the version of this moment."""
    return PracticeFilterSet(data, UNUSED, snapshot=catalogue_index.current())
