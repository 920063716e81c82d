""" "Ma sélection": practices that a visitor keeps, in an order of theirs, carried by an address and stored nowhere.

What is told of each comes from `records`. A browser remembers its own selection by static/js/keep.js; the site never
hears of it otherwise than by the address of a page.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.functional import cached_property
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.languages import told_in
from practices.filters import indexed
from practices.former_slugs import moved_slugs
from practices.models import Practice
from practices.presentation.records import figure_line, read_with_practices

PARAM, COMPARED_PARAM = "p", "avec"
MOST, MOST_COMPARED, TOLD = 50, 4, 5
"""Practices of a selection, those seen side by side, and the unknown ones that a notice names."""


@dataclass(frozen=True)
class Item:
    """One practice of a selection and its record, with the queries of what can be done with it ("" for what cannot)."""

    practice: Practice
    record: dict
    without: str
    earlier: str
    later: str


@dataclass(frozen=True)
class Sheet:
    """One practice of a booklet, its record, and its terms other than countries and kind, as (label, names)."""

    practice: Practice
    record: dict
    terms: list


@dataclass(frozen=True)
class Line:
    """A text of a comparison and the language it is in, "" for words of the interface; HTML where it is `rich`."""

    text: str
    language: str = ""
    rich: bool = False


@dataclass(frozen=True)
class Row:
    """What each practice of a comparison has under a label, as (its record, its lines)."""

    label: str
    cells: list


class Shortlist:
    """The selection of an address: public practices in order, each once; what was left out is told in `notices`."""

    def __init__(self, data):
        asked = list(dict.fromkeys(value for value in data.getlist(PARAM) if value))
        self.filterset = indexed()
        self.too_many = len(asked) > MOST
        known = self._known(asked[:MOST])
        self.unknown = [slug for slug in asked[:MOST] if slug not in known]
        self.pks = list(dict.fromkeys(known[slug] for slug in asked[:MOST] if slug in known))
        self._compared = data.getlist(COMPARED_PARAM)

    def _known(self, asked):
        """The primary keys of the public practices among some slugs, present or former, as {slug: key}."""
        present = self._public(asked)
        moved = moved_slugs(Practice, [slug for slug in asked if slug not in present])
        moved_to = self._public(moved.values()) if moved else {}
        return present | {slug: moved_to[now] for slug, now in moved.items() if now in moved_to}

    def _public(self, slugs):
        rows = Practice.objects.filter(slug__in=slugs).order_by().values_list("slug", "pk")
        return {slug: pk for slug, pk in rows if pk in self.filterset.snapshot.slots}

    @cached_property
    def pairs(self):
        """Each practice with its record, in order."""
        return read_with_practices(self.filterset, self.pks)

    @property
    def records(self):
        """A record of each practice, in order."""
        return [record for _practice, record in self.pairs]

    @property
    def slugs(self):
        """Their present slugs, in order."""
        return [record["id"] for record in self.records]

    @property
    def query(self):
        """The query string of this selection, or "" where it is empty."""
        return query(self.slugs)

    @property
    def items(self):
        """The practices with the addresses that take each out or move it."""
        slugs = self.slugs
        return [
            Item(
                practice,
                record,
                without=query(slugs[:place] + slugs[place + 1 :]) or ".",
                earlier=query(_swapped(slugs, place - 1)) if place else "",
                later=query(_swapped(slugs, place)) if place + 1 < len(slugs) else "",
            )
            for place, (practice, record) in enumerate(self.pairs)
        ]

    @property
    def sheets(self):
        """The practices as a booklet prints them."""
        facets = [facet for facet in self.filterset.term_facets() if facet.param not in ("pays", "type")]
        return [
            Sheet(
                practice,
                record,
                [
                    (facet.label, " · ".join(names))
                    for facet in facets
                    if (names := _labels(record["facets"][facet.param]))
                ],
            )
            for practice, record in self.pairs
        ]

    @cached_property
    def compared(self):
        """The practices seen side by side, with their records: those asked for, else the first ones."""
        chosen = [pair for pair in self.pairs if pair[1]["id"] in self._compared]
        return (chosen or self.pairs)[:MOST_COMPARED]

    @property
    def not_compared(self):
        """Whether more were asked for than can be seen side by side."""
        chosen = [slug for slug in self.slugs if slug in self._compared]
        return len(chosen or self.slugs) > MOST_COMPARED

    @property
    def comparison(self):
        """The lines of the table: the facets where they are declared, the facts, the sections; none that is empty."""
        word = {field.name: capfirst(str(field.verbose_name)) for field in Practice._meta.fields}
        facets = [(facet.label, _facet_lines(facet.param)) for facet in self.filterset.facets]
        facts = [
            (word["end_year"], lambda _practice, record: [Line(year) for year in [record["end_year"]] if year]),
            (_("Organisations"), lambda _practice, record: [Line(one["name"]) for one in record["organisations"]]),
            (word["place"], lambda practice, _record: _told(practice, "place")),
            (_("Key figures"), _figure_lines),
            *((word[name], _section_lines(name)) for name in Practice.SECTIONS),
        ]
        rows = [
            Row(str(label), [(record, tell(practice, record)) for practice, record in self.compared])
            for label, tell in [*facets, *facts]
        ]
        return [row for row in rows if any(lines for _record, lines in row.cells)]

    @cached_property
    def notices(self):
        """Sentences that say what in the address was left out."""
        notices = []
        if self.unknown:
            shown = _("”, “").join(Truncator(slug).chars(60) for slug in self.unknown[:TOLD])
            sentence = ngettext(
                "“%(values)s” is no practice of this catalogue, or no longer, and was left out.",
                "“%(values)s” are no practices of this catalogue, or no longer, and were left out.",
                len(self.unknown),
            )
            notices.append(sentence % {"values": shown})
            others = len(self.unknown) - TOLD
            if others > 0:
                notices.append(ngettext("And %(count)s other.", "And %(count)s others.", others) % {"count": others})
        if self.too_many:
            notices.append(
                _("A selection holds %(count)s practices at most; the others were left out.") % {"count": MOST}
            )
        return notices


def query(slugs):
    """The query string of a selection."""
    return f"?{urlencode([(PARAM, slug) for slug in slugs])}" if slugs else ""


def _swapped(slugs, place):
    """The same slugs with the one at a place after the one that follows it."""
    return [*slugs[:place], slugs[place + 1], slugs[place], *slugs[place + 2 :]]


def _labels(values):
    return [each["label"] for each in values]


def _facet_lines(param):
    return lambda _practice, record: [Line(label) for label in _labels(record["facets"][param])]


def _told(instance, name, text=None, rich=False):
    """A text as the page tells it, with its language; nothing where it is empty."""
    text = getattr(instance, name) if text is None else text
    return [Line(text, told_in(instance, name), rich)] if text else []


def _figure_lines(practice, record):
    figures = zip(practice.key_figures.all(), record["key_figures"], strict=True)
    return [line for one, figure in figures for line in _told(one, "label", figure_line(figure))]


def _section_lines(name):
    return lambda practice, _record: _told(practice, name, rich=True)
