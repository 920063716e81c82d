"""What the pages of a proposal say of the whole: the way through the steps, and what was answered in each."""

from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from contributions.forms.steps import STEPS
from contributions.proposals import writing


@dataclass(frozen=True)
class Stage:
    """One step on the way: `state` is "done", "here" or "todo"."""

    step: str
    heading: str | Promise
    number: int
    state: str


def trail(proposal, here):
    """The steps in order; `here` is the one of the page, or None once all are behind."""
    found, passed = [], here is not None
    for number, (step, form) in enumerate(STEPS.items(), 1):
        if step == here:
            state, passed = "here", False
        elif passed or here is None or (proposal is not None and _answered(proposal, step)):
            state = "done"
        else:
            state = "todo"
        found.append(Stage(step, form.heading, number, state))
    return found


def _answered(proposal, step):
    return bool(proposal.name) if step == "vous" else step in proposal.answers


def summary(proposal):
    """What was answered, as (form, [(question, answer)]), empty answers left out."""
    parts = []
    for step, form_class in STEPS.items():
        form = form_class(initial=writing.initial(proposal, step))
        rows = [
            (getattr(field.field, "told", field.label), _words(field))
            for _legend, fields in form.shown_groups
            for field in fields
        ]
        parts.append((form_class, [(question, told) for question, told in rows if told]))
    return parts


def _words(bound):
    """An answer as people read it."""
    value, field = bound.value(), bound.field
    if isinstance(field, forms.BooleanField):
        return _("Yes") if value and not field.required else ""
    if isinstance(field, forms.MultipleChoiceField):
        return ", ".join(str(label) for slug, label in field.widget.choices if slug in (value or ()))
    if isinstance(field, forms.ChoiceField):
        return next((str(label) for slug, label in field.widget.choices if slug and slug == value), "")
    return "" if value is None else str(value)
