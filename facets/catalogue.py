"""What an application tells this engine of its items: a subclass of `Catalogue`, with a search where it has one."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from django.db.models import Model, QuerySet
from pyroaring import FrozenBitMap

from facets.orders import Order
from facets.version import VersionLog

if TYPE_CHECKING:
    from facets.declaration import Term
    from facets.snapshot import Snapshot


class SearchAnswer(Protocol):
    """The answer to one search in one snapshot."""

    @property
    def bitmap(self) -> FrozenBitMap:
        """The slots of the items that match."""

    def ordered(self, within: FrozenBitMap) -> Iterable[FrozenBitMap]:
        """Return the bitmaps, best first, into which the matching items of `within` fall."""


class SearchEngine(Protocol):
    """What a search box asks: the same items by SQL and in memory."""

    longest: int
    """Characters of a search that are read."""

    def has_words(self, query: str) -> bool:
        """Return whether there is anything to search for in what was typed."""

    def narrowed(self, queryset: QuerySet, query: str) -> QuerySet:
        """Return the items of a queryset that match, by SQL."""

    def ranked(self, queryset: QuerySet, query: str) -> QuerySet:
        """Return the same, best first, then the newest first."""

    def search(self, query: str, snapshot: "Snapshot") -> SearchAnswer:
        """Return the answer to a search in a snapshot: the same items."""

    def nearest(self, query: str, snapshot: "Snapshot") -> str:
        """Return the search mended, where that finds something; else ""."""

    def carry_over(self, before: "Snapshot", after: "Snapshot", pks: list[int]) -> None:
        """Take what was searched in the snapshot `before` over to `after`, in which some items changed."""


class Catalogue:
    """The items of an application: which are public, since when, in which orders, and who counts their changes.

    An item is public from a moment on (`published_at`), and has a sort key of its title (`title_key`), a column each;
    the key also in each other language of the content, as modeltranslation names such a column.
    """

    model: type[Model]
    log: VersionLog
    orders: Mapping[str, Order]
    """The orders by name, each also a method of the model's queryset."""
    default_order: str
    published_at = "published_at"
    title_key = "title_key"
    search: SearchEngine | None = None

    def public(self) -> QuerySet:
        """Return all the public may see, in the order of their keys, texts as they are stored."""
        raise NotImplementedError

    def public_among(self, pks: Iterable[int]) -> QuerySet:
        """Return those of some items (primary keys) that the public may see, in the order of their keys."""
        raise NotImplementedError

    def appeared(self, since: datetime, until: datetime, limit: int) -> set[int]:
        """Return the keys of `limit` items at most that the clock alone made public after `since`, up to `until`."""
        return set()

    def next_appearance(self, now: datetime) -> datetime | None:
        """Return when the next item will become public by the clock alone, or None."""
        return None

    def moved_slugs(self, vocabulary: "type[Term]", slugs: Iterable[str] | None = None) -> dict[str, str]:
        """Return what the terms of a vocabulary are called now that had some slugs (or any), as {former: present}."""
        return {}
