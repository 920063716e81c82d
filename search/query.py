"""What matches a search, and in which order: in a snapshot of the facet index, and the same by SQL."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import and_
from typing import Protocol

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.functional import cached_property
from pyroaring import FrozenBitMap

from content.languages import column, content_languages, page_language
from search.analysis import asked_words, stems_of, written_words
from search.index import SearchIndex

KEPT_WORDS = 200
"""Words whose items a process keeps for one version."""


class Term(Protocol):
    """An entry of a vocabulary; its `name` is there in each language of the content."""

    slug: str


class Row(Protocol):
    """An item of a snapshot."""

    @property
    def values(self) -> Iterable[tuple[str, str]]:
        """The terms it has, as (vocabulary, slug)."""

    def key_in(self, language: str) -> bytes:
        """Return the sort key of its title in a language (`content.collation.sort_key`)."""


class Snapshot(Protocol):
    """What a search asks of the public items at one version, each of which has a slot: a number of their bitmaps."""

    @property
    def token(self) -> str:
        """What names the version."""

    @property
    def rows(self) -> Sequence[Row]:
        """The items by slot."""

    @property
    def slots(self) -> Mapping[int, int]:
        """The slots by primary key."""

    @property
    def live(self) -> FrozenBitMap:
        """The slots of all that is public."""

    @property
    def bitmaps(self) -> Mapping[tuple[str, str], FrozenBitMap]:
        """The slots of the items that have a term, by (vocabulary, slug)."""

    @property
    def terms(self) -> Mapping[str, Sequence[Term]]:
        """The terms of each vocabulary."""

    @property
    def searched(self) -> dict[tuple[str, frozenset[str]], list[FrozenBitMap]]:
        """What was found at this version, by language and stems: a bitmap for each tier."""

    def labels(self, param: str) -> Mapping[str, str]:
        """Return the names of a vocabulary in the language of the page, by slug."""

    def bitmap_of(self, pks: Iterable[int]) -> FrozenBitMap:
        """Return the slots of those among some items (primary keys) that are public."""


class Search:
    """One search in one snapshot: which items match every word, by how near the top of a page the words stand.

    What is searched is what the pages of the present language tell.
    """

    def __init__(self, query: str, snapshot: Snapshot, index: SearchIndex) -> None:
        self.snapshot = snapshot
        self.index = index
        self.language = page_language()
        self.words = asked_words(query)

    @cached_property
    def tiers(self) -> list[FrozenBitMap]:
        """For each tier, the bitmap of the items whose every word is found in it or in one before it."""
        found = [self.snapshot.live] * len(self.index.tiers)
        for stems in self.words:
            bitmaps = self._bitmaps(stems)
            found = [before & bitmap for before, bitmap in zip(found, bitmaps, strict=True)]
        return found

    @property
    def bitmap(self) -> FrozenBitMap:
        """The items that match."""
        return self.tiers[-1]

    def ordered(self, within: FrozenBitMap) -> Iterator[FrozenBitMap]:
        """Yield the bitmaps, best first, into which the items of `within` fall."""
        before = FrozenBitMap()
        for tier in self.tiers:
            yield (within & tier) - before
            before |= tier

    def _bitmaps(self, stems: frozenset[str]) -> list[FrozenBitMap]:
        kept, asked = self.snapshot.searched, (self.language, stems)
        if asked not in kept:
            in_terms = self._in_terms(stems)
            bitmaps, union = [], FrozenBitMap()
            for tier, pks in zip(self.index.tiers, self.index.by_tier(stems, self.language), strict=True):
                union |= in_terms if tier == self.index.terms_tier else self.snapshot.bitmap_of(pks)
                bitmaps.append(union)
            if len(kept) >= KEPT_WORDS:
                kept.clear()
            kept[asked] = bitmaps
            return bitmaps
        return kept[asked]

    def _in_terms(self, stems: frozenset[str]) -> FrozenBitMap:
        union = FrozenBitMap()
        for param, terms in self.snapshot.terms.items():
            for term in terms:
                if not stems.isdisjoint(term_stems(term)):
                    union |= self.snapshot.bitmaps.get((param, term.slug), union)
        return union


def carry_over(before: Snapshot, after: Snapshot, pks: list[int], index: SearchIndex) -> None:
    """Take what searches of the snapshot `before` found over to the one `after`, in which some items changed.

    A changed item has another slot there, so that nothing has to be taken out; `pks` are those of public ones.
    """
    if not (kept := dict(before.searched)):
        return
    tokens = index.tokens_of(pks) if pks else {}
    named = {(param, term.slug): term_stems(term) for param, terms in after.terms.items() for term in terms}
    for (language, stems), bitmaps in kept.items():
        changed = list(bitmaps)
        for pk, of_item in tokens.items():
            slot = after.slots[pk]
            reached = {
                tier
                for tier in index.tiers
                if any(index.token(tier, one, page) in of_item for one in stems for page in (None, language))
            }
            if any(not stems.isdisjoint(named.get(one, ())) for one in after.rows[slot].values):
                reached.add(index.terms_tier)
            for tier in index.tiers[min(reached, default=len(index.tiers)) :]:
                changed[tier] |= FrozenBitMap([slot])
        after.searched[language, stems] = changed


def term_stems(term: object) -> set[str]:
    """Return the stems of a term's names, each in its language."""
    names = {code: written_words(getattr(term, column("name", code)) or "") for code in content_languages()}
    return {one for code, words in names.items() for one in stems_of(words, code)}


def narrowed(queryset: QuerySet, query: str, index: SearchIndex) -> QuerySet:
    """Return the items of a queryset that match, by SQL."""
    for stems in asked_words(query):
        queryset = queryset.filter(_having(stems, index.tiers[-1], index))
    return queryset


def ranked(queryset: QuerySet, query: str, index: SearchIndex) -> QuerySet:
    """Return the same, in the order of `Search.ordered`, then the newest first (by `published_at`).

    A search without a word has every item in one tier.
    """
    newest_first = ("-published_at", "-pk")
    words = asked_words(query)
    if not words:
        return queryset.order_by(*newest_first)
    reached = [
        When(reduce(and_, (_having(stems, tier, index) for stems in words)), then=Value(tier)) for tier in index.tiers
    ]
    tier = Case(*reached, default=Value(len(index.tiers)), output_field=IntegerField())
    return queryset.order_by(tier, *newest_first)


def _having(stems: frozenset[str], last: int, index: SearchIndex) -> Q:
    """Return the condition of the items that have one of some stems in a tier up to `last`."""
    condition = Q(pk__in=index.having(stems, last))
    if last >= index.terms_tier:
        for name in index.term_fields:
            terms = index.model._meta.get_field(name).related_model._default_manager.all()
            named = [term for term in terms if not stems.isdisjoint(term_stems(term))]
            under = index.model._default_manager.filter(**{f"{name}__in": named})
            condition |= Q(pk__in=under.order_by().values("pk"))
    return condition
