"""Owns full-text search: the index in the database, which practices match, which come first, and nearest words.

The one place that asks which database runs: SQLite's FTS5 and PostgreSQL's GIN hold the same tokens and give the same
practices. A token is a stem behind the digit of the tier it was found in. How text becomes stems is in `analysis`; the
names of terms are searched in memory, so that a renamed term needs no indexing.
"""

import difflib
import re
from functools import reduce
from operator import and_

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.functional import cached_property
from django.utils.html import escape
from django.utils.safestring import mark_safe

from practices.analysis import WORD, asked_words, stem, stems_of
from practices.models import Practice
from practices.text import fold

TITLE, ORGANISATION, TERM, TEASER, SECTION = TIERS = range(5)
"""Where a word was found; the first come first in a list."""
TABLE = "practices_search"
WORDS_TABLE = "practices_search_word"
KEPT_WORDS = 200
"""Words whose practices a process keeps for one version."""
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


def index(pks):
    """Write what some practices (primary keys) are found by, in the transaction of the change."""
    rows, words = [], set()
    for practice in Practice.objects.filter(pk__in=list(pks)).prefetch_related("organisations"):
        fields = {
            TITLE: practice.title,
            ORGANISATION: " ".join(organisation.name for organisation in practice.organisations.all()),
            TEASER: practice.teaser,
            SECTION: " ".join(TAG.sub(" ", getattr(practice, name)) for name in Practice.SECTIONS)
            + f" {practice.place}",
        }
        tokens = {f"{tier}{one}" for tier, text in fields.items() for one in stems_of(text)}
        rows.append((practice.pk, sorted(tokens)))
        words.update(word[0].lower() for text in fields.values() for word in WORD.finditer(text) if len(word[0]) > 3)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.executemany(
                f"INSERT INTO {TABLE} (id, tokens) VALUES (%s, %s) "
                "ON CONFLICT (id) DO UPDATE SET tokens = EXCLUDED.tokens",
                rows,
            )
            known = f"INSERT INTO {WORDS_TABLE} (word) VALUES (%s) ON CONFLICT DO NOTHING"
        else:
            cursor.executemany(f"DELETE FROM {TABLE} WHERE rowid = %s", [(pk,) for pk, _tokens in rows])
            lines = [(pk, " ".join(tokens)) for pk, tokens in rows]
            cursor.executemany(f"INSERT INTO {TABLE} (rowid, tokens) VALUES (%s, %s)", lines)
            known = f"INSERT OR IGNORE INTO {WORDS_TABLE} (word) VALUES (%s)"
        cursor.executemany(known, [(word,) for word in sorted(words)])


def forget(pk):
    """Take a practice out of the index."""
    column = "id" if connection.vendor == "postgresql" else "rowid"
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE {column} = %s", [pk])


def practices_with(token):
    """The primary keys of the practices that have a token, drafts included."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SELECT string_agg(id::text, ',') FROM {TABLE} WHERE tokens @> ARRAY[%s]", [token])
        else:
            cursor.execute(f"SELECT group_concat(rowid) FROM {TABLE} WHERE {TABLE} MATCH %s", [f'"{token}"'])
        found = cursor.fetchone()[0]
    return [int(pk) for pk in str(found).split(",")] if found else []


# What matches, and in which order


class Search:
    """One search in one snapshot: which practices match every word, by how near the top of a page the words stand."""

    def __init__(self, query, snapshot):
        self.snapshot = snapshot
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
        before = 0
        for tier in self.tiers:
            yield within & tier & ~before
            before |= tier

    def _bitmaps(self, stems):
        kept = self.snapshot.searched
        if stems not in kept:
            bitmaps, union = [], 0
            for tier in TIERS:
                union |= self._in_terms(stems) if tier == TERM else self._in_text(stems, tier)
                bitmaps.append(union)
            if len(kept) >= KEPT_WORDS:
                kept.clear()
            kept[stems] = bitmaps
            return bitmaps
        return kept[stems]

    def _in_text(self, stems, tier):
        slots, octets = self.snapshot.slots, bytearray(len(self.snapshot.rows) // 8 + 1)
        for one in stems:
            for pk in practices_with(f"{tier}{one}"):
                slot = slots.get(pk)
                if slot is not None:
                    octets[slot >> 3] |= 1 << (slot & 7)
        return int.from_bytes(octets, "little")

    def _in_terms(self, stems):
        union = 0
        for param, terms in self.snapshot.terms.items():
            for term in terms:
                if not stems.isdisjoint(term_stems(term)):
                    union |= self.snapshot.bitmaps.get((param, term.slug), 0)
        return union


def term_stems(term):
    """The stems of a term's names, each in its language."""
    return {one for code, _name in settings.LANGUAGES for one in stems_of(getattr(term, f"name_{code}") or "", code)}


def narrowed(queryset, query):
    """The practices of a queryset that match, by SQL; one query a word, tier and stem."""
    for stems in asked_words(query):
        queryset = queryset.filter(pk__in=_having(stems, SECTION))
    return queryset


def ranked(queryset, query):
    """The same, in the order of `Search.ordered`, then the newest first."""
    words = asked_words(query)
    reached = [
        When(reduce(and_, (Q(pk__in=_having(stems, tier)) for stems in words)), then=Value(tier)) for tier in TIERS
    ]
    tier = Case(*reached, default=Value(len(TIERS)), output_field=IntegerField())
    return queryset.order_by(tier, "-published_at", "-pk")


def _having(stems, last):
    """The primary keys of the practices that have one of some stems in a tier up to `last`."""
    found = {pk for tier in range(last + 1) for one in stems for pk in practices_with(f"{tier}{one}")}
    if last >= TERM:
        for field in (*Practice._meta.many_to_many, Practice._meta.get_field("kind")):
            if hasattr(field.related_model, "description"):
                terms = [
                    term
                    for term in field.related_model._default_manager.all()
                    if not stems.isdisjoint(term_stems(term))
                ]
                found.update(Practice.objects.filter(**{f"{field.name}__in": terms}).values_list("pk", flat=True))
    return found


# What to try instead, and what to show of a match


def nearest(query):
    """The same search with each unknown word replaced by the nearest known one, or "" when there is nothing better."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT word FROM {WORDS_TABLE}")
        known = {fold(word): word for (word,) in cursor.fetchall()}
    stems = {stem(word, settings.LANGUAGE_CODE) for word in known}
    better = []
    for word in query.split():
        folded = fold(word)
        if stem(folded, settings.LANGUAGE_CODE) in stems or len(folded) < 4:
            better.append(word)
            continue
        alike = [one for one in known if abs(len(one) - len(folded)) <= 2]
        close = difflib.get_close_matches(folded, alike, n=1, cutoff=0.75)
        better.append(known[close[0]] if close else word)
    found = " ".join(better)
    return found if found != query else ""


def highlighted(text, words):
    """`text` escaped, the words that a search found marked; nothing in it can become markup."""
    stems = frozenset().union(*words)
    pieces, end = [], 0
    for match in WORD.finditer(text):
        if any(stem(fold(match[0]), code) in stems for code, _name in settings.LANGUAGES):
            pieces += [escape(text[end : match.start()]), "<mark>", escape(match[0]), "</mark>"]
            end = match.end()
    return mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308  every piece of the text is escaped
