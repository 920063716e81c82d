"""Where a practice stands in the list a visitor came from: its place, the one before and the one after."""

from dataclasses import dataclass

from django.urls import reverse

from content.languages import columns_of, told
from practices.models import Practice
from practices.presentation.metadata import listing_title
from practices.views.pagination import PER_PAGE


@dataclass(frozen=True)
class Neighbour:
    """A practice beside another in a list; `lang` is "", or the language that its title falls back to."""

    title: str
    lang: str
    url: str


@dataclass(frozen=True)
class Neighbours:
    """The list, by its title and the address of the page where the practice is; its place from 1; who is beside it."""

    title: str
    url: str
    place: int
    count: int
    previous: Neighbour | None
    next: Neighbour | None


def neighbours(filterset, pk):
    """Return the place of a practice in the list of a filterset, or None where it is not in it; one query."""
    found = filterset.results
    around = found.around(pk)
    if around is None:
        return None
    place, *beside = around
    rows = Practice.objects.published_among(filter(None, beside)).as_stored().order_by()
    query = filterset.selection.query()
    known = {
        row["pk"]: Neighbour(title, lang, reverse("practices:practice", args=[row["slug"]]) + query)
        for row in rows.values("pk", "slug", *columns_of("title"))
        for title, lang in [told(row, "title")]
    }
    return Neighbours(
        title=listing_title(filterset),
        url=reverse("practices:listing") + filterset.selection.query(place // PER_PAGE + 1),
        place=place + 1,
        count=len(found),
        previous=known.get(beside[0]),
        next=known.get(beside[1]),
    )
