"""Plain pages."""

from django.shortcuts import get_object_or_404, render

from pages.models import Page
from practices.decorators import public_page


@public_page
def page(request, slug):
    """A page of text."""
    one = get_object_or_404(Page, slug=slug)
    return render(request, "pages/page.html", {"page": one, "canonical": one.get_absolute_url()})
