"""Says what a model refuses of a row that is about to be written without `save` or a form.

`bulk_create` and `update` validate nothing, and SQLite holds no length: a word too long is kept there in silence and
stops PostgreSQL. Whoever writes a person's or a file's words in bulk asks here first.
"""

from collections.abc import Iterable
from functools import cache

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from content.fields import RichTextField, SortKeyField
from content.languages import translated_fields

SHOWN = 60
"""Characters of a refused value that are told."""


def refusals(instance: Model) -> dict[str, str]:
    """Return the sentences by which the fields of an instance are refused, each naming its value: {field: sentence}.

    Asks nothing of the database: relations, uniqueness and constraints are for whoever writes.
    """
    try:
        instance.clean_fields(exclude=_never_refused(type(instance)))
    except ValidationError as error:
        return {name: _told(getattr(instance, name), sentences) for name, sentences in error.message_dict.items()}
    return {}


@cache
def _never_refused(model: type[Model]) -> set[str]:
    """Return the fields that others answer for: relations, names of translations, what is computed or sanitised."""
    made = (SortKeyField, RichTextField)
    fields = {one.name for one in model._meta.concrete_fields if one.is_relation or isinstance(one, made)}
    return fields | set(translated_fields(model))


def refusal(instance: Model) -> str:
    """Return the sentences of `refusals`, one after the other; "" where nothing is refused."""
    return " ".join(refusals(instance).values())


def _told(value: object, sentences: Iterable[str]) -> str:
    words = Truncator("" if value is None else str(value)).chars(SHOWN)
    problem = " ".join(sentences)
    return _("“%(value)s”: %(problem)s") % {"value": words, "problem": problem} if words else problem
