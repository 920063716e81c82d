"""The orders of a list: for each, how the index sorts; the queryset method of the same name says it in SQL."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from content.languages import page_language

FAR = 1 << 30
"""The place of what has no place in an order: the end."""


@dataclass(frozen=True)
class Order:
    """One order: `key(snapshot)` gives a function from a row to what it is sorted by.

    `by_language` says whether it depends on the language of the page.
    """

    key: Callable[[Any], Callable[[Any], Any]]
    by_language: bool = False


def newest_first() -> Order:
    """The latest published first; ties in a fixed order."""
    return Order(lambda snapshot: lambda row: (-row.published_at, -row.pk))


def by_title() -> Order:
    """In the alphabetical order of the titles that the page tells."""

    def key(snapshot):
        language = page_language()
        return lambda row: (row.key_in(language), row.pk)

    return Order(key, by_language=True)


def by_first_term(field_name: str) -> Order:
    """By each item's first term of one vocabulary in the language of the page, then by title; without any, last."""

    def key(snapshot):
        language, param = page_language(), snapshot.params[field_name]
        ranks = {(param, slug): rank for rank, slug in enumerate(snapshot.labels(param))}

        def place(row):
            return min((ranks.get(one, FAR) for one in row.values), default=FAR), row.key_in(language), row.pk

        return place

    return Order(key, by_language=True)
