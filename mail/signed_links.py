"""What a signed address opens: every kind of link is declared once, with whose mailbox it proves.

A link that was mailed proves the mailbox it was sent to, and nothing else: the address is part of what it signs, so
that a row whose address changes opens to no link sent to the former one. A link that was never mailed proves none.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core import signing
from django.db.models import Model, QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

LONGEST = 200
"""Characters of the longest word that is read."""
LINKS: dict[str, "Link"] = {}
"""Every kind of link of the site, by its purpose; an application that has more of them declares its own."""


def for_good() -> None:
    """Return the lifetime of what does not expire: None."""


@dataclass(frozen=True)
class Word:
    """A signed word of one purpose; `lifetime` gives how long it is read, as a timedelta, or None for good."""

    purpose: str
    lifetime: Callable[[], timedelta | None] = for_good

    @property
    def _signer(self) -> signing.TimestampSigner:
        # A dot, where Django has a colon: programs that find links in plain text stop at fewer of them.
        return signing.TimestampSigner(salt=self.purpose, sep=".")

    def sign(self, value: str) -> str:
        """Return the word that says `value`."""
        return self._signer.sign(value)

    def read(self, word: str) -> str | None:
        """Return what a word says, or None when it is forged, too old, or of another purpose."""
        if len(word) > LONGEST:
            return None
        try:
            return self._signer.unsign(word, max_age=self.lifetime())
        except signing.BadSignature:
            return None

    def ends(self, word: str) -> datetime:
        """Return the moment from which a word that is read will not be any more; it has to have a lifetime."""
        signed = signing.b62_decode(word.rsplit(".", 2)[1])
        return datetime.fromtimestamp(signed, UTC) + (self.lifetime() or timedelta(0))


@dataclass(frozen=True, kw_only=True)
class Link(Word):
    """A kind of link to one row, which its signed word names by the field `name`.

    `mailed` says whether such links go to a mailbox; `proves` gives the normal form of the address that the link of a
    row proves, "" for none. Before addresses were signed, words held the name alone: `unsigned_before` says that those
    still open, which is safe where nothing has ever changed the address of a row.
    """

    rows: Callable[[], QuerySet]
    mailed: bool
    proves: Callable[[Any], str]
    name: str = "key"
    unsigned_before: bool = False

    def __post_init__(self) -> None:
        """Have it known among the kinds."""
        LINKS[self.purpose] = self

    def make(self, row: Model) -> str:
        """Return the word that opens a row to whoever reads the mailbox of its present address."""
        named = str(getattr(row, self.name))
        return self.sign(f"{named}.{self._mark(row)}" if self.proves(row) else named)

    def find(self, word: str) -> Any:
        """Return the row that a well signed word names, whatever its address has become, or None; it opens nothing."""
        named = (self.read(word) or "").partition(".")[0]
        return self.rows().filter(**{self.name: named}).first() if named else None

    def open(self, word: str) -> Any:
        """Return the row that a word opens, or None."""
        row = self.find(word)
        return row if row is not None and self.fits(word, row) else None

    def fits(self, word: str, row: Model) -> bool:
        """Return whether a well signed word opens this row, as it is."""
        named, _dot, mark = (self.read(word) or "").partition(".")
        if named != str(getattr(row, self.name)):
            return False
        return (not mark and self.unsigned_before) or constant_time_compare(mark, self._mark(row))

    def _mark(self, row: Model) -> str:
        """Return what a word tells of the address: a keyed hash that no other row has; "" where there is none."""
        address = self.proves(row)
        told = f"{getattr(row, self.name)} {address}"
        return salted_hmac(f"{self.purpose}.address", told, algorithm="sha256").hexdigest()[:20] if address else ""
