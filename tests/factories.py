"""Short ways to make what a test needs, with valid defaults; only what the test is about is named in it."""

from datetime import UTC, datetime
from itertools import count

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from content.languages import translated_fields
from practices.editorial.revisions import edition_of, snapshot
from practices.models import Audience, Country, Document, KeyFigure, Kind, Link, Practice, Sector, Status, Theme

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


def make_person(name, role=None, **fields):
    """An account of the back office with a role (the name of its group), and an address for mail."""
    fields = {"email": f"{name}@example.org", "is_staff": True, **fields}
    person = get_user_model().objects.create_user(name, password="Une phrase de passe", **fields)
    if role:
        person.groups.add(Group.objects.get(name=role))
    return person


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


def edition(practice):
    """What the form of a practice, as it is now in the database, says it was made from."""
    return edition_of(snapshot(type(practice).objects.get(pk=practice.pk)))


def in_french(fields):
    """The fields of a posted form with the texts of every language named in French: "title" is "title_fr"."""
    texts = {model: translated_fields(model) for model in (Practice, KeyFigure, Link, Document)}
    inlines = {"key_figures": KeyFigure, "links": Link, "documents": Document}

    def renamed(name):
        prefix, _dash, field = name.rpartition("-")
        model = inlines.get(prefix.partition("-")[0], Practice)
        return f"{name}_fr" if field in texts[model] else name

    return {renamed(name): value for name, value in fields.items()}
