"""The last word of an address, its slug: how one is made from a title, and which words it may not be."""

from collections.abc import Container, Iterator

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from content.folding import fold

RESERVED = {"pays", "secteur", "theme", "type", "public", "annee", "selection", "carte", "comparer"}
"""Words that follow `/bonnes-pratiques/` in other addresses."""
NAMELESS = "pratique"
"""The slug of what has no letter in its name."""


def validate_not_reserved(slug: str) -> None:
    """Raise ValidationError, code "reserved", for a slug that would give the address of another page."""
    if slug in RESERVED:
        raise ValidationError(_("“%(slug)s” is the address of another page."), params={"slug": slug}, code="reserved")


def slug_of(title: str, length: int) -> str:
    """Return the words of a title as a slug of at most `length` characters: "L’Étoile" gives "l-etoile".

    A title without a letter or figure gives "".
    """
    return slugify(fold(title).replace("'", " "))[:length].strip("-")


def free_slug(queryset: QuerySet, title: str, field: str = "slug") -> str:
    """Return a slug made from `title` that no row of `queryset` has: "envie", then "envie-2"."""
    max_length = queryset.model._meta.get_field(field).max_length
    base = slug_of(title, max_length - 5)
    taken = queryset.filter(**{f"{field}__startswith": base or NAMELESS}).values_list(field, flat=True)
    return first_free(base, set(taken))


def first_free(base: str, taken: Container[str]) -> str:
    """Return the first of "base", "base-2", "base-3"… that is neither taken nor reserved; `NAMELESS` stands for ""."""
    return next(slug for slug in _candidates(base or NAMELESS) if slug not in taken and slug not in RESERVED)


def _candidates(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1
