"""Owns what a filtered list tells search engines and browser tabs: its title and its canonical address."""

from django.urls import reverse
from django.utils.translation import gettext as _


def listing_title(filterset):
    """Return the title of a listing, naming what is chosen: "Bonnes pratiques : France · Handicap"."""
    search = filterset.selection.search
    groups = [_("“%(search)s”") % {"search": search}] if search else []
    groups += [", ".join(facet.labels[value] for value in facet.chosen) for facet in filterset.facets if facet.chosen]
    if not groups:
        return _("All good practices")
    return _("Good practices: %(filters)s") % {"filters": " · ".join(groups)}


def listing_canonical(filterset, page):
    """Return the path a search engine should keep: a term's own page, or the unfiltered list, page by page."""
    chosen = filterset.selection.chosen
    listing = reverse("practices:listing")
    if not chosen and not filterset.selection.search:
        return f"{listing}?page={page.number}" if page.number > 1 else listing
    terms = [(facet, value) for facet in filterset.term_facets() for value in chosen.get(facet.param, ())]
    if len(filterset.selection) == len(terms) == 1 and not filterset.selection.search:
        [(facet, slug)] = terms
        return reverse(f"practices:{facet.vocabulary._meta.model_name}", args=[slug])
    return listing
