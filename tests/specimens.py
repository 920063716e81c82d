"""How one row of every model of the registry is made, whatever models there are, with a value in every field.

A model that comes later needs nothing here, unless a constraint of the database refuses what `VALUES` gives it; RECIPES
then says what its row must be. Values are those that travel badly: microseconds, quotes, several bytes a character.
"""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.apps import apps
from django.db import models

from content.fields import RichTextField
from content.languages import translated_fields
from practices.models.imports import PackedField

MOMENT = datetime(2026, 1, 5, 8, 30, 15, 123456, UTC)
WORDS = 'Œuvre « à 100 % » 🐑 \\ "citée" l\'été'
VALUES = {
    models.BigIntegerField: 2**62,
    models.BinaryField: b"\x00\xff\x80PNG",
    models.BooleanField: True,
    models.CharField: WORDS,
    models.DateField: date(2026, 1, 5),
    models.DateTimeField: MOMENT,
    models.DecimalField: Decimal("1.5"),
    models.DurationField: timedelta(days=1, microseconds=1),
    models.EmailField: "specimen@example.org",
    models.FileField: "images/specimen-é.jpg",
    models.FloatField: 0.1,
    models.GenericIPAddressField: "2001:db8::1",
    models.IntegerField: 3,
    models.JSONField: {"é": ["🐑", None, 1.5, {"vrai": True}], "\\": '"\n\t'},
    models.SlugField: "specimen",
    models.TextField: f"{WORDS}\n\tdeuxième ligne",
    models.TimeField: time(8, 30, 15, 123456),
    models.URLField: "https://example.org/é?a=1&b=2",
    models.UUIDField: UUID(int=7),
    PackedField: [[12, {"titre": WORDS}], None],
    RichTextField: "<p>Où ? 5 &lt; 6</p>",
}
RECIPES = {
    "newsletter.Delivery": {"kind": "3-letter", "consent": None},
    "practices.FormerAddress": {"model": "practice", "slug": "former"},
    "practices.Practice": {"status": "published", "archived_at": None, "start_year": 1999, "end_year": 2003},
}


def models_of_the_site():
    """Every model that has a table of the site's, tables of relations too."""
    every = apps.get_models(include_auto_created=True)
    # What only the tests install is of no site.
    ours = (one for one in every if one._meta.app_label not in ("zeal", "library"))
    return [one for one in ours if one._meta.managed and not one._meta.proxy]


def make_one_of_each():
    """Make a row of every model that has none yet, what others refer to first."""
    waiting = models_of_the_site()
    while waiting:
        ready = [one for one in waiting if not _referred_to(one).intersection(waiting)]
        assert ready, f"these refer to each other, and need a recipe: {waiting}"
        for model in ready:
            if not model._base_manager.exists():
                _make(model)
        waiting = [one for one in waiting if one not in ready]


def _referred_to(model):
    return {field.related_model for field in model._meta.concrete_fields if field.related_model} - {model}


def _make(model):
    recipe = RECIPES.get(model._meta.label, {})
    row = model()
    for field in model._meta.concrete_fields:
        # What is written once for every language has a column of each.
        if not isinstance(field, models.AutoField) and field.name not in translated_fields(model):
            setattr(row, field.name, recipe[field.name] if field.name in recipe else _value(field))
    row.save_base(force_insert=True)


def _value(field):
    if field.related_model:
        return field.related_model._base_manager.first()
    if field.choices:
        return [value for value, _label in field.flatchoices][-1]
    value = next(VALUES[one] for one in type(field).__mro__ if one in VALUES)
    return value[: field.max_length] if isinstance(value, str) and field.max_length else value
