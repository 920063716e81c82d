"""Owns short ways to make what a test needs, with valid defaults; only what the test is about is named in it."""

from datetime import UTC, datetime
from itertools import count

from practices.models import Audience, Country, Kind, Practice, Sector, Status, Theme

PUBLISHED_AT = datetime(2026, 1, 5, 8, tzinfo=UTC)
numbers = count(1)


def make_term(model, slug, **fields):
    """A term called by its slug, made once."""
    name = fields.pop("name", slug.replace("-", " ").capitalize())
    if model is Country:
        fields.setdefault("code", f"{chr(65 + Country.objects.count() // 26)}{chr(65 + Country.objects.count() % 26)}")
    term, _created = model.objects.get_or_create(
        slug=slug, defaults={"name_fr": name, "name_en": fields.pop("name_en", name), **fields}
    )
    return term


def make_practice(*, kind="initiative", countries=(), sectors=(), themes=(), audiences=(), **fields):
    """A published practice, with its terms given as slugs."""
    number = next(numbers)
    practice = Practice.objects.create(
        **{
            "title": f"Pratique {number}",
            "teaser": "Une accroche.",
            "status": Status.PUBLISHED,
            "published_at": PUBLISHED_AT,
            "kind": make_term(Kind, kind),
            **fields,
        }
    )
    for model, name, slugs in (
        (Country, "countries", countries),
        (Sector, "sectors", sectors),
        (Theme, "themes", themes),
        (Audience, "audiences", audiences),
    ):
        getattr(practice, name).set([make_term(model, slug) for slug in slugs])
    return practice
