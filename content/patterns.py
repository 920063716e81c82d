"""Templates that are rendered once and then filled in: a page prints hundreds of lines alike but for a few words.

A line costs less than a microsecond this way, and fifty through the template. A pattern belongs to a language, and
lives as long as the process.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from functools import lru_cache
from html import escape as html_escape
from operator import attrgetter, itemgetter
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

MANY = 7_770_777
"""What stands for a count of several: a plural number."""
HOLES = [chr(0xE000 + place) for place in range(32)]
"""What stands in a rendered pattern for what changes: characters of Unicode's private use area."""
HOLE = re.compile(f"([{HOLES[0]}-{HOLES[-1]}]|{MANY})")
escape = lru_cache(maxsize=10_000)(html_escape)
"""The same words come back on every page: names of terms, addresses of choices."""
AS_THEY_ARE = (int, SafeString)
"""The types of what is printed without being escaped."""
State = tuple[int, ...]
"""Truth values, then 0, 1 or 2 for the count."""
Pick = Callable[[Sequence[object]], tuple[object, ...]]
"""Gives, of all the words, those that a pattern prints, in its order."""


def filled(template: str, *, count: int = 0, **given: object) -> SafeString:
    """Return the HTML of a template that prints what it is given, and decides on its truth values only; safe to print.

    The `count` may be decided on too: whether it is 0, 1 or more.
    """
    printed = {name: one for name, one in given.items() if not isinstance(one, bool)}
    deciding = {name: one for name, one in given.items() if isinstance(one, bool)}
    text, pick = _patterns(template, tuple(deciding), tuple(printed))[*deciding.values(), min(count, 2)]
    words = [one if isinstance(one, AS_THEY_ARE) else escape(str(one)) for one in printed.values()]
    return SafeString(text % pick((*words, count)))


def filled_lines(template: str, lines: Sequence[object]) -> SafeString:
    """Return the HTML of some lines of one class, each printed by `template` as `line`; safe to print."""
    return joined(filled_each(template, lines))


def joined(html: Iterable[str], between: str = "") -> SafeString:
    """Return some of the lines that `filled_each` gives, one after the other; safe to print."""
    return SafeString(between.join(html))


def filled_each(template: str, lines: Sequence[object]) -> list[str]:
    """Return the HTML of some lines of one class, one by one, each printed by `template` as `line`.

    A line is a dataclass that nobody changes; freezing it would cost as much as its words. Its truth values, and
    whether its `count` is 0, 1 or more, are what the template may decide on; its other fields are only printed, escaped
    unless they are declared as integers or safe strings.
    """
    if not lines:
        return []
    kind: Any = type(lines[0])
    deciding, printed, safe, counted = _names(kind)
    patterns = _patterns(template, deciding, printed, "line")
    # Column by column, so that what is done to each line is done by few calls.
    counts = list(map(attrgetter("count"), lines)) if counted else [0] * len(lines)
    numbers = [count if count < 2 else 2 for count in counts]
    states = zip(*(map(attrgetter(name), lines) for name in deciding), numbers, strict=True)
    columns = ((name, map(attrgetter(name), lines)) for name in printed)
    words = zip(*(one if name in safe else map(escape, one) for name, one in columns), counts, strict=True)
    return [text % pick(those) for (text, pick), those in zip(map(patterns.__getitem__, states), words, strict=True)]


class Patterns(dict[State, tuple[str, Pick]]):
    """What a template prints in each state, rendered when it is first asked for.

    A state is the values of the `deciding` names, then 0, 1 or 2 for the count. What is kept is a format string, and
    the function that picks the words for it among the `printed` ones, in order, and the count. The template reads
    these names in a variable called `whole`, if that is not "".
    """

    def __init__(self, template: str, deciding: tuple[str, ...], printed: tuple[str, ...], whole: str) -> None:
        super().__init__()
        self.template, self.deciding, self.printed, self.whole = template, deciding, printed, whole

    def __missing__(self, state: State) -> tuple[str, Pick]:
        """Render, keep and return the pattern of a state."""
        *truths, number = state
        names = dict(zip(self.deciding, truths, strict=True)) | dict(zip(self.printed, HOLES, strict=False))
        names["count"] = MANY if number > 1 else number
        html = render_to_string(self.template, {self.whole: names} if self.whole else names).strip()
        text, *others = HOLE.split(html.replace("%", "%%"))
        places = [HOLES.index(mark) if mark in HOLES else len(self.printed) for mark in others[::2]]
        pick = itemgetter(*places) if len(places) > 1 else lambda words: tuple(words[place] for place in places)
        self[state] = "%s".join([text, *others[1::2]]), pick
        return self[state]


def _patterns(template: str, deciding: tuple[str, ...], printed: tuple[str, ...], whole: str = "") -> Patterns:
    make = _kept_patterns.__wrapped__ if settings.DEBUG else _kept_patterns
    return make(get_language(), template, deciding, printed, whole)


@lru_cache(maxsize=500)
def _kept_patterns(
    _language: str | None, template: str, deciding: tuple[str, ...], printed: tuple[str, ...], whole: str
) -> Patterns:
    return Patterns(template, deciding, printed, whole)


@lru_cache
def _names(kind: type[Any]) -> tuple[tuple[str, ...], tuple[str, ...], frozenset[str], bool]:
    """Return the names of a class's fields decided on, printed, and printed as they are; whether it has a count."""
    types = {one.name: getattr(one.type, "__name__", one.type) for one in fields(kind)}
    counted = types.pop("count", None) is not None
    deciding = tuple(name for name, one in types.items() if one == "bool")
    printed = tuple(name for name in types if name not in deciding)
    safe = frozenset(name for name in printed if types[name] in [one.__name__ for one in AS_THEY_ARE])
    return deciding, printed, safe, counted
