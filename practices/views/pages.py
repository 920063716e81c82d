"""The catalogue's public pages: each names a queryset, a filterset and a template."""

from dataclasses import asdict

from django.http import HttpResponsePermanentRedirect, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from content.languages import fallback, languages_of
from practices.decorators import public_page
from practices.filters import catalogue_index, indexed
from practices.former_slugs import present_address
from practices.models import Practice
from practices.open_data.citations import citation
from practices.open_data.jsonld import collection_data, practice_data
from practices.presentation.charts import located
from practices.presentation.metadata import (
    canonical_of,
    collection_description,
    listing_canonical,
    listing_description,
    listing_title,
    term_description,
)
from practices.shortlist import MOST, MOST_COMPARED, Shortlist
from practices.views.neighbours import neighbours
from practices.views.pagination import page_or_404
from practices.views.related import related
from practices.views.suggestions import suggestions

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
            "canonical": reverse("practices:home"),
            "description": collection_description(),
        },
    )


@public_page
def listing(request):
    """The practices a visitor asked for, with the facets that narrow or widen the choice."""
    filterset = indexed(request.GET)
    if filterset.moved:
        return moved(request, filterset)
    page = page_or_404(filterset.results, request.GET.get("page"))
    count, query, search = page.paginator.count, filterset.selection.query(), filterset.selection.search
    alone = not (query or filterset.notices)
    response = render(
        request,
        "practices/listing.html",
        {
            "filterset": filterset,
            "query": query,
            "search": search,
            "asked": bool(query),
            "notices": filterset.notices,
            "page": page,
            "count": count,
            "title": listing_title(filterset),
            "canonical": listing_canonical(filterset, page),
            "noindex": not alone,
            "description": listing_description(filterset, page),
            "dataset": collection_data(filterset, count, collection_description()) if alone else None,
            "newest": () if count else filterset.everything[:NEWEST_WHEN_EMPTY],
        },
    )
    response["X-Total-Count"] = count
    return response


def moved(request, filterset):
    """Redirect an address with the former name of a term to the same choice under its present one."""
    query = request.GET.copy()
    for param, names in filterset.moved.items():
        query.setlist(param, dict.fromkeys(names.get(value, value) for value in query.getlist(param)))
    return HttpResponsePermanentRedirect(f"{reverse('practices:listing')}?{query.urlencode()}")


@public_page
def suggested(request):
    """What the beginning of a search may mean, for the list under the search box."""
    found = suggestions(catalogue_index.current(), request.GET.get("q", ""))
    sentence = ngettext("%(count)s suggestion", "%(count)s suggestions", len(found)) % {"count": len(found)}
    response = JsonResponse({"status": sentence, "suggestions": [_known(asdict(one)) for one in found]})
    response["Cache-Control"] = "no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def _known(data):
    """A dictionary without what is empty in it."""
    return {name: value for name, value in data.items() if value}


@public_page
def term(request, vocabulary, param, slug):
    """One term of a vocabulary: what it means and its practices."""
    one = vocabulary.objects.filter(slug=slug).first()
    if one is None:
        return present_address(vocabulary.objects.all(), slug)
    filterset = indexed(QueryDict(f"{param}={slug}"))
    page = page_or_404(filterset.results, request.GET.get("page"))
    return render(
        request,
        "practices/term.html",
        {
            "term": one,
            "facet": filterset.facet(param),
            "page": page,
            "canonical": one.get_absolute_url() + (f"?page={page.number}" if page.number > 1 else ""),
            "noindex": not page.paginator.count,
            "description": term_description(one, page.paginator.count),
            "snapshot": filterset.snapshot,
            "query": filterset.selection.query(),
            "listing_url": reverse("practices:listing") + filterset.selection.query(),
        },
    )


@public_page
def practice(request, slug):
    """The page of one practice, archived ones included: an address that was given stays good."""
    one = Practice.objects.readable().for_page().filter(slug=slug).first()
    return practice_page(request, one) if one else present_address(Practice.objects.readable(), slug)


def practice_page(request, one, template="practices/practice.html", **context):
    """The page of a practice that whoever asks may see; the related ones are public in any case."""
    filterset = indexed(request.GET)
    snapshot = filterset.snapshot
    return render(
        request,
        template,
        {
            "practice": one,
            "related": related(one, snapshot),
            "snapshot": snapshot,
            "languages": languages_of(one),
            "canonical": canonical_of(one),
            "fallback": fallback(one, *one.key_figures.all(), *one.documents.all(), *one.links.all()),
            "data": practice_data(one) if one.published_at and not one.archived_at else None,
            "neighbours": neighbours(filterset, one.pk),
            "citation": citation(one),
            "here": located(one),
            "drawn": _share_picture(one),
            "preview": False,
            "preview_until": None,
            **context,
        },
    )


def _share_picture(one):
    """The path of the picture that is drawn for a public practice; none for a page that is not to be shared."""
    return reverse("practices:share-picture", args=[one.slug]) if one.is_public else ""


@public_page
def shortlist(request, template):
    """The selection that an address carries: as a list, side by side, or as a booklet to print."""
    selection = Shortlist(request.GET)
    context = {
        "shortlist": selection,
        "most": MOST,
        "most_compared": MOST_COMPARED,
        "now": timezone.now(),
        "canonical": reverse("practices:shortlist"),
        "noindex": True,
    }
    response = render(request, template, context)
    if request.GET:
        # One visitor's page, seen once or twice: kept in memory, it would push out those of everybody.
        response["Cache-Control"] = "private, no-cache"
    return response
