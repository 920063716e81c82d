"""The orders of a list: for each, how the index sorts; the queryset method of the same name says it in SQL."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from content.languages import page_language

if TYPE_CHECKING:
    from facets.snapshot import Row, Snapshot

FAR = 1 << 30
"""The place of what has no place in an order: the end."""


@dataclass(frozen=True)
class Order:
    """One order: `key(snapshot)` gives a function from a row to what it is sorted by, the least first.

    `by_language` says whether it depends on the language of the page.
    """

    key: Callable[["Snapshot"], Callable[["Row"], Any]]
    by_language: bool = False


def newest_first() -> Order:
    """Return the order of publication, the latest first; ties by primary key, the greatest first."""
    return Order(lambda snapshot: lambda row: (-row.published_at, -row.pk))


def by_title() -> Order:
    """Return the alphabetical order of the titles that the page tells; ties by primary key."""

    def key(snapshot: "Snapshot") -> Callable[["Row"], Any]:
        language = page_language()
        return lambda row: (row.key_in(language), row.pk)

    return Order(key, by_language=True)


def by_first_term(field_name: str) -> Order:
    """Return the order of each item's first term in one field, then of title; without any, last."""

    def key(snapshot: "Snapshot") -> Callable[["Row"], Any]:
        language, param = page_language(), snapshot.params[field_name]
        ranks = {(param, slug): rank for rank, slug in enumerate(snapshot.labels(param))}

        def place(row: "Row") -> tuple[int, bytes, int]:
            return min((ranks.get(one, FAR) for one in row.values), default=FAR), row.key_in(language), row.pk

        return place

    return Order(key, by_language=True)
