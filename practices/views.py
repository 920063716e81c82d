"""The catalogue's public pages: each names a queryset, a filterset and a template."""

from django.http import QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from practices.filters import catalogue_index, indexed
from practices.models import Practice
from practices.pagination import page_or_404
from practices.routes import public_page
from practices.seo import listing_canonical, listing_title

NEWEST_ON_HOME, NEWEST_WHEN_EMPTY = 6, 3


@public_page
def home(request):
    """What this is, how much there is, the newest, and ways in by theme and country."""
    filterset = indexed()
    results = filterset.results
    return render(
        request,
        "practices/home.html",
        {
            "count": len(results),
            "countries": filterset.facet("pays").options,
            "themes": filterset.facet("theme").options,
            "newest": results[:NEWEST_ON_HOME],
            "snapshot": filterset.snapshot,
        },
    )


@public_page
def listing(request):
    """The practices a visitor asked for, with the facets that narrow or widen the choice."""
    filterset = indexed(request.GET)
    page = page_or_404(filterset.results, request.GET.get("page"))
    return render(
        request,
        "practices/listing.html",
        {
            "filterset": filterset,
            "page": page,
            "title": listing_title(filterset),
            "canonical": listing_canonical(filterset, page),
            "noindex": bool(filterset.selection.query() or filterset.notices),
            "newest": () if page.paginator.count else filterset.everything[:NEWEST_WHEN_EMPTY],
        },
    )


@public_page
def term(request, vocabulary, param, slug):
    """One term of a vocabulary: what it means and its practices."""
    one = get_object_or_404(vocabulary, slug=slug)
    filterset = indexed(QueryDict(f"{param}={slug}"))
    return render(
        request,
        "practices/term.html",
        {
            "term": one,
            "facet": filterset.facet(param),
            "page": page_or_404(filterset.results, request.GET.get("page")),
            "canonical": one.get_absolute_url(),
            "snapshot": filterset.snapshot,
            "listing_url": reverse("practices:listing") + filterset.selection.query(),
        },
    )


@public_page
def practice(request, slug):
    """The page of one practice."""
    snapshot = catalogue_index.current()
    one = get_object_or_404(Practice.objects.published().for_page(), slug=slug)
    return render(
        request,
        "practices/practice.html",
        {
            "practice": one,
            "related": [pk for pk in one.related.newest_first().values_list("pk", flat=True) if pk in snapshot.slots],
            "snapshot": snapshot,
            "canonical": one.get_absolute_url(),
        },
    )
