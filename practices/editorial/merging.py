"""The merging of two terms of a vocabulary: what it would move, and the move, in one transaction.

Who may ask for it, and how it is shown, is in `admin.terms`; where former addresses lead is in `former_slugs`.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from practices import former_slugs
from practices.models import Practice, Term

CHANGED = ValidationError(_("Something has changed meanwhile: here is what would move now."))


@dataclass(frozen=True)
class Merge:
    """The term that goes, and the one that stays and takes its practices and addresses."""

    gone: Term
    kept: Term

    def __post_init__(self):
        """Refuse what is not two terms of one vocabulary."""
        if type(self.gone) is not type(self.kept) or self.gone.pk == self.kept.pk:
            raise ValidationError(_("A term is merged with another one of the same vocabulary."))

    @property
    def practices(self):
        """The practices that use the term that goes, by title."""
        return practices_under(self.gone).by_title()

    @cached_property
    def both(self):
        """How many of them use the other one already."""
        return practices_under(self.kept).filter(pk__in=practices_under(self.gone).values("pk")).count()

    @property
    def addresses(self):
        """The slugs that will lead to the term that stays: its own name, and those it had before."""
        return [self.gone.slug, *former_slugs.former_slugs(self.gone)]

    @property
    def stamp(self):
        """A short name of what is shown: whoever confirms has seen these very terms and practices."""
        seen = [
            (self.gone.pk, self.gone.slug, self.kept.pk, self.kept.slug),
            sorted(practices_under(self.gone).values_list("pk", flat=True)),
            self.addresses,
        ]
        return blake2b(repr(seen).encode(), digest_size=12).hexdigest()

    def carry_out(self, stamp):
        """Move everything and delete the term that goes; ValidationError if it is not what was shown any more."""
        try:
            with transaction.atomic():
                self._carry_out(stamp)
        except ProtectedError as error:  # somebody has just chosen the term that goes
            raise CHANGED from error

    def _carry_out(self, stamp):
        rows = type(self.gone)._default_manager.select_for_update().in_bulk([self.gone.pk, self.kept.pk])
        if len(rows) < 2 or Merge(rows[self.gone.pk], rows[self.kept.pk]).stamp != stamp:
            raise CHANGED
        gone, kept = rows[self.gone.pk], rows[self.kept.pk]
        for relation in type(gone)._meta.related_objects:
            if relation.related_model is Practice:
                _move(relation, gone, kept)
        former_slugs.hand_over(gone, kept)
        gone.delete()


def practices_under(term):
    """The practices that use a term, whatever their status."""
    return Practice.objects.filter(**{field_of(type(term)): term})


def field_of(vocabulary):
    """The name of the field by which practices use the terms of a vocabulary."""
    return vocabulary._meta.get_field("practices").field.name


def _move(relation, gone, kept):
    """Have the practices of one relation use the term that stays."""
    if not relation.many_to_many:
        relation.related_model._default_manager.filter(**{relation.field.name: gone}).update(
            **{relation.field.name: kept}
        )
        return
    through = relation.through._default_manager
    practice, term = relation.field.m2m_field_name(), relation.field.m2m_reverse_field_name()
    uses, kept_by = through.filter(**{term: gone}), through.filter(**{term: kept}).values(practice)
    uses.filter(**{f"{practice}__in": kept_by}).delete()
    uses.update(**{term: kept})
