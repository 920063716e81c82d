"""The reading of a page number: anything but the number of a page that exists is a 404."""

import re

from django.core.paginator import EmptyPage, Paginator
from django.http import Http404

PER_PAGE = 20
PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,8}\Z", re.ASCII)


def page_or_404(queryset, number):
    """Return the page of `queryset` called `number` (a query value, or None for the first)."""
    if number is None:
        number = "1"
    if not PAGE_NUMBER.match(number):
        raise Http404("not a page number")
    try:
        return Paginator(queryset, PER_PAGE).page(int(number))
    except EmptyPage as error:
        raise Http404("past the last page") from error
