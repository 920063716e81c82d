"""What a list tells search engines and browser tabs: its title, its description and its canonical address.

What is told in data rather than in sentences is in `jsonld`.
"""

from django.urls import reverse, translate_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.languages import default_language, languages_of, page_language


def listing_title(filterset):
    """Return the title of a listing, naming what is chosen: "Bonnes pratiques : France · Handicap"."""
    search = filterset.selection.search
    groups = [_("“%(search)s”") % {"search": search}] if search else []
    groups += [", ".join(facet.labels[value] for value in facet.chosen) for facet in filterset.facets if facet.chosen]
    if not groups:
        return _("All good practices")
    return _("Good practices: %(filters)s") % {"filters": " · ".join(groups)}


def canonical_of(practice):
    """Return the path a search engine should keep of a practice: the French page, where this one repeats its words."""
    here = practice.get_absolute_url()
    return here if page_language() in languages_of(practice) else translate_url(here, default_language())


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


def collection_description():
    """Return two sentences on the whole collection."""
    return _(
        "A catalogue of good practices of the social and solidarity economy in Europe: what was done, where, by whom "
        "and since when, told briefly and sourced. Filter by country, sector, theme, kind and audience."
    )


def listing_description(filterset, page):
    """Return what a search engine may print under the title of a listing."""
    if not filterset.selection.query():
        return collection_description()
    count = page.paginator.count
    sentence = ngettext(
        "%(count)d practice of the social and solidarity economy. %(title)s.",
        "%(count)d practices of the social and solidarity economy. %(title)s.",
        count,
    )
    return sentence % {"count": count, "title": listing_title(filterset)}


def term_description(term, count):
    """Return a term's own introduction, else a sentence that says what its page holds."""
    if term.description:
        return term.description
    if not count:
        return _("%(name)s: no good practice of the social and solidarity economy yet.") % {"name": term.name}
    sentence = ngettext(
        "%(name)s: %(count)d good practice of the social and solidarity economy, told briefly and sourced.",
        "%(name)s: %(count)d good practices of the social and solidarity economy, told briefly and sourced.",
        count,
    )
    return sentence % {"name": term.name, "count": count}
