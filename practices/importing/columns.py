"""Which columns a table of practices has, derived from the models, and which words their cells may hold.

How a kind of value is written and read back is in `column_kinds`. Files are left out: a table cannot hold them.
"""

from django.db import models

from practices.editorial.revisions import PARTS
from practices.importing.column_kinds import (
    Column,
    DateColumn,
    NumberColumn,
    OrganisationsColumn,
    PartsColumn,
    StatusColumn,
    TermColumn,
    TermsColumn,
    WebsitesColumn,
)
from practices.importing.fields import own_fields
from practices.importing.words import Addresses, Carriers, Vocabulary
from practices.models import Organisation, Practice


def _column(field):
    if field.name == "status":
        return StatusColumn(field)
    if isinstance(field, models.ForeignKey):
        return TermColumn(field)
    if isinstance(field, models.ManyToManyField):
        return OrganisationsColumn(field) if field.related_model is Organisation else TermsColumn(field)
    if isinstance(field, models.DateTimeField):
        return DateColumn(field)
    return NumberColumn(field) if isinstance(field, models.IntegerField) else Column(field)


def _has_file(model):
    return any(isinstance(one, models.FileField) for one in model._meta.concrete_fields)


def columns():
    """Every column, in the order of a form: words, terms, the rest, parts, publication."""
    fields = own_fields(Practice)
    last = [one for one in fields if one.name in ("status", "published_at")]
    first = [one for one in fields if one not in last]
    made = [_column(field) for field in [*first, *Practice._meta.many_to_many]]
    parts = [PartsColumn(name, model) for name, model in PARTS.items() if not _has_file(model)]
    dates = [*last, Practice._meta.get_field("archived_at")]
    return {one.name: one for one in [*made, WebsitesColumn(), *parts, *map(_column, dates)]}


def words_of(decisions=None, slugs=()):
    """The words that cells may hold, by the name of the column."""
    found: dict = {}
    for field in [*own_fields(Practice), *Practice._meta.many_to_many]:
        model = field.related_model
        if model is Organisation:
            found[field.name] = Carriers()
        elif model is Practice:
            found[field.name] = Addresses(slugs)
        elif model is not None and hasattr(model, "description"):
            found[field.name] = Vocabulary(model, (decisions or {}).get(field.name))
    return found
