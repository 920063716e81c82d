"""What some rows of a file would do to the catalogue: what is new, what changes, what is wrong; writes nothing."""

from copy import copy
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from content.languages import column
from content.templatetags.site import long_date
from content.validation import refusals
from practices.editorial.revisions import (
    PARTS,
    Change,
    differences,
    edition_of,
    from_kept,
    kept,
    kept_fields,
    snapshots,
)
from practices.importing.column_kinds import PartsColumn, WebsitesColumn
from practices.importing.columns import words_of
from practices.importing.fields import without_empty_translations
from practices.importing.problems import Problem
from practices.importing.rules import broken, lacking, may_date, step_between
from practices.models import Practice, Status

BESIDE = ("status", "archived_at")
"""What a file tells of a practice that no version holds."""
AT_ONCE = 200
"""Rows compared at once."""
ARCHIVED_AT = Practice._meta.get_field("archived_at")
NEW, CHANGED, SAME, WRONG = STATES = ("new", "changed", "same", "wrong")


@dataclass
class Result:
    """What one row does: its state, the practice it leads to (`data`, a version), and what is wrong with it."""

    row: int
    pk: int
    title: str
    state: str
    data: dict = field(default_factory=dict)
    status: str = ""
    archived_at: str = ""
    step: str = ""
    before: str = ""
    """The edition of the practice that was compared, and its status."""
    problems: list[Problem] = field(default_factory=list)

    def as_json(self):
        """The same as JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, data):
        """A result from what `as_json` gave."""
        return cls(**{**data, "problems": [Problem(**one) for one in data["problems"]]})


class Standing(NamedTuple):
    """A practice, and what it is: a version and its status."""

    practice: Practice
    state: dict


class Comparison:
    """A surveyed file held against the catalogue; `words` then knows what is to be made."""

    def __init__(self, layout, survey, decisions=None, by=None):
        """`by` is who imports, None being whoever runs a command."""
        self.layout, self.survey, self.by = layout, survey, by
        self.words = words_of(decisions)
        self.blank = Practice(author=by)
        for slug, pk in survey.keys.values():
            self.words["related"].add(slug, pk)
        for pk, slug in survey.addresses.items():
            self.words["related"].add(slug, pk)

    @property
    def new(self):
        """What is to be made for the rows compared so far, as {column: {key below zero: fields}}."""
        return {name: words.new for name, words in self.words.items() if name != "related"}

    def resume(self, new):
        """Go on from what an earlier comparison of the same file said is to be made."""
        for name, fields in new.items():
            self.words[name].resume(fields)

    def compare(self, rows):
        """The results of some rows, {number: texts}, in a number of queries that does not depend on how many."""
        rows = {row: texts for row, texts in rows.items() if row in self.survey.keys}
        there = states(pk for row in rows if (pk := self.survey.keys[row][1]) > 0)
        self.words["related"].learn(pk for one in there.values() for pk in one.state["related"])
        return [self._compare(row, texts, there) for row, texts in rows.items()]

    def compare_all(self, rows, progress=lambda share: None):
        """The results of a whole file, some rows at a time; `progress` is told the share that is done."""
        rows, results = list(rows.items()), []
        for start in range(0, len(rows), AT_ONCE):
            results += self.compare(dict(rows[start : start + AT_ONCE]))
            progress(min(start + AT_ONCE, len(rows)) / len(rows))
        return results

    def _compare(self, row, texts, there):
        slug, pk = self.survey.keys[row]
        if pk > 0 and pk not in there:
            return Result(row, pk, slug, WRONG, problems=[Problem(row, "", _("This practice was deleted meanwhile."))])
        practice, old = there[pk] if pk > 0 else (None, self._blank(slug))
        new, problems = self._read(row, texts, old, bool(practice))
        if practice and new == old:
            return Result(row, pk, practice.title, WRONG if problems else SAME, problems=problems)
        step = ""
        try:
            step = step_between(old["status"], new["status"], practice or Practice(author=self.by), self.by)
        except ValidationError as error:
            problems += [self.layout.problem(row, "status", sentence) for sentence in error.messages]
        if new["published_at"] != old["published_at"] and not may_date(self.by):
            problems.append(self.layout.problem(row, "published_at", _("You may not change the date of publication.")))
        if new["archived_at"] not in (None, old["archived_at"]):
            # A practice archived on a date has a page still: it was public.
            if not may_date(self.by):
                problems.append(self.layout.problem(row, "archived_at", _("You may not change the date of archiving.")))
            if not new["published_at"]:
                sentence = _("A practice archived on a date was public: it has a date of publication.")
                problems.append(self.layout.problem(row, "published_at", sentence))
        if not problems:
            problems += self._refused(row, new, practice)
        told = {one.column for one in problems}
        lacks = [self.layout.problem(row, *one) for one in lacking(new, self.layout).items()]
        problems += [one for one in lacks if one.column not in told]
        problems += [Problem(row, "", sentence) for sentence in broken(new, old if practice else None)]
        state = WRONG if problems else CHANGED if practice else NEW
        title = new[column("title")] or slug
        before, data = standing(old) if practice else "", {name: new[name] for name in new if name not in BESIDE}
        archived_at = new["archived_at"] or ""
        return Result(row, pk, title, state, data, new["status"], archived_at, step, before, problems)

    def _read(self, row, texts, old, there):
        """What a row makes of a practice, and what is wrong."""
        new, problems = dict(old), []
        for name, one in self.layout.columns.items():
            text = self.layout.cell(texts, name)
            if name == "related":
                new[name] = self.survey.related.get(self.survey.keys[row][1], [])
            elif name == "slug" or (there and text == one.text(old, self.words)) or (name in BESIDE and not text):
                # An address is how a practice is known, a former one too: a file does not change it.
                continue
            else:
                try:
                    value = one.read(text, self.words)
                    if isinstance(one, WebsitesColumn):
                        continue
                    new[one.key] = value
                    if isinstance(one, PartsColumn):
                        one.number(new[one.key], old[one.key])
                except ValidationError as error:
                    problems += [self.layout.problem(row, name, sentence) for sentence in error.messages]
        if not there:
            problems += self._wrong_slug(row, texts, new["slug"])
        new = without_empty_translations(Practice, new)
        if new["status"] != Status.ARCHIVED:
            new["archived_at"] = None
        if new["status"] == Status.PUBLISHED and new["published_at"] is None:
            new["published_at"] = old["published_at"] or timezone.now().isoformat()
        return new, problems

    def _refused(self, row, new, practice):
        """What the model refuses of a row as a whole, which no column tells by itself."""
        instance = copy(practice or self.blank)
        for one in kept_fields():
            setattr(instance, one.attname, from_kept(one, new))
        instance.status, instance.archived_at = new["status"], new["archived_at"]
        found = refusals(instance)
        every = self.layout.every
        return [
            self.layout.problem(row, name, sentence) if name in every else Problem(row, "", sentence)
            for name, sentence in found.items()
        ]

    def _wrong_slug(self, row, texts, slug):
        name = "slug" if self.layout.cell(texts, "slug") else self.layout.first("title")
        try:
            self.layout.every["slug"].clean(slug)
        except ValidationError as error:
            return [
                self.layout.problem(row, name, _("“%(value)s”: %(problem)s") % {"value": slug, "problem": sentence})
                for sentence in error.messages
            ]
        return []

    def _blank(self, slug):
        blank = Practice(author=self.by, slug=slug)
        return {
            **kept(blank),
            **{one.name: [] for one in Practice._meta.many_to_many},
            **{name: [] for name in PARTS},
            "status": Status.DRAFT.value,
            "archived_at": None,
        }

    def changes(self, results):
        """What results change, as {row: [Change]}, against the catalogue of this moment; for a page of them."""
        there = states(one.pk for one in results if one.pk > 0)
        names = {name: words.names for name, words in self.words.items()}
        found = {}
        for one in results:
            if one.state in (CHANGED, NEW):
                old = there[one.pk].state if one.pk in there else self._blank(one.data["slug"])
                beside = _status_change(old["status"], one.status) + _date_change(old["archived_at"], one.archived_at)
                found[one.row] = beside + differences(old, one.data, names)
        return found


def _status_change(old, new):
    if old == new:
        return []
    label = str(Practice._meta.get_field("status").verbose_name).capitalize()
    return [Change(label, [("del", str(Status(old).label)), ("ins", str(Status(new).label))])]


def _date_change(old, new):
    if not new or old == new:
        return []
    label = str(ARCHIVED_AT.verbose_name).capitalize()
    moments = (("del", old), ("ins", new))
    return [Change(label, [(kind, long_date(ARCHIVED_AT.to_python(one))) for kind, one in moments if one])]


def standing(state):
    """A short name for a practice as it stands: two that are equal have the same."""
    return f"{edition_of({name: state[name] for name in state if name not in BESIDE})}:{state['status']}"


def states(pks):
    """Practices as they are, as {primary key: Standing}, in a fixed number of queries."""
    practices = Practice.objects.in_bulk(list(pks))
    kept = snapshots(practices.values())
    return {
        pk: Standing(one, {**kept[pk], "status": one.status, "archived_at": ARCHIVED_AT.value_to_string(one) or None})
        for pk, one in practices.items()
    }
