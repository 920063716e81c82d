"""The search of one index, as the search box of a faceted list asks it (`facets.catalogue.SearchEngine`)."""

from django.db.models import QuerySet

from search import query, spelling
from search.analysis import LONGEST_QUERY, asked_words
from search.index import SearchIndex


class Engine:
    """The questions of a search box, put to one index."""

    longest = LONGEST_QUERY

    def __init__(self, index: SearchIndex) -> None:
        self.index = index

    def has_words(self, asked: str) -> bool:
        """Return whether there is anything to search for in what was typed."""
        return bool(asked_words(asked))

    def narrowed(self, queryset: QuerySet, asked: str) -> QuerySet:
        """Return the items of a queryset that match, by SQL."""
        return query.narrowed(queryset, asked, self.index)

    def ranked(self, queryset: QuerySet, asked: str) -> QuerySet:
        """Return the same, best first, then the newest first."""
        return query.ranked(queryset, asked, self.index)

    def search(self, asked: str, snapshot: query.Snapshot) -> query.Search:
        """Return the same in a snapshot, as bitmaps."""
        return query.Search(asked, snapshot, self.index)

    def nearest(self, asked: str, snapshot: query.Snapshot) -> str:
        """Return the search mended, where that finds something; else ""."""
        return spelling.nearest(asked, snapshot, self.index)

    def carry_over(self, before: query.Snapshot, after: query.Snapshot, pks: list[int]) -> None:
        """Take what was searched in the snapshot `before` over to `after`, in which some items changed."""
        query.carry_over(before, after, pks, self.index)
