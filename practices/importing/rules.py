"""What a practice must satisfy beyond its fields when it comes from a file: steps, completeness, constraints."""

from functools import cache

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from practices.editorial.workflow import TRANSITIONS, missing
from practices.models import Practice, Status

SHOWN = (Status.IN_REVIEW, Status.PUBLISHED)
"""Where others read a practice: it must be complete."""


def step_between(old, new, practice, by):
    """The name of the step from one status to another ("" for none); ValidationError when there is none to take.

    `by` is who imports; None stands for whoever runs a command on the server, who may take every step.
    """
    if old == new:
        return ""
    steps = [one for one in TRANSITIONS.values() if old in one.sources and one.target == new]
    for step in steps:
        if by is None or step.open_to(by, practice):
            return step.name
    if steps:
        raise ValidationError(_("You may not take this step: %(step)s.") % {"step": steps[0].label})
    names = {"old": Status(old).label, "new": Status(new).label}
    raise ValidationError(_("No step leads from “%(old)s” to “%(new)s”.") % names)


def may_date(by):
    """Whether a person may change a date of publication."""
    return by is None or by.has_perm("practices.publish_practice")


def lacking(data, layout):
    """What a practice that others read lacks, as {column: sentence}."""
    if data["status"] not in SHOWN:
        return {}
    names = {name: layout.first(name) for name in ("title", "teaser", "themes", "sectors")}
    lacks = missing(**{name: data[column] for name, column in names.items()})
    return {names[name]: sentence for name, sentence in lacks.items()}


def broken(new, old):
    """The sentences of the constraints that a changed practice would break; each is asked of the database once."""
    sentences = []
    for constraint, fields in _constraints():
        values = {name: new.get(name) for name in fields}
        if old is not None and values == {name: old.get(name) for name in fields}:
            continue
        looked_at = tuple(
            (name, bool(value) if value is not None and only_empty else value)
            for (name, only_empty), value in zip(fields.items(), values.values(), strict=True)
        )
        if looked_at not in (answers := _answers[constraint.name]):
            if len(answers) > 10_000:
                answers.clear()
            instance = Practice(**{name: _field(name).to_python(value) for name, value in values.items()})
            try:
                constraint.validate(Practice, instance)
                answers[looked_at] = ""
            except ValidationError as error:
                answers[looked_at] = " ".join(error.messages)
        if answers[looked_at]:
            sentences.append(answers[looked_at])
    return sentences


_answers: dict = {}


def _field(name):
    return Practice._meta.get_field(name)


@cache
def _constraints():
    """The checks of the model, each with the fields it looks at, and whether only their being empty matters."""
    found = []
    for constraint in Practice._meta.constraints:
        if isinstance(constraint, models.CheckConstraint):
            fields = dict.fromkeys(sorted(constraint.condition.referenced_base_fields), True)
            _read(constraint.condition, fields)
            found.append((constraint, fields))
            _answers[constraint.name] = {}
    return found


def _read(node, fields):
    for child in node.children:
        if not isinstance(child, tuple):
            _read(child, fields)
            continue
        lookup, value = child
        name, _sep, how = lookup.partition("__")
        if how != "isnull" and value != "":
            fields[name] = False
        if hasattr(value, "resolve_expression"):
            # The value is another field: what matters of it is not known.
            fields.update(dict.fromkeys(fields, False))
