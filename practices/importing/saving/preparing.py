"""Makes ready what an import writes, outside of any transaction: rows, versions, search entries, as statements.

Every rule that a save applies was applied by `comparing`; what follows a save (search, a version, a step) is made here.
Nothing is written but the reservation of primary keys, which a killed import leaves unused.
"""

from copy import copy
from dataclasses import dataclass, field
from typing import Any

from content.fields import SortKeyField
from content.languages import column as text_column
from practices.editorial.revisions import PARTS, edition_of, from_kept, kept_fields
from practices.editorial.workflow import settle
from practices.importing.columns import words_of
from practices.importing.comparing import ARCHIVED_AT, BESIDE, CHANGED, NEW, Result, standing, states
from practices.importing.saving.inserting import contents, deletions, inserts, reserve
from practices.importing.words import Carriers
from practices.index import search_index
from practices.models import Practice, Revision, Status, Step
from practices.models.publication import HAVING_PAGES
from search.index import Entry

BATCH = 500
"""Practices made ready at once."""
SETTLED = ("status", "reviewed_on", "archived_at", "updated_at")
"""What a step or a save changes of a practice that no version holds."""
TERMS = [one for one in Practice._meta.many_to_many if one.related_model is not Practice]
NAMED = [*dict.fromkeys(one.related_model for one in (*TERMS, Practice._meta.get_field("kind")))]
"""The models of what a practice is under."""


class Overtaken(Exception):
    """The catalogue is no longer what the rows were compared with: they must be compared again."""


@dataclass
class Row:
    """A result being written: the practice, and what it was."""

    result: Result
    data: dict
    practice: Practice
    before: dict = field(default_factory=dict)

    @property
    def public(self):
        """Whether visitors could read it or will."""
        return any(status in HAVING_PAGES for status in (self.practice.status, self.before.get("status")))

    def changes(self, name):
        """Whether a part or a list of terms is to be written."""
        return self.data[name] != self.before.get(name, [])


class Writing:
    """What is to be written, in order (`statements`, then `entries` of the search), and what it was made from."""

    def __init__(self, results, new, by, note, progress):
        """Make it ready; raise Overtaken where a practice is not what its row was compared with."""
        self.todo = [one for one in results if one.state in (NEW, CHANGED)]
        self.by, self.note = by, note
        self.changed = [one.pk for one in self.todo if one.pk > 0]
        self.slugs = [one.data["slug"] for one in self.todo if one.pk < 0]
        self.found = self.look()
        self.statements: list[tuple] = []
        self.entries: dict[int, Entry] = {}
        self.terms_made = False
        keys = self._make(new)
        made = iter(reserve(Practice, len(self.slugs)))
        self.keys = {-one.row: next(made) for one in self.todo if one.pk < 0}
        carriers = self.carriers | {
            keys["organisations"][pk]: new["organisations"][pk]["name"] for pk in keys["organisations"]
        }
        self.rows: list[Row] = []
        blank = Practice()
        for start in range(0, len(self.todo), BATCH):
            batch = self._rows(self.todo[start : start + BATCH], keys, blank)
            self._write(batch)
            self.rows += batch
            for row in batch:
                names = [carriers[pk] for pk in row.data["organisations"]]
                self.entries[row.practice.pk] = search_index.entry(row.practice, names)
            progress((start + len(batch)) / len(self.todo))
        self._relate()
        for start in range(0, len(self.rows), BATCH):
            self._follow(self.rows[start : start + BATCH])

    def look(self):
        """What stands for all that is read here: equal as long as nobody writes."""
        through = [(one.remote_field.through, f"{one.m2m_field_name()}_id") for one in Practice._meta.many_to_many]
        parts = [(model, "practice_id") for model in PARTS.values()]
        of_practices = [(Practice, "id"), (Revision, "practice"), *through, *parts]
        return [contents(model) for model in NAMED], [contents(*one, self.changed) for one in of_practices]

    def _make(self, new):
        """Make the terms and organisations that are lacking; return the key of each, by column."""
        words, keys = words_of(), {}
        self.carriers = words["organisations"].names
        for name, known in words.items():
            keys[name] = {}
            if name not in new:
                continue
            used = {pk for one in self.todo for pk in _listed(one.data, name)}
            if any(pk > 0 and pk not in known.names for pk in used):
                raise Overtaken
            wanted = sorted((pk for pk in used if pk < 0), reverse=True)
            # Somebody may have made it meanwhile.
            there = {pk: known.named(new[name][pk]["name"]) for pk in wanted}
            lacking = [pk for pk in wanted if there[pk] is None]
            keys[name] = there | dict(zip(lacking, reserve(known.model, len(lacking)), strict=True))
            rows = [known.model(pk=keys[name][pk], **new[name][pk]) for pk in lacking]
            if not isinstance(known, Carriers):
                known.give_slugs(rows)
                self.terms_made |= bool(rows)
            self.statements += inserts(rows)
        return keys

    def _rows(self, batch, keys, blank):
        """Some rows as they were and are."""
        there = states([one.pk for one in batch if one.pk > 0])
        if any(one.pk not in there or standing(there[one.pk].state) != one.before for one in batch if one.pk > 0):
            raise Overtaken
        rows = []
        for one in batch:
            practice, before = there[one.pk] if one.pk > 0 else (_copy(blank, self.keys[-one.row]), {})
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
            rows.append(Row(one, data, practice, before))
        return rows

    def _write(self, rows):
        """The columns, terms and parts of some rows."""
        self.statements += inserts([row.practice for row in rows if not row.before])
        columns = [column.name for column in kept_fields()]
        order = [one.name for one in Practice._meta.concrete_fields if isinstance(one, SortKeyField)]
        changed = [row.practice for row in rows if row.before]
        self.statements += inserts(changed, replacing=[*columns, *order, *SETTLED])
        for relation in TERMS:
            through: Any = relation.remote_field.through
            changed = [row for row in rows if row.changes(relation.name)]
            mine, other = (
                through._meta.get_field(name).attname
                for name in (relation.m2m_field_name(), relation.m2m_reverse_field_name())
            )
            self.statements += deletions(through, mine, [row.practice.pk for row in changed if row.before])
            self.statements += inserts(
                [through(**{mine: row.practice.pk, other: pk}) for row in changed for pk in row.data[relation.name]]
            )
        for name, model in PARTS.items():
            changed = [row for row in rows if row.changes(name)]
            self.statements += deletions(model, "practice_id", [row.practice.pk for row in changed if row.before])
            fields = kept_fields(model)
            self.statements += inserts(
                [
                    model(practice_id=row.practice.pk, **{one.attname: from_kept(one, part) for one in fields})
                    for row in changed
                    for part in row.data[name]
                ]
            )

    def _relate(self):
        """Relate and part practices, on both sides."""
        through: Any = Practice.related.through
        add, part = set(), set()
        for row in self.rows:
            row.data["related"] = sorted(self.keys.get(pk, pk) for pk in row.data["related"])
            now, was = set(row.data["related"]), set(row.before.get("related", ()))
            add |= {(row.practice.pk, other) for other in now - was}
            part |= {(row.practice.pk, other) for other in was - now}
        self.related = {pk for pair in add | part for pk in pair}
        table = through._meta.db_table
        gone = f"DELETE FROM {table} WHERE from_practice_id = %s AND to_practice_id = %s"  # noqa: S608  our own table
        self.statements += [(gone, pair) for one, other in sorted(part) for pair in ((one, other), (other, one))]
        both = sorted(add | {(other, one) for one, other in add})
        rows = [through(from_practice_id=one, to_practice_id=other) for one, other in both]
        self.statements += inserts(rows, ignoring=True)

    def _follow(self, rows):
        """Versions and steps of some rows."""
        there = [row.practice.pk for row in rows if row.before]
        kept = Revision.objects.filter(practice__in=there).order_by("number")
        last = {one.practice: (one.number, one.edition) for one in kept.defer("data")}
        revisions, title = [], text_column("title")
        for row in rows:
            number, edition = last.get(row.practice.pk, (0, ""))
            before = {name: value for name, value in row.before.items() if name not in BESIDE}
            versions = [("elsewhere", None, before)] if before and edition_of(before) != edition else []
            if row.data != before:
                versions.append(("import", self.by, row.data))
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
        self.statements += inserts(revisions)
        told = {"by": self.by, "note": self.note}
        steps = [(row.practice, row.result.step) for row in rows if row.result.step]
        self.statements += inserts(
            [Step(practice=one, transition=step, status=one.status, **told) for one, step in steps]
        )


def _listed(data, name):
    if name in data:
        return data[name]
    value = data[Practice._meta.get_field(name).attname]
    return [value] if value else []


def _copy(blank, pk):
    """A new practice with a key: to copy one costs a tenth of making one."""
    practice = copy(blank)
    practice.pk = pk
    return practice
