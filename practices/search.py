"""Owns full-text search: the index in the database, which practices match, which come first, and nearest words.

The one place that asks which database runs: SQLite's FTS5 and PostgreSQL's GIN hold the same tokens and give the same
practices. A token is a stem behind the digit of the tier it was found in; a page finds what it tells, so a text that is
translated is found by the pages of its language, and says so (`token`), while one that is not is found by all. How text
becomes stems is in `analysis`; the names of terms are searched in memory, so that a renamed term needs no indexing.
"""

import re
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import and_

from django.db import connection, transaction
from django.db.models import Case, IntegerField, Q, Value, When
from django.db.models.expressions import RawSQL
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import mark_safe
from pyroaring import FrozenBitMap
from rapidfuzz import fuzz, process

from practices.analysis import WORD, asked_words, stem, stems_of, words_of, written_words
from practices.languages import column, content_languages, default_language, other_languages, page_language
from practices.models import Practice
from practices.text import fold

TITLE, ORGANISATION, TERM, TEASER, SECTION = TIERS = range(5)
"""Where a word was found; the first come first in a list."""
TABLE = "practices_search"
WORDS_TABLE = "practices_search_word"
TEXTS = {TITLE: ("title",), TEASER: ("teaser",), SECTION: (*Practice.SECTIONS, "place")}
BATCH = 500
"""Practices read at once for the index; a database bounds how many keys a statement may list."""
KEPT_WORDS = 200
"""Words whose practices a process keeps for one version."""
SHORTEST_MENDED, NEAR, PROPOSED = 4, 75, 10
"""Words of fewer letters are not mended; this near, in percent, is a word proposed, of the nearest that are tried."""
TITLES_READ = 100
"""Titles in which the language of a proposed word is looked for."""
TAG = re.compile(r"<[^>]+>")


# The index


def create(vendor):
    """The statements that create the index."""
    if vendor == "postgresql":
        return [
            f"CREATE TABLE {TABLE} (id bigint PRIMARY KEY, tokens text[] NOT NULL)",
            f"CREATE INDEX {TABLE}_tokens ON {TABLE} USING gin (tokens)",
            f"CREATE TABLE {WORDS_TABLE} (word text PRIMARY KEY)",
        ]
    return [
        f"CREATE VIRTUAL TABLE {TABLE} USING fts5(tokens, tokenize = 'unicode61 remove_diacritics 0', detail = none)",
        f"CREATE TABLE {WORDS_TABLE} (word text PRIMARY KEY) WITHOUT ROWID",
    ]


@dataclass(frozen=True)
class Entry:
    """What one practice is found by: its `tokens`, and its `words` as they may be proposed."""

    tokens: list[str]
    words: set[str]


def token(tier, stem, page=None):
    """A stem found in a tier by every page, or by those of one language: "0ateli", "5en0workshop".

    The engines keep letters and figures only; a stem follows the first 0 after a code, which has none.
    """
    return f"{tier}{stem}" if page is None else f"{tier + len(TIERS)}{page.replace('-', '')}0{stem}"


def entry_of(practice, organisations):
    """The entry of a practice carried by some organisations (names); asks nothing of the database."""
    written = set(written_words(" ".join(organisations)))
    tokens, words = {token(ORGANISATION, one) for one in stems_of(written)}, written
    for tier, names in TEXTS.items():
        for name in names:
            for pages, language, text in _told(practice, name):
                written = set(written_words(TAG.sub(" ", text)))
                tokens |= {token(tier, one, page) for one in stems_of(written, language) for page in pages}
                words = words | written
    return Entry(sorted(tokens), {word.lower() for word in words if len(word) > 3})


def _told(practice, name):
    """Yield each wording of a text: the pages that tell it (None for all), the language it is in, itself."""
    first = default_language()
    translations = {code: getattr(practice, column(name, code)) for code in other_languages()}
    translations = {code: text for code, text in translations.items() if text}
    if text := getattr(practice, column(name)):
        falling_back = [code for code in content_languages() if code not in translations]
        yield (falling_back if translations else [None]), first, text
    for code, text in translations.items():
        yield [code], code, text


def index(pks):
    """Write what some practices (primary keys) are found by, in the transaction of the change."""
    pks = list(pks)
    for start in range(0, len(pks), BATCH):
        practices = Practice.objects.filter(pk__in=pks[start : start + BATCH]).prefetch_related("organisations")
        write({one.pk: entry_of(one, [carrier.name for carrier in one.organisations.all()]) for one in practices})


@transaction.atomic
def write(entries):
    """Write the entries of some practices, as {primary key: Entry}, in the place of those they had."""
    words = set().union(*(entry.words for entry in entries.values()))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                f"INSERT INTO {TABLE} (id, tokens) VALUES (%s, %s) "
                "ON CONFLICT (id) DO UPDATE SET tokens = EXCLUDED.tokens",
                [(pk, entry.tokens) for pk, entry in entries.items()],
            )
            known = f"INSERT INTO {WORDS_TABLE} (word) VALUES (%s) ON CONFLICT DO NOTHING"
        else:
            cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(pk,) for pk in entries])
            lines = [(pk, " ".join(entry.tokens)) for pk, entry in entries.items()]
            cursor.executemany(f"INSERT INTO {TABLE} (rowid, tokens) VALUES (%s, %s)", lines)
            known = f"INSERT OR IGNORE INTO {WORDS_TABLE} (word) VALUES (%s)"
        cursor.executemany(known, [(word,) for word in sorted(words)])


def clear():
    """Empty the index, and the words that may be proposed."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE}")
        cursor.execute(f"DELETE FROM {WORDS_TABLE}")


def forget(pk):
    """Take a practice out of the index."""
    column = "id" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE {column} = %s", [pk])


def indexed_keys():
    """The primary keys that the index knows."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {'id' if connection.vendor == 'postgresql' else 'rowid'} FROM {TABLE}")
        return {pk for (pk,) in cursor.fetchall()}


def practices_by_tier(stems, language=None) -> list[list[int]]:
    """The primary keys of the practices that have one of some stems, drafts included: a list for each tier.

    Found by the pages of a language, that of the present one unless said.
    """
    language = language or page_language()
    sought = [[token(tier, stem, page) for stem in stems for page in (None, language)] for tier in TIERS]
    parameters: list[tuple]
    if connection.vendor == "postgresql":
        one = f"SELECT %s, string_agg(id::text, ',') FROM {TABLE} WHERE tokens && %s"
        parameters = list(zip(TIERS, sought, strict=True))
    else:
        one = f"SELECT %s, group_concat(rowid) FROM {TABLE} WHERE {TABLE} MATCH %s"
        parameters = [
            (tier, " OR ".join(f'"{one}"' for one in tokens)) for tier, tokens in zip(TIERS, sought, strict=True)
        ]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([one] * len(TIERS)), [value for pair in parameters for value in pair])
        found = dict(cursor.fetchall())
    # SQLite gives a single key as a number.
    return [list(map(int, str(found[tier] or "").split(","))) if found[tier] else [] for tier in TIERS]


def tokens_of(pks):
    """The tokens of some practices, as {primary key: set}."""
    pks = list(pks)
    column = "id" if connection.vendor == "postgresql" else "rowid"
    places = ", ".join(["%s"] * len(pks))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}, tokens FROM {TABLE} WHERE {column} IN ({places})", pks)
        return {pk: set(tokens.split() if isinstance(tokens, str) else tokens) for pk, tokens in cursor.fetchall()}


# What matches, and in which order


class Search:
    """One search in one snapshot: which practices match every word, by how near the top of a page the words stand.

    What is searched is what the pages of the present language tell.
    """

    def __init__(self, query, snapshot):
        self.snapshot = snapshot
        self.language = page_language()
        self.words = asked_words(query)

    @cached_property
    def tiers(self):
        """For each tier, the bitmap of the practices whose every word is found in it or in one before it."""
        found = [self.snapshot.live] * len(TIERS)
        for stems in self.words:
            bitmaps = self._bitmaps(stems)
            found = [before & bitmap for before, bitmap in zip(found, bitmaps, strict=True)]
        return found

    @property
    def bitmap(self):
        """The practices that match."""
        return self.tiers[-1]

    def ordered(self, within):
        """The bitmaps, best first, into which the practices of `within` fall."""
        before = FrozenBitMap()
        for tier in self.tiers:
            yield (within & tier) - before
            before |= tier

    def _bitmaps(self, stems):
        kept, asked = self.snapshot.searched, (self.language, stems)
        if asked not in kept:
            in_terms = self._in_terms(stems)
            bitmaps, union = [], FrozenBitMap()
            for tier, pks in zip(TIERS, practices_by_tier(stems, self.language), strict=True):
                union |= in_terms if tier == TERM else self.snapshot.bitmap_of(pks)
                bitmaps.append(union)
            if len(kept) >= KEPT_WORDS:
                kept.clear()
            kept[asked] = bitmaps
            return bitmaps
        return kept[asked]

    def _in_terms(self, stems):
        union = FrozenBitMap()
        for param, terms in self.snapshot.terms.items():
            for term in terms:
                if not stems.isdisjoint(term_stems(term)):
                    union |= self.snapshot.bitmaps.get((param, term.slug), union)
        return union


def keep_searched(before, after, pks):
    """Take what searches of the snapshot `before` found over to the one `after`, in which some practices changed.

    A changed practice has another slot there, so that nothing has to be taken out; `pks` are those of public ones.
    """
    if not (kept := dict(before.searched)):
        return
    tokens = tokens_of(pks) if pks else {}
    named = {(param, term.slug): term_stems(term) for param, terms in after.terms.items() for term in terms}
    for (language, stems), bitmaps in kept.items():
        changed = list(bitmaps)
        for pk, of_practice in tokens.items():
            slot = after.slots[pk]
            reached = {
                tier
                for tier in TIERS
                if any(token(tier, one, page) in of_practice for one in stems for page in (None, language))
            }
            if any(not stems.isdisjoint(named.get(one, ())) for one in after.rows[slot].values):
                reached.add(TERM)
            for tier in TIERS[min(reached, default=len(TIERS)) :]:
                changed[tier] |= FrozenBitMap([slot])
        after.searched[language, stems] = changed


def term_stems(term):
    """The stems of a term's names, each in its language."""
    names = {code: written_words(getattr(term, column("name", code)) or "") for code in content_languages()}
    return {one for code, words in names.items() for one in stems_of(words, code)}


def narrowed(queryset, query):
    """The practices of a queryset that match, by SQL."""
    for stems in asked_words(query):
        queryset = queryset.filter(_having(stems, SECTION))
    return queryset


def ranked(queryset, query):
    """The same, in the order of `Search.ordered`, then the newest first."""
    words = asked_words(query)
    reached = [When(reduce(and_, (_having(stems, tier) for stems in words)), then=Value(tier)) for tier in TIERS]
    tier = Case(*reached, default=Value(len(TIERS)), output_field=IntegerField())
    return queryset.order_by(tier, "-published_at", "-pk")


def _having(stems, last):
    """The condition of the practices that have one of some stems in a tier up to `last`.

    The index is asked inside the statement: a common word is in the whole catalogue, and a database bounds how many
    keys a statement may list.
    """
    tokens = [token(tier, one, page) for tier in TIERS[: last + 1] for one in stems for page in (None, page_language())]
    if connection.vendor == "postgresql":
        found = RawSQL(f"SELECT id FROM {TABLE} WHERE tokens && %s", [tokens])  # noqa: S611  our own table
    else:
        sought = " OR ".join(f'"{one}"' for one in tokens)
        found = RawSQL(f"SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH %s", [sought])  # noqa: S611  our own table
    condition = Q(pk__in=found)
    if last >= TERM:
        for field in (*Practice._meta.many_to_many, Practice._meta.get_field("kind")):
            if hasattr(field.related_model, "description"):
                terms = [
                    term
                    for term in field.related_model._default_manager.all()
                    if not stems.isdisjoint(term_stems(term))
                ]
                under = Practice.objects.filter(**{f"{field.name}__in": terms})
                condition |= Q(pk__in=under.order_by().values("pk"))
    return condition


# What to try instead, and what to show of a match


def nearest(query, snapshot):
    """The same search with each word that finds nothing replaced by the nearest one that does, or "" for none better.

    A word that nothing is near of is left out; only what finds public practices is proposed.
    """
    better = [
        word if len(word) < SHORTEST_MENDED or Search(word, snapshot).bitmap else _nearest_word(word, snapshot)
        for word in query.split()
    ]
    found = " ".join(filter(None, better))
    return found if found != query and Search(found, snapshot).words and Search(found, snapshot).bitmap else ""


def _nearest_word(word, snapshot):
    """The nearest word that finds public practices, or ""; of several as near, one that the page's language tells."""
    known, best, best_score = known_words(snapshot.token), "", 0.0
    close = process.extract(fold(word), list(known), scorer=fuzz.ratio, limit=PROPOSED, score_cutoff=NEAR)
    for one, score, _key in close:
        if best and score < best_score:
            break
        bitmap = Search(known[one], snapshot).bitmap
        if bitmap and _is_told(one, bitmap, snapshot):
            return known[one]
        if bitmap and not best:
            best, best_score = known[one], score
    return best


def _is_told(word, bitmap, snapshot):
    """Whether a folded word is in the name of a term or in a title (the first of a bitmap), as the page tells them."""
    names = (name for param in snapshot.terms for name in snapshot.labels(param).values())
    language = page_language()
    titles = (snapshot.rows[slot].key_in(language).split(b"\x00", 1)[0].decode() for slot in bitmap[:TITLES_READ])
    return any(word in words_of(name) for name in names) or any(word in title.split() for title in titles)


@lru_cache(maxsize=1)
def known_words(token):
    """The words of the catalogue at the version of a token, as {folded: as written}."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT word FROM {WORDS_TABLE}")
        return {fold(word): word for (word,) in cursor.fetchall()}


def highlighted(text, words):
    """`text` escaped, the words that a search found marked; nothing in it can become markup."""
    stems = frozenset().union(*words)
    pieces, end = [], 0
    for match in WORD.finditer(text):
        if any(stem(fold(match[0]), code) in stems for code in content_languages()):
            pieces += [escape(text[end : match.start()]), "<mark>", escape(match[0]), "</mark>"]
            end = match.end()
    return mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308  every piece of the text is escaped
