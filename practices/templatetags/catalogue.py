"""Tags of the catalogue's own lists."""

from django import template

register = template.Library()


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
