"""The addresses of practices: how one is made from a title, and which words it may not be."""

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from content.collation import fold

RESERVED = {"pays", "secteur", "theme", "type", "public", "annee", "selection", "carte", "comparer"}
"""Words that follow `/bonnes-pratiques/` in other addresses."""
NAMELESS = "pratique"
"""The slug of what has no letter in its name."""


def validate_not_reserved(slug):
    """Refuse an address that another page has."""
    if slug in RESERVED:
        raise ValidationError(_("“%(slug)s” is the address of another page."), params={"slug": slug}, code="reserved")


def slug_of(title, length):
    """The words of a title as a slug of at most `length` characters: "L’Étoile" gives "l-etoile"."""
    return slugify(fold(title).replace("'", " "))[:length].strip("-")


def free_slug(queryset, title, field="slug"):
    """Return a slug made from `title` that no row of `queryset` has: "envie", then "envie-2"."""
    max_length = queryset.model._meta.get_field(field).max_length
    base = slug_of(title, max_length - 5)
    taken = queryset.filter(**{f"{field}__startswith": base or NAMELESS}).values_list(field, flat=True)
    return first_free(base, set(taken))


def first_free(base, taken):
    """The first slug of a base that is neither taken nor the address of another page."""
    return next(slug for slug in _candidates(base or NAMELESS) if slug not in taken and slug not in RESERVED)


def _candidates(base):
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1
