"""Which column of a file holds what, guessed from its headings in French or in English."""

from django.conf import settings
from django.utils import translation

from content.languages import default_language
from practices.filters import PracticeFilterSet
from practices.importing.columns import columns
from practices.importing.countries import spoken

ALSO = {
    "slug": ("identifiant", "id", "adresse web", "web address", "cle", "key", "url de la fiche"),
    "title": ("nom", "name", "intitule", "nom de la pratique"),
    "teaser": ("resume", "summary", "description", "chapo", "chapeau", "presentation"),
    "place": ("ville", "city", "commune", "territoire", "localisation", "location"),
    "organisations": (
        "organisation",
        "organisme",
        "organization",
        "organizations",
        "structure",
        "structures",
        "porteur",
    ),
    "website": ("site", "url", "lien", "site internet"),
    "contact": ("courriel", "email", "e mail", "mail"),
    "start_year": ("annee", "year", "debut", "start", "depuis"),
    "end_year": ("fin", "end"),
    "key_figures": ("chiffres", "figures"),
    "links": ("liens", "sources", "sources et liens", "sources and links"),
    "published_at": ("publication", "date de publication", "publication date", "date"),
    "status": ("etat", "state"),
    "related": ("voir aussi", "see also"),
}
"""What people also call a column, as `countries.spoken` writes it."""


def known_headings():
    """Every heading that is understood, as {spoken heading: name of the column}."""
    known: dict[str, str] = {}
    made = columns()
    own = {facet.field_name: facet for facet in PracticeFilterSet.declared_facets()}
    for name in made:
        known.setdefault(spoken(name), name)
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for name, column in made.items():
                known.setdefault(spoken(column.heading), name)
            for name, facet in own.items():
                if name in made:
                    known.setdefault(spoken(str(facet.label)), name)
                    known.setdefault(spoken(facet.param), name)
    for name, column in made.items():
        original = getattr(getattr(column, "field", None), "translated_field", None)
        if original is not None and column.field.language == default_language():
            # A heading without a language means the first one.
            for code, _name in settings.LANGUAGES:
                with translation.override(code):
                    known.setdefault(spoken(str(original.verbose_name)), name)
            known.setdefault(spoken(original.name), name)
        for word in ALSO.get(original.name if original is not None else name, ()):
            known.setdefault(word, name)
    return known


def guess(headings):
    """The column that each heading names, as {name of the column: place of the heading}; the first of two wins."""
    known = known_headings()
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        name = known.get(spoken(heading))
        if name:
            found.setdefault(name, place)
    return found
