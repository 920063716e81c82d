"""Tags of the catalogue's own lists: cards from what is kept rendered, lines from patterns, page numbers."""

from dataclasses import dataclass
from itertools import islice

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from content.patterns import filled, filled_each, filled_lines, joined
from practices.filters import PracticeFilterSet
from practices.presentation.cards import rendered_cards
from practices.presentation.charts import bars, places, years
from practices.shortlist import MOST
from search.analysis import asked_words

register = template.Library()

OPTION = "practices/_option.html"
OPEN_AT_FIRST = 3
"""Facets that are open before anything is chosen in them."""


@register.simple_tag
def cards(snapshot, pks, level, searched="", query=""):
    """A list of practices as cards: `level` is the heading element, the words of a search are marked.

    The links carry the `query` of the list.
    """
    html = rendered_cards(snapshot, pks, level, asked_words(searched or ""), query)
    return format_html('<ul class="cards">{}</ul>', html)


@register.simple_tag
def kept(template, **printed):
    """A template that decides on truth values only, rendered once and filled in: see `patterns`."""
    return filled(template, **printed)


@dataclass(frozen=True)
class FacetLine:
    """A facet of the form, ready to print: its options as HTML, the `count` of those shown on demand."""

    label: str
    chosen: int
    first: SafeString
    more: SafeString
    count: int
    opened: bool
    narrowed: bool
    more_opened: bool


@register.simple_tag
def filter_form(filterset, count):
    """« Filtrer par »: the form of a list that found `count` practices."""
    selection, sort_param = filterset.selection, filterset.sort.param
    chosen = {"chosen": len(selection), "narrowed": bool(selection.chosen)}
    sort = {"sort_param": sort_param, "sort": selection.sort, "sorted": bool(selection.sort)}
    return filled("practices/_filters.html", facets=_once(facets, filterset), count=count, **chosen, **sort)


def _once(told, filterset):
    """What a function tells of a choice, as HTML: in one version of the catalogue, every page of a list shows it."""
    if filterset.snapshot is None or settings.DEBUG:
        return told(filterset)
    key = (told.__name__, get_language(), filterset.selection.query())
    return filterset.snapshot.kept(key, lambda: told(filterset))


def facets(filterset):
    """The facets of the form that have options; the first ones are open from the start."""
    lines = []
    # All the options at once: six times fewer calls.
    options = iter(filled_each(OPTION, [one for facet in filterset.facets for one in facet.options]))
    for rank, facet in enumerate(filterset.facets):
        if facet.options:
            line = FacetLine(
                label=str(facet.label),
                chosen=len(facet.chosen),
                first=joined(islice(options, len(facet.first_options))),
                more=joined(islice(options, len(facet.more_options))),
                count=len(facet.more_options),
                opened=rank < OPEN_AT_FIRST or bool(facet.chosen),
                narrowed=bool(facet.chosen),
                more_opened=facet.more_chosen,
            )
            lines.append(line)
    return filled_lines("practices/_facet.html", lines)


@register.simple_tag
def results(filterset, page, newest):
    """What a list found: one of its pages; or what else there is, with the `newest` practices (primary keys)."""
    selection, count = filterset.selection, page.paginator.count
    chosen, query = bool(selection.chosen), selection.query()
    narrowed = chosen or bool(selection.search)
    printed = dict.fromkeys(("map", "orders", "cards", "pages", "empty"), "")
    if count:
        printed["map"] = _once(map_and_charts, filterset)
        printed["orders"] = filled_lines("practices/_order.html", filterset.sort.options)
        printed["cards"] = cards(filterset.snapshot, page.object_list, "h2", selection.search, query)
        printed["pages"] = pagination(page, selection)
    else:
        context = {"filterset": filterset, "newest": newest, "narrowed": narrowed}
        printed["empty"] = render_to_string("practices/_empty.html", context)
    return filled(
        "practices/_results.html",
        count=count,
        query=query,
        cleared=selection.cleared().query(),
        label=filterset.sort.label,
        chips=filled_lines("practices/_chip.html", filterset.chips),
        chosen=chosen,
        narrowed=narrowed,
        **printed,
    )


@dataclass(frozen=True)
class PageLink:
    """A page number of a list, its address from the present page; or a gap between two."""

    number: str
    url: str
    present: bool
    gap: bool


def map_and_charts(filterset):
    """The list as a map, a table and small charts."""
    shown, themes, columns = places(filterset), bars(filterset.facet("theme")), years(filterset.facet("annee"))
    most = max((one.count for one in shown), default=0)
    first, last = (columns[0], columns[-1]) if columns else (None, None)
    return filled(
        "practices/_map.html",
        places=filled_lines("practices/_place.html", shown),
        rows=filled_lines("practices/_place_row.html", shown),
        shaded=most > 1,
        most=most,
        bars=filled_lines("practices/_bar_row.html", themes),
        themed=bool(themes),
        dated=len(columns) > 1,
        columns=filled_lines("practices/_column.html", columns),
        years=filled_lines("practices/_year.html", columns),
        first=first.label if first else "",
        last=last.label if last else "",
        span=last.place + 1 if last else 1,
    )


@register.simple_tag
def pagination(page, selection=None):
    """The page numbers of a list; a list without filters has no `selection`."""
    if page.paginator.num_pages == 1:
        return ""
    selection = PracticeFilterSet.select() if selection is None else selection
    back, forward = page.has_previous(), page.has_next()
    return filled(
        "practices/_pagination.html",
        numbers=filled_lines("practices/_page_number.html", page_links(page, selection)),
        has_previous=back,
        back=page_url(selection, page.previous_page_number()) if back else "",
        has_next=forward,
        forward=page_url(selection, page.next_page_number()) if forward else "",
    )


def page_links(page, selection):
    """The page numbers to print, with a gap where some are left out."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return [
        PageLink(str(number), page_url(selection, number), number == page.number, gap=False)
        if isinstance(number, int)
        else PageLink(str(number), "", present=False, gap=True)
        for number in numbers
    ]


def page_url(selection, number):
    """The address of a page of the present list, from it."""
    return selection.query(number) or "."


@register.simple_tag
def shortlist_limit():
    """How many practices a visitor's selection holds at most."""
    return MOST
