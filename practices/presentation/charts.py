"""The map of Europe and the small charts of a list, drawn from the counts of its facets.

The shapes are in `static/img/europe.svg`, made once from Natural Earth (public domain) by `bench/europe.py`.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SHADES = 5
COLUMNS = 60
"""Height of the columns of years, in units of their drawing."""


@dataclass(slots=True)
class Shape:
    """A country as it is drawn; the small ones have a round mark at x and y."""

    code: str
    x: int
    y: int
    small: bool


@dataclass(slots=True)
class Place(Shape):
    """A country of the map: how many practices choosing it gives, its shade from 1; `query` toggles its filter."""

    label: str
    count: int
    selected: bool
    shade: int
    query: str


@cache
def shapes():
    """The countries of the map, as {ISO code: Shape}."""
    drawn = json.loads((Path(__file__).parent / "europe.json").read_text(encoding="utf-8"))
    return {code: Shape(code, **where) for code, where in drawn.items()}


def places(filterset):
    """The countries of the map that a choice would bring practices from, and those chosen, in display order."""
    facet, selection = filterset.facet("pays"), filterset.selection
    codes = {term.slug: term.code for term in filterset.snapshot.terms["pays"]}
    shown = [one for one in facet.options if codes[one.value] in shapes() and (one.count or one.selected)]
    most = max((one.count for one in shown), default=1)
    queries = selection.toggled("pays", facet.labels)
    found = []
    for one in shown:
        shade = min(SHADES, 1 + SHADES * (one.count - 1) // most) if one.count else 1
        drawn = shapes()[codes[one.value]]
        said = (one.label, one.count, one.selected, shade, queries[one.value])
        found.append(Place(drawn.code, drawn.x, drawn.y, drawn.small, *said))
    return found


def located(practice):
    """The shapes of a practice's countries that are on the map."""
    return [shapes()[country.code] for country in practice.countries.all() if country.code in shapes()]


@dataclass(slots=True)
class Bar:
    """One bar of a chart: its length is a percentage of the longest; `place` its rank from 0."""

    label: str
    count: int
    length: int
    place: int


def bars(facet):
    """The values of a facet that have practices, as bars, in display order."""
    shown = [one for one in facet.options if one.count]
    most = max((one.count for one in shown), default=1)
    return [Bar(one.label, one.count, max(1, 100 * one.count // most), place) for place, one in enumerate(shown)]


def years(facet):
    """Every year from the first to the last that has practices, as bars from left to right."""
    # The facet has the latest first.
    shown = [one for one in reversed(facet.options) if one.count]
    if not shown:
        return []
    most, first = max(one.count for one in shown), int(shown[0].value)
    return [Bar(one.label, one.count, -(-COLUMNS * one.count // most), int(one.value) - first) for one in shown]
