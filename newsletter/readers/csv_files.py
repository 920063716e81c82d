"""Readers as rows of a CSV file: what a row must say to be taken, and what a row tells.

Nobody is taken without a proof of consent: when, in which words, collected where. An erased address is never taken, and
one that left or is blocked stays as it is.
"""

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from content.spreadsheets import guarded, unguarded
from content.validation import refusals
from mail.addresses import address_key, clean_address, fingerprint
from newsletter.models import Consent, ErasedAddress, Subscriber
from newsletter.models.readers import Frequency, ReaderState
from newsletter.schedule import next_digest

REQUIRED = ("email", "consent_at", "consent_wording", "consent_source")
OPTIONAL = ("state", "language", "letters", "frequency")
EXPORTED = ("email", "state", "language", "letters", "frequency", "joined_at", *REQUIRED[1:])
TRUE, FALSE = ("1", "true", "oui", "yes"), ("0", "false", "non", "no", "")
LANGUAGES = tuple(code for code, _called in Subscriber._meta.get_field("language").choices or ())
COLUMN = {"wording": "consent_wording", "source": "consent_source", "email_key": "email"}
"""The columns of the fields that are not called as they are."""
BATCH = 500
OLDEST = 1990
"""No earlier year is one of consent to an e-mail."""


@dataclass(frozen=True)
class Row:
    """A row ready to be taken."""

    email: str
    consent_at: datetime
    wording: str
    source: str
    language: str
    letters: bool
    frequency: str
    state: str = ReaderState.ACTIVE


@dataclass
class Reading:
    """What a file holds: the rows to take, the problems as (line, column, what), and how many are known or kept out.

    Who `left` is not taken back; who is blocked stays so.
    """

    rows: list[Row] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    known: int = 0
    erased: int = 0
    left: int = 0


def read(path):
    """Read a whole file, UTF-8 with or without its mark, separated by commas or semicolons, and write nothing."""
    reading = Reading()
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        reading.problems.append((line, "", _("the file is not in UTF-8: save it so")))
        return reading
    separator = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    table = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator, restkey="", strict=True)
    try:
        _read_table(table, reading)
    except csv.Error as error:
        reading.problems.append((table.line_num, "", _("this row cannot be read (%(error)s)") % {"error": error}))
    return reading


def _read_table(table, reading):
    missing = [name for name in REQUIRED if name not in (table.fieldnames or ())]
    if missing:
        reading.problems += [(1, name, _("this column is missing")) for name in missing]
        return
    seen: dict[str, int] = {}
    known = set(Subscriber.objects.values_list("email_key", flat=True))
    erased = set(ErasedAddress.objects.values_list("fingerprint", flat=True))
    for cells in table:
        if (cells.get("state") or "").strip() == ReaderState.LEFT:
            reading.left += 1
            continue
        row = _row(cells, table.line_num, reading.problems)
        if row is None:
            continue
        key = address_key(row.email)
        if key in seen:
            reading.problems.append((table.line_num, "email", _("already at row %(row)s") % {"row": seen[key]}))
            continue
        seen[key] = table.line_num
        if key in known:
            reading.known += 1
        elif fingerprint(row.email) in erased:
            reading.erased += 1
        else:
            reading.rows.append(row)


def _row(cells, line, problems):
    """A row of the file, or None after noting what is wrong with it, column by column."""
    before = len(problems)
    value = {name: unguarded((cells.get(name) or "").strip()) for name in (*REQUIRED, *OPTIONAL)}

    def wrong(column, what):
        problems.append((line, column, what))

    email = ""
    try:
        email = clean_address(value["email"])
    except ValidationError:
        wrong("email", _("this is no e-mail address"))
    moment = None
    try:
        moment = datetime.fromisoformat(value["consent_at"])
        moment = timezone.make_aware(moment) if timezone.is_naive(moment) else moment
    except (ValueError, OverflowError):
        wrong("consent_at", _("it takes a date, 2026-11-24 or 2026-11-24T09:00"))
    if moment is not None and not OLDEST <= moment.year <= timezone.now().year:
        wrong("consent_at", _("this year cannot be one of consent"))
    elif moment is not None and moment > timezone.now():
        wrong("consent_at", _("this date is in the future"))
    for name in ("consent_wording", "consent_source"):
        if not value[name] or "\x00" in value[name]:
            wrong(name, _("it must be said which wording was agreed to, and where"))
    language = value["language"] or LANGUAGES[0]
    if language not in LANGUAGES:
        wrong("language", _("one of: %(values)s") % {"values": ", ".join(LANGUAGES)})
    frequency = value["frequency"]
    if frequency not in Frequency.values:
        wrong("frequency", _("one of: weekly, monthly, or nothing"))
    letters = value["letters"].lower()
    if letters not in (*TRUE, *FALSE):
        wrong("letters", _("one of: oui, non"))
    wants_letters = letters in TRUE if "letters" in cells else True
    state = value["state"] or ReaderState.ACTIVE
    if state not in ReaderState.values:
        wrong("state", _("one of: %(values)s, or nothing") % {"values": ", ".join(ReaderState.values)})
    if not wants_letters and not frequency:
        wrong("letters", _("neither the letters nor the new practices: there is nothing to send"))
    if moment is None:
        return None
    proof = (moment, value["consent_wording"], value["consent_source"])
    row = Row(email, *proof, language, wants_letters, frequency if frequency in Frequency.values else "", state)
    reader = _reader(row, timezone.now())
    told = {column for _line, column, _what in problems[before:]}
    for name, sentence in (refusals(reader) | refusals(_proof(row, reader))).items():
        if COLUMN.get(name, name) not in told:
            wrong(COLUMN.get(name, name), sentence)
    return row if len(problems) == before else None


def take(rows):
    """Make a reader of each row, with its consent; all or none. Nothing is sent to them for that."""
    now = timezone.now()
    readers = [_reader(row, now) for row in rows]
    proofs = [_proof(row, reader) for row, reader in zip(rows, readers, strict=True)]
    with transaction.atomic():
        Subscriber.objects.bulk_create(readers, batch_size=BATCH)
        Consent.objects.bulk_create(proofs, batch_size=BATCH)


def _reader(row, now):
    """The reader that a row makes, whose first sign of life is that of being taken."""
    return Subscriber(
        email=row.email,
        email_key=address_key(row.email),
        state=row.state,
        joined_at=row.consent_at,
        seen_at=now,
        told_since=now if row.frequency else None,
        next_digest_at=next_digest(row.frequency, now),
        **_wishes(row),
    )


def _proof(row, reader):
    """The consent that a row tells."""
    return Consent(
        subscriber=reader,
        email=row.email,
        email_key=reader.email_key,
        wording=row.wording,
        source=row.source,
        asked_at=row.consent_at,
        confirmed_at=row.consent_at,
        **_wishes(row),
    )


def _wishes(row):
    return {"language": row.language, "letters": row.letters, "frequency": row.frequency}


def write(stream, readers):
    """Write readers and their latest proof as CSV, in the columns that `read` takes; return how many."""
    table = csv.writer(stream)
    table.writerow(EXPORTED)
    count = 0
    for reader in readers.prefetch_related("consents").iterator(BATCH):
        proofs = [one for one in reader.consents.all() if one.confirmed_at]
        proof = max(proofs, key=lambda one: one.confirmed_at, default=None)
        cells = [
            reader.email,
            reader.state,
            reader.language,
            "oui" if reader.letters else "non",
            reader.frequency,
            reader.joined_at.isoformat(),
            proof.confirmed_at.isoformat() if proof else "",
            proof.wording if proof else "",
            (proof.source or "site") if proof else "",
        ]
        table.writerow(map(guarded, cells))
        count += 1
    return count
