"""What only a look at every row tells: which practice each is, doubles, unknown words, who is related to whom."""

from dataclasses import asdict, dataclass, field

from django.utils.translation import gettext as _

from content.slugs import slug_of
from practices.importing import cells
from practices.importing.columns import words_of
from practices.importing.problems import Problem
from practices.importing.words import Addresses, Vocabulary, address, meanings
from practices.models import Practice


@dataclass
class Survey:
    """What a whole file says."""

    keys: dict[int, tuple[str, int]] = field(default_factory=dict)
    """The slug of each row, and its practice: its primary key, or below zero the row that makes it."""
    related: dict[int, list[int]] = field(default_factory=dict)
    """Of the practices in the file, those that either side calls related."""
    unknown: dict[str, dict[str, int]] = field(default_factory=dict)
    """Words that mean no term, by column, with the first row that has them."""
    addresses: dict[int, str] = field(default_factory=dict)
    """How the related practices are called."""
    problems: list[Problem] = field(default_factory=list)

    def as_json(self):
        """The same as JSON values."""
        return asdict(self) | {name: list(getattr(self, name).items()) for name in ("keys", "related", "addresses")}

    @classmethod
    def from_json(cls, data):
        """A survey from what `as_json` gave."""
        return cls(
            {row: tuple(key) for row, key in data["keys"]},
            dict(data["related"]),
            data["unknown"],
            dict(data["addresses"]),
            [Problem(**one) for one in data["problems"]],
        )

    @property
    def new(self):
        """The rows that make a practice."""
        return [row for row, (_slug, pk) in self.keys.items() if pk < 0]


def survey(layout, rows, decisions=None):
    """Read every row, as {number: texts}, and what was decided of unknown words, as {column: {word: slug or "+"}}."""
    found, first = Survey(), {}
    if layout.first("title") not in layout.places and "slug" not in layout.places:
        told = _("No column holds the title or the address of the practices: the headings must name one of them.")
        found.problems.append(Problem(1, "", told))
        return found
    slugs = _slugs(layout, rows, found)
    known = Addresses(slugs.values())
    for row, slug in slugs.items():
        pk = known.find(slug) or -row
        if pk in first:
            told = _("The same practice is already in row %(row)d.") % {"row": first[pk]}
            found.problems.append(layout.problem(row, _key(layout), told))
            continue
        first[pk] = row
        known.add(slug, pk)
        found.keys[row] = (slug, pk)
    for name, column in layout.every.items():
        if found.new and column.required and name not in layout.places:
            told = _("This column is missing: new practices need it (the first one is in row %(row)d).")
            found.problems.append(Problem(1, column.heading, told % {"row": found.new[0]}))
    if "related" in layout.places:
        _relate(layout, rows, found, known)
    _note_unknown(layout, rows, found, words_of(decisions))
    return found


def _key(layout):
    return "slug" if "slug" in layout.places else layout.first("title")


def _slugs(layout, rows, found):
    """The slug of each row: its own, or the one that its title gives, so that a file without any can be read again."""
    longest = (Practice._meta.get_field("slug").max_length or 0) - 5
    slugs = {}
    for row, texts in rows.items():
        slug = address(layout.cell(texts, "slug")) or slug_of(layout.cell(texts, layout.first("title")), longest)
        if slug:
            slugs[row] = slug
        else:
            found.problems.append(Problem(row, "", _("Neither an address nor a title: which practice is this?")))
    return slugs


def _relate(layout, rows, found, known):
    """Two practices are related as soon as the row of one says so: each row of an export names the other."""
    named = {row: cells.pieces(layout.cell(rows[row], "related")) for row in found.keys}
    elsewhere = {address(slug) for slugs in named.values() for slug in slugs} - set(known.keys)
    for slug, pk in Addresses(elsewhere).keys.items():
        known.add(slug, pk)
    related: dict[int, set[int]] = {pk: set() for _slug, pk in found.keys.values()}
    for row, (_slug, pk) in found.keys.items():
        for slug in named[row]:
            other = known.find(slug)
            if other is None:
                told = _("Unknown: %(words)s.") % {"words": _("“%(words)s”") % {"words": slug}}
                found.problems.append(layout.problem(row, "related", told))
                continue
            related[pk].add(other)
            if other in related:
                related[other].add(pk)
            found.addresses[other] = address(slug)
    found.related = {pk: sorted(others) for pk, others in related.items()}


def _note_unknown(layout, rows, found, words):
    for name, vocabulary in words.items():
        if name not in layout.places or not isinstance(vocabulary, Vocabulary):
            continue
        seen = set()
        for row, texts in rows.items():
            text = layout.cell(texts, name)
            if text in seen:
                continue
            seen.add(text)
            for word, pk in meanings(text, vocabulary):
                if pk is None:
                    found.unknown.setdefault(name, {}).setdefault(word, row)
