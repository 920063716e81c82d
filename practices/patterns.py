"""Owns templates that are rendered once and then filled in: a page prints hundreds of lines alike but for a few words.

A line costs a few microseconds this way, and fifty through the template. A pattern belongs to a language, and lives as
long as the process.
"""

from dataclasses import fields
from functools import lru_cache
from html import escape as html_escape
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

MANY = 7_770_777
"""What stands for a count of several: a plural number."""
PRINTABLE = (SafeString, int)
"""What is printed as it is."""
escape = lru_cache(maxsize=10_000)(html_escape)
"""The same words come back on every page: names of terms, addresses of choices."""
HOLES = [chr(0xE000 + place) for place in range(32)]
"""What stands in a rendered pattern for what changes: characters of Unicode's private use area."""


def filled(template, **given):
    """The HTML of a template that prints what it is given, and decides on its truth values only; safe to print.

    A `count` may be decided on too: whether it is 0, 1 or more.
    """
    render = _pattern.__wrapped__ if settings.DEBUG else _pattern
    count = given.pop("count", 0)
    printed = {name: one for name, one in given.items() if not isinstance(one, bool)}
    context: tuple[tuple[str, Any], ...] = tuple(zip(printed, HOLES, strict=False))
    context += tuple((name, one) for name, one in given.items() if name not in printed)
    context += (("count", MANY if count > 1 else count),)
    pattern = render(template, get_language(), context, len(printed))
    return mark_safe(pattern.format(*_words(printed.values()), count))  # noqa: S308  the words are escaped


def _words(values):
    """What is printed of some values: escaped, but for what is safe already."""
    return [one if isinstance(one, PRINTABLE) else escape(str(one)) for one in values]


def filled_lines(template, lines, **context):
    """The HTML of some lines of one class, each printed by `template` as `line`; safe to print.

    A line is a dataclass that nobody changes; freezing it would cost as much as its words. Its truth values, and
    whether its `count` is 0, 1 or more, are what the template may decide on; its other fields are only printed.
    `context` is what the template reads besides, the same for many lines.
    """
    if not lines:
        return ""
    kind: Any = type(lines[0])
    state_of, printed_of = _readers(kind)
    patterns: dict[tuple, str] = {}
    html = []
    for line in lines:
        state, count = state_of(line), getattr(line, "count", 0)
        key = (state, min(count, 2))
        if key not in patterns:
            patterns[key] = _line_pattern(template, kind, state, key[1], tuple(context.items()))
        html.append(patterns[key].format(*_words(printed_of(line)), count))
    return mark_safe("".join(html))  # noqa: S308  the words are escaped, the rest is of the template


def _line_pattern(template, kind, state, number, context):
    """The format string of a line in one state: a place for each printed field, the last for the count."""
    render = _pattern.__wrapped__ if settings.DEBUG else _pattern
    deciding, printed = _names(kind)
    line = (*zip(deciding, state, strict=True), *zip(printed, HOLES, strict=False))
    line += (("count", MANY if number > 1 else number),)
    return render(template, get_language(), (("line", line), *context), len(printed))


@lru_cache(maxsize=2000)
def _pattern(template, _language, context, places):
    """The format string of a template: its first places for the holes in order, the next for a count of several."""
    context = {name: dict(value) if isinstance(value, tuple) else value for name, value in context}
    html = render_to_string(template, context).strip().replace("{", "{{").replace("}", "}}")
    for place, mark in enumerate((*HOLES[:places], str(MANY))):
        html = html.replace(mark, f"{{{place}}}")
    return html


@lru_cache
def _names(kind):
    """The names of the fields of a class that are decided on, and of those that are printed."""
    deciding = [one.name for one in fields(kind) if one.type in (bool, "bool")]
    return deciding, [one.name for one in fields(kind) if one.name not in (*deciding, "count")]


@lru_cache
def _readers(kind):
    """Two functions that read a line: its state, and what it prints."""
    return [_tuple_of(names) for names in _names(kind)]


def _tuple_of(names):
    if not names:
        return lambda _line: ()
    read = attrgetter(*names)
    return read if len(names) > 1 else lambda line: (read(line),)
