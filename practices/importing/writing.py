"""Owns the writing of compared rows, all or nothing: terms, practices, parts, search, versions, steps.

In bulk, because ten thousand saves would take minutes: every rule that a save applies was applied by `comparing`, and
what follows a save (search, a version, the catalogue version) is done here, in the same transaction. Nobody is written
to: whoever imports ten thousand practices does not mean to send as many messages.
"""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from practices import search
from practices.collector import collector_paused
from practices.fields import SortKeyField
from practices.history import PARTS, edition_of, from_kept, kept_fields
from practices.importing.columns import words_of
from practices.importing.comparing import ARCHIVED_AT, BESIDE, CHANGED, NEW, Result, Standing, standing, states
from practices.importing.words import Addresses, Carriers
from practices.languages import column as text_column
from practices.models import Practice, Revision, Status, Step
from practices.triggers import counted_once
from practices.workflow import settle

BATCH = 500
"""Practices written at once."""
READABLE = {Status.PUBLISHED, Status.ARCHIVED}
"""What may have a page, as `triggers` counts it."""
SETTLED = ("status", "reviewed_on", "archived_at", "updated_at")
"""What a step or a save changes of a practice that no version holds."""
TERMS = [one for one in Practice._meta.many_to_many if one.related_model is not Practice]


class Overtaken(Exception):
    """The catalogue is no longer what the rows were compared with: they must be compared again."""


@dataclass
class _Row:
    """A result being written: the practice, and what it was."""

    result: Result
    data: dict
    practice: Practice
    before: dict = field(default_factory=dict)

    @property
    def public(self):
        """Whether visitors could read it or will."""
        return not READABLE.isdisjoint((self.practice.status, self.before.get("status")))

    def changes(self, name):
        """Whether a part or a list of terms is to be written."""
        return self.data[name] != self.before.get(name, [])


def write(results, new, by=None, note="", progress=lambda share: None):
    """Write the rows that are new or changed and return how many; all, or none and Overtaken.

    `new` is what the comparison said is to be made, as {column: {key below zero: fields}}; `progress` is told the share
    that is done.
    """
    todo = [one for one in results if one.state in (NEW, CHANGED)]
    if not todo:
        return 0
    batches = [todo[start : start + BATCH] for start in range(0, len(todo), BATCH)]
    # The site’s first language is what a field without a language holds.
    with (
        transaction.atomic(),
        translation.override(settings.LANGUAGE_CODE),
        collector_paused(),
        counted_once() as counted,
    ):
        keys = _make(new, todo, counted)
        written = []
        for number, batch in enumerate(batches, start=1):
            written += _write(batch, keys)
            progress(number / len(batches) * 0.6)
        counted |= {one.practice.pk for one in written if one.public}
        counted |= _relate(written, {-one.result.row: one.practice.pk for one in written if one.result.pk < 0})
        carriers = Carriers().names
        for number, start in enumerate(range(0, len(written), BATCH), start=1):
            _follow(written[start : start + BATCH], carriers, by, note)
            progress(0.6 + number / len(batches) * 0.4)
    return len(todo)


def _make(new, todo, counted):
    """Make the terms and organisations that are lacking; return the key of each, by column."""
    keys = {}
    for name, known in words_of().items():
        wanted = {pk for one in todo for pk in _listed(one.data, name) if pk < 0} if name in new else set()
        keys[name] = {}
        for pk in sorted(wanted, reverse=True):
            fields = new[name][pk]
            # Somebody may have made it meanwhile.
            there = known.keys.get(fields["name"]) if isinstance(known, Carriers) else known.find(fields["name"])
            if there is None:
                model = Practice._meta.get_field(name).related_model
                there = model._default_manager.create(**fields).pk
                if not isinstance(known, Carriers):
                    counted.add(None)
            keys[name][pk] = there
    return keys


def _listed(data, name):
    if name in data:
        return data[name]
    value = data[Practice._meta.get_field(name).attname]
    return [value] if value else []


def _write(batch, keys):
    """Write the columns, terms and parts of some rows; return them as they were and are."""
    there = _as_compared(batch)
    rows = []
    for one in batch:
        practice, before = there.get(one.pk) or Standing(Practice(), {})
        data = {**one.data}
        for name, made in keys.items():
            column = name if name in data else Practice._meta.get_field(name).attname
            value = data[column]
            data[column] = sorted(made.get(pk, pk) for pk in value) if name in data else made.get(value, value)
        for column in kept_fields():
            setattr(practice, column.attname, column.to_python(from_kept(column, data)))
        if one.step:
            settle(practice, one.step)
        if practice.status == Status.ARCHIVED and one.archived_at:
            practice.archived_at = ARCHIVED_AT.to_python(one.archived_at)
        rows.append(_Row(one, data, practice, before))
    Practice.objects.bulk_create([row.practice for row in rows if not row.before])
    changed = [row.practice for row in rows if row.before]
    if changed:
        columns = [column.name for column in kept_fields()]
        keys_of_order = [one for one in Practice._meta.concrete_fields if isinstance(one, SortKeyField)]
        Practice.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[*columns, *(one.name for one in keys_of_order), *SETTLED],
        )
    for relation in TERMS:
        _replace_terms(relation, [row for row in rows if row.changes(relation.name)])
    for name, model in PARTS.items():
        _replace_parts(name, model, [row for row in rows if row.changes(name)])
    return rows


def _as_compared(batch):
    """The practices of some rows, locked; raise Overtaken unless they are what the rows were compared with."""
    pks = [one.pk for one in batch if one.pk > 0]
    list(Practice.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))
    there = states(pks)
    if any(one.pk not in there or standing(there[one.pk].state) != one.before for one in batch if one.pk > 0):
        raise Overtaken
    if Addresses(one.data["slug"] for one in batch if one.pk < 0).keys:
        raise Overtaken
    return there


def _replace_terms(relation, rows):
    through = relation.remote_field.through
    mine, other = relation.m2m_field_name(), relation.m2m_reverse_field_name()
    through.objects.filter(**{f"{mine}__in": [row.practice.pk for row in rows if row.before]}).delete()
    through.objects.bulk_create(
        through(**{f"{mine}_id": row.practice.pk, f"{other}_id": pk}) for row in rows for pk in row.data[relation.name]
    )


def _replace_parts(name, model, rows):
    model._default_manager.filter(practice__in=[row.practice.pk for row in rows if row.before]).delete()
    model._default_manager.bulk_create(
        model(practice_id=row.practice.pk, **{one.attname: from_kept(one, part) for one in kept_fields(model)})
        for row in rows
        for part in row.data[name]
    )


def _relate(rows, made):
    """Relate and part practices, on both sides; return those of the public."""
    through: Any = Practice.related.through
    add, part = set(), set()
    for row in rows:
        row.data["related"] = sorted(made.get(pk, pk) for pk in row.data["related"])
        now, was = set(row.data["related"]), set(row.before.get("related", ()))
        add |= {(row.practice.pk, other) for other in now - was}
        part |= {(row.practice.pk, other) for other in was - now}
    for one, other in sorted(part):
        through.objects.filter(from_practice=one, to_practice=other).delete()
        through.objects.filter(from_practice=other, to_practice=one).delete()
    both = sorted(add | {(other, one) for one, other in add})
    through.objects.bulk_create(
        (through(from_practice_id=one, to_practice_id=other) for one, other in both), ignore_conflicts=True
    )
    touched = {pk for pair in add | part for pk in pair}
    return set(Practice.objects.filter(pk__in=touched, status__in=READABLE).values_list("pk", flat=True))


def _follow(rows, carriers, by, note):
    """Index, keep versions, note steps."""
    search.write(
        {
            row.practice.pk: search.entry_of(row.practice, [carriers[pk] for pk in row.data["organisations"]])
            for row in rows
        }
    )
    last = {
        pk: (number, edition)
        for pk, number, edition in Revision.objects.filter(practice__in=[row.practice.pk for row in rows])
        .order_by("number")
        .values_list("practice", "number", "edition")
    }
    revisions, title = [], text_column("title")
    for row in rows:
        number, edition = last.get(row.practice.pk, (0, ""))
        before = {name: value for name, value in row.before.items() if name not in BESIDE}
        versions = [("elsewhere", None, before)] if before and edition_of(before) != edition else []
        if row.data != before:
            versions.append(("import", by, row.data))
        for step, (cause, person, data) in enumerate(versions, start=1):
            revisions.append(
                Revision(
                    practice=row.practice.pk,
                    number=number + step,
                    cause=cause,
                    title=data[title],
                    data=data,
                    edition=edition_of(data),
                    by=person,
                )
            )
    Revision.objects.bulk_create(revisions)
    Step.objects.bulk_create(
        Step(practice=row.practice, transition=row.result.step, status=row.practice.status, by=by, note=note)
        for row in rows
        if row.result.step
    )
