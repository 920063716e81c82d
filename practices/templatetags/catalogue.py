"""Tags of the catalogue's own lists: cards from what is kept rendered, lines from patterns, page numbers."""

from dataclasses import dataclass

from django import template
from django.utils.safestring import SafeString

from practices.analysis import asked_words
from practices.cards import rendered_cards
from practices.kept import MOST
from practices.patterns import filled, filled_lines
from practices.selection import Selection

register = template.Library()

OPTION = "practices/_option.html"
OPEN_AT_FIRST = 3
"""Facets that are open before anything is chosen in them."""


@register.simple_tag
def cards(snapshot, pks, level, searched="", query=""):
    """The rendered cards of a list (its query), each safe to print, the words of a search marked."""
    return rendered_cards(snapshot, pks, level, asked_words(searched or ""), query)


@register.simple_tag
def lines(several, template, **context):
    """Some lines, each printed by a template as `line`; what the template may decide on is said in `patterns`."""
    return filled_lines(template, several, **context)


@register.simple_tag
def kept(template, **printed):
    """A template that only prints some words, rendered once and filled in: see `patterns`."""
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
def facets(filterset):
    """The facets of the form that have options; the first ones are open from the start."""
    printed = [
        FacetLine(
            label=facet.label,
            chosen=len(facet.chosen),
            first=filled_lines(OPTION, facet.first_options, param=facet.param),
            more=filled_lines(OPTION, facet.more_options, param=facet.param),
            count=len(facet.more_options),
            opened=rank < OPEN_AT_FIRST or bool(facet.chosen),
            narrowed=bool(facet.chosen),
            more_opened=facet.more_chosen,
        )
        for rank, facet in enumerate(filterset.facets)
        if facet.options
    ]
    return filled_lines("practices/_facet.html", printed)


@dataclass(frozen=True)
class PageLink:
    """A page number of a list, its address from the present page; or a gap between two."""

    number: str
    url: str
    present: bool
    gap: bool


@register.simple_tag
def page_links(page, selection):
    """The page numbers to print, with a gap where some are left out."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    gap = page.paginator.ELLIPSIS
    return [
        PageLink(
            str(number), "" if number == gap else page_url(selection, number), number == page.number, number == gap
        )
        for number in numbers
    ]


@register.simple_tag
def page_url(selection, number):
    """The address of a page of the present list, from it; a list without filters has no `selection`."""
    asked = selection if isinstance(selection, Selection) else Selection()
    return asked.query(number) or "."


@register.simple_tag
def most_kept():
    """How many practices a visitor's selection holds at most."""
    return MOST
