"""The index in the database: what each item is found by, written in the transaction of its change.

The one place that asks which database runs: a virtual table of FTS5 on SQLite, an array under GIN on PostgreSQL. How
text becomes stems is in `analysis`, what matches in `query`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Model
from django.db.models.expressions import RawSQL

from content.languages import page_language
from search.analysis import stems_of, written_words

TAG = re.compile(r"<[^>]+>")
BATCH = 500
"""Items read at once for the index; a database bounds how many keys a statement may list."""
SHORTEST_PROPOSED = 4
"""Letters of the shortest word that may be proposed in the place of a mistyped one."""


@dataclass(frozen=True)
class Text:
    """A text of an item, plain or HTML, and the tier of the words in it.

    `language` is the one it is written in, the first language of the content by default; `pages` are the languages of
    the pages that tell it, None standing for all.
    """

    tier: int
    text: str
    language: str | None = None
    pages: tuple[str | None, ...] = (None,)


@dataclass(frozen=True)
class Entry:
    """What one item is found by: its `tokens`, and its `words` as they may be proposed."""

    tokens: list[str]
    words: set[str]


class SearchIndex:
    """The index of one model; a subclass says which texts an item has. Tiers are numbered from 0, the best first."""

    table: str
    words_table: str
    tiers: range
    terms_tier: int
    """The tier of the names of terms, which are not in the index."""
    model: type[Model]
    term_fields: tuple[str, ...] = ()
    """The fields of the model that hold terms, each of which has a `name`."""

    def entries(self, pks: Iterable[int]) -> dict[int, Entry]:
        """Return the entries of some items, as {primary key: Entry}."""
        raise NotImplementedError

    def create_statements(self, vendor: str) -> list[str]:
        """Return the statements that create the index in a database of a vendor ("sqlite", "postgresql")."""
        if vendor == "postgresql":
            return [
                f"CREATE TABLE {self.table} (id bigint PRIMARY KEY, tokens text[] NOT NULL)",
                f"CREATE INDEX {self.table}_tokens ON {self.table} USING gin (tokens)",
                f"CREATE TABLE {self.words_table} (word text PRIMARY KEY)",
            ]
        options = "tokenize = 'unicode61 remove_diacritics 0', detail = none"
        return [
            f"CREATE VIRTUAL TABLE {self.table} USING fts5(tokens, {options})",
            f"CREATE TABLE {self.words_table} (word text PRIMARY KEY) WITHOUT ROWID",
        ]

    # Writing

    def token(self, tier: int, stem: str, page: str | None = None) -> str:
        """Return the token of a stem in a tier, for every page or those of a language: "0ateli", "5en0workshop".

        The engines keep letters and figures only; a stem follows the first 0 after a code, which has none.
        """
        return f"{tier}{stem}" if page is None else f"{tier + len(self.tiers)}{page.replace('-', '')}0{stem}"

    def entry_of(self, texts: Iterable[Text]) -> Entry:
        """Return the entry of an item that has some texts; asks nothing of the database."""
        tokens: set[str] = set()
        words: set[str] = set()
        for one in texts:
            written = set(written_words(TAG.sub(" ", one.text)))
            stems = stems_of(written, one.language)
            tokens |= {self.token(one.tier, stem, page) for stem in stems for page in one.pages}
            words |= written
        return Entry(sorted(tokens), {word.lower() for word in words if len(word) >= SHORTEST_PROPOSED})

    def update(self, pks: Iterable[int]) -> None:
        """Write what some items are found by, in the transaction of the change."""
        pks = list(pks)
        for start in range(0, len(pks), BATCH):
            self.write(self.entries(pks[start : start + BATCH]))

    @transaction.atomic
    def write(self, entries: Mapping[int, Entry]) -> None:
        """Write the entries of some items, as {primary key: Entry}, in the place of those they had."""
        words: set[str] = set().union(*(entry.words for entry in entries.values()))
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.executemany(
                    f"INSERT INTO {self.table} (id, tokens) VALUES (%s, %s) "
                    "ON CONFLICT (id) DO UPDATE SET tokens = EXCLUDED.tokens",
                    [(pk, entry.tokens) for pk, entry in entries.items()],
                )
                known = f"INSERT INTO {self.words_table} (word) VALUES (%s) ON CONFLICT DO NOTHING"
            else:
                cursor.executemany(f"DELETE FROM {self.table} WHERE rowid = %s", [(pk,) for pk in entries])
                lines = [(pk, " ".join(entry.tokens)) for pk, entry in entries.items()]
                cursor.executemany(f"INSERT INTO {self.table} (rowid, tokens) VALUES (%s, %s)", lines)
                known = f"INSERT OR IGNORE INTO {self.words_table} (word) VALUES (%s)"
            cursor.executemany(known, [(word,) for word in sorted(words)])

    def clear(self) -> None:
        """Empty the index, and the words that may be proposed."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self.table}")
            cursor.execute(f"DELETE FROM {self.words_table}")

    def forget(self, pk: int) -> None:
        """Take an item out of the index."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {self.table} WHERE {self._key} = %s", [pk])

    # Reading

    @property
    def _key(self) -> str:
        return "id" if connection.vendor == "postgresql" else "rowid"

    def keys(self) -> set[int]:
        """Return the primary keys that the index knows, those of items that are not public included."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {self._key} FROM {self.table}")
            return {pk for (pk,) in cursor.fetchall()}

    def words(self) -> Iterator[str]:
        """Yield the words that may be proposed, as they were written once, in lower case."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT word FROM {self.words_table}")
            for (word,) in cursor.fetchall():
                yield word

    def by_tier(self, stems: Iterable[str], language: str | None = None) -> list[list[int]]:
        """Return the primary keys of the items that have one of some stems, public or not: a list for each tier.

        Found by the pages of a language, that of the present one unless said.
        """
        language = language or page_language()
        sought = [[self.token(tier, stem, page) for stem in stems for page in (None, language)] for tier in self.tiers]
        parameters: list[tuple]
        if connection.vendor == "postgresql":
            one = f"SELECT %s, string_agg(id::text, ',') FROM {self.table} WHERE tokens && %s"
            parameters = list(zip(self.tiers, sought, strict=True))
        else:
            one = f"SELECT %s, group_concat(rowid) FROM {self.table} WHERE {self.table} MATCH %s"
            asked = [" OR ".join(f'"{one}"' for one in tokens) for tokens in sought]
            parameters = list(zip(self.tiers, asked, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join([one] * len(parameters)), [value for pair in parameters for value in pair]
            )
            found = dict(cursor.fetchall())
        # SQLite gives a single key as a number.
        return [list(map(int, str(found[tier] or "").split(","))) if found[tier] else [] for tier in self.tiers]

    def having(self, stems: Iterable[str], last: int) -> RawSQL:
        """Return the statement that gives the keys of the items having one of some stems in a tier up to `last`.

        A common word is in every item, and a database bounds how many keys a statement may list.
        """
        pages = (None, page_language())
        tokens = [self.token(tier, stem, page) for tier in self.tiers[: last + 1] for stem in stems for page in pages]
        if connection.vendor == "postgresql":
            return RawSQL(f"SELECT id FROM {self.table} WHERE tokens && %s", [tokens])  # noqa: S611  our own table
        sought = " OR ".join(f'"{one}"' for one in tokens)
        return RawSQL(f"SELECT rowid FROM {self.table} WHERE {self.table} MATCH %s", [sought])  # noqa: S611  ours

    def tokens_of(self, pks: Iterable[int]) -> dict[int, set[str]]:
        """Return the tokens of some items, as {primary key: set}."""
        pks = list(pks)
        places = ", ".join(["%s"] * len(pks))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {self._key}, tokens FROM {self.table} WHERE {self._key} IN ({places})", pks)
            return {pk: set(tokens.split() if isinstance(tokens, str) else tokens) for pk, tokens in cursor.fetchall()}
