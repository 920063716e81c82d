"""Tags of the catalogue's own lists: cards and facet options from what is kept rendered, page numbers."""

from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import mark_safe

from practices.cards import rendered_cards

register = template.Library()

VALUE, LABEL, COUNT, PARAM = "\ue000", "\ue001", "\ue002", "\ue003"
"""Characters of Unicode's private use area, which stand in a rendered pattern for what changes."""


@register.simple_tag
def cards(snapshot, pks, level):
    """The rendered cards of some practices, each safe to print."""
    return rendered_cards(snapshot, pks, level)


@register.simple_tag
def options(param, lines):
    """The options of a facet: `_option.html` rendered once for each state, then filled in for each line."""
    return mark_safe(  # noqa: S308  the label is escaped, the rest are slugs and numbers
        "".join(
            pattern(option.selected, not option.count).format(param, option.value, escape(option.label), option.count)
            for option in lines
        )
    )


def pattern(selected, none):
    """A format string of the option's template in one state, for the parameter, the value, the label and the count."""
    return (_pattern.__wrapped__ if settings.DEBUG else _pattern)(selected, none)


@lru_cache
def _pattern(selected, none):
    option = {"value": VALUE, "label": LABEL, "count": 0 if none else COUNT, "selected": selected}
    html = str(render_to_string("practices/_option.html", {"option": option, "param": PARAM}))
    html = html.replace("{", "{{").replace("}", "}}")
    for number, mark in enumerate((PARAM, VALUE, LABEL, COUNT)):
        html = html.replace(mark, f"{{{number}}}")
    return html


@register.simple_tag
def page_url(selection, number):
    """The query string of a page of the present list; `selection` is empty for a list that has no filters."""
    if selection:
        return selection.query(number)
    return f"?page={number}" if number > 1 else "."


@register.filter
def elided_numbers(page):
    """The page numbers to print, with an ellipsis where some are left out."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
