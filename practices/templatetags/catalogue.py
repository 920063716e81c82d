"""Tags of the catalogue's own lists: cards and facet options from what is kept rendered, page numbers."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import get_language

from practices.analysis import asked_words
from practices.cards import rendered_cards
from practices.selection import Selection

register = template.Library()

PARAM, VALUE, LABEL, MANY = "\ue000", "\ue001", "\ue002", 7_770_777
"""What stands in a rendered pattern for what changes: characters of Unicode's private use area, and a plural number."""


@register.simple_tag
def cards(snapshot, pks, level, searched=""):
    """The rendered cards of some practices, each safe to print, the words of a search marked."""
    return rendered_cards(snapshot, pks, level, asked_words(searched or ""))


@register.simple_tag
def options(param, lines):
    """The options of a facet: `_option.html` rendered once for each state, then filled in for each line."""
    render = _pattern.__wrapped__ if settings.DEBUG else _pattern
    language = get_language()
    return mark_safe(  # noqa: S308  the label is escaped, the rest are slugs and numbers
        "".join(
            render(language, option.selected, min(option.count, 2)).format(
                param, option.value, escape(option.label), option.count
            )
            for option in lines
        )
    )


@lru_cache
def _pattern(language, selected, number):
    """A format string of an option with 0, 1 or more practices, for the parameter, the value, the label, the count."""
    option = {"value": VALUE, "label": LABEL, "count": MANY if number > 1 else number, "selected": selected}
    html = str(render_to_string("practices/_option.html", {"option": option, "param": PARAM}))
    html = html.replace("{", "{{").replace("}", "}}")
    for position, mark in enumerate((PARAM, VALUE, LABEL, str(MANY))):
        html = html.replace(mark, f"{{{position}}}")
    return html


@register.simple_tag
def page_url(selection, number):
    """The address of a page of the present list, from it; a list without filters has no `selection`."""
    asked = selection if isinstance(selection, Selection) else Selection()
    return asked.query(number) or "."


@register.filter
def elided_numbers(page):
    """The page numbers to print, with an ellipsis where some are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
