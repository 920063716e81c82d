"""How a person joins, changes, leaves and is erased: each a service, safe to call twice.

`ask` does the same for every address, known or not; what follows from the difference happens later, in
`delivery.messages`, where nobody can time it. Whoever writes locks what is known of the address and reads it again:
nothing that was decided or erased meanwhile comes back.
"""

from django.db import transaction
from django.utils import timezone

from mail.addresses import address_key, fingerprint
from newsletter import schedule
from newsletter.models import Consent, Delivery, ErasedAddress, SavedSearch, Subscriber
from newsletter.models.deliveries import Kind
from newsletter.models.readers import ReaderState
from newsletter.readers.consent_wording import PRESENT

MOST = 5
"""Requests of one address that one link confirms: a flood of them, by somebody else, is not hers."""


def ask(address, *, language, letters, frequency, query=""):
    """Record a request and queue its message; the address is a clean one, the query a selection's own."""
    with transaction.atomic():
        consent = Consent.objects.create(
            email=address,
            email_key=address_key(address),
            language=language,
            letters=letters,
            frequency=frequency,
            query=query,
            wording=PRESENT,
        )
        Delivery.objects.create(kind=Kind.CONFIRMATION, consent=consent)
    return consent


def to_confirm(key):
    """What the link of a request is about, as (address, requests, done), or None when there is nothing any more.

    All that an address has asked for lately is confirmed together, since at most one message a day goes to it. `done`
    says that this link has been used and that what it asked for still stands.
    """
    consent = Consent.objects.filter(key=key).select_related("subscriber").first()
    if consent is None:
        return None
    if consent.confirmed_at is None:
        waiting = Consent.objects.waiting().filter(email_key=consent.email_key).order_by("asked_at", "pk")
        asked = list(waiting[:MOST])
        return consent.email, asked if consent in asked else [*asked, consent], False
    if consent.withdrawn_at is None and consent.subscriber.state == ReaderState.ACTIVE:
        return consent.subscriber.email, [consent], True
    return None


def _locked(key):
    """The reader of an address in its normal form as she is now, or None; what was asked for is locked before her."""
    list(Consent.objects.select_for_update().filter(email_key=key).order_by("pk").values_list("pk"))
    return Subscriber.objects.select_for_update().filter(email_key=key).first()


@transaction.atomic
def confirm(key):
    """Confirm what the link of a request is about; return the reader, or None when the link has no use any more."""
    asked = Consent.objects.filter(key=key).first()
    if asked is not None:
        _locked(asked.email_key)
    found = to_confirm(key)
    if found is None:
        return None
    address, asked, done = found
    if done:
        return asked[0].subscriber
    now = timezone.now()
    reader, created = Subscriber.objects.select_for_update().get_or_create(
        email_key=address_key(address), defaults={"email": address, "joined_at": now}
    )
    if reader.state != ReaderState.ACTIVE or created:
        # Who comes back starts afresh: what was chosen the time before was withdrawn with the rest.
        reader.joined_at, reader.left_at, reader.letters, reader.frequency = now, None, False, ""
    for consent in asked:
        reader.email, reader.language = consent.email, consent.language
        reader.letters = reader.letters or consent.letters
        reader.frequency = consent.frequency or reader.frequency
    reader.state = ReaderState.ACTIVE
    touch(reader, now)
    reader.save(force_update=True)
    queries = {consent.query for consent in asked if consent.query}
    SavedSearch.objects.bulk_create(
        (SavedSearch(subscriber=reader, query=query) for query in sorted(queries)), ignore_conflicts=True
    )
    Consent.objects.filter(pk__in=[one.pk for one in asked]).update(subscriber=reader, confirmed_at=now)
    ErasedAddress.objects.filter(fingerprint=fingerprint(address)).delete()
    return reader


@transaction.atomic
def change(reader, *, language, letters, frequency, kept_searches):
    """Give a reader new choices and return her, or None where she left meanwhile; wanting nothing is leaving."""
    now = _locked(reader.email_key)
    if now is None or now.key != reader.key or now.state != ReaderState.ACTIVE:
        return None
    if not letters and not frequency:
        return leave(reader.key)
    reader = now
    dropped, _of_each = reader.searches.exclude(pk__in=[one.pk for one in kept_searches]).delete()
    added = (letters and not reader.letters) or (frequency and not reader.frequency)
    if added or (frequency and dropped and not kept_searches):
        # More than was agreed to until now (all that is new, where there was a search): the page tells the wording.
        _prove(reader, language=language, letters=letters, frequency=frequency)
    reader.language, reader.letters, reader.frequency = language, letters, frequency
    touch(reader, timezone.now())
    reader.save(force_update=True)
    return reader


def _prove(reader, **wishes):
    """Keep what a reader agrees to on the page of her choices, asked and confirmed at once."""
    now = timezone.now()
    Consent.objects.create(
        subscriber=reader,
        email=reader.email,
        email_key=reader.email_key,
        wording=PRESENT,
        asked_at=now,
        confirmed_at=now,
        **wishes,
    )


def touch(reader, now):
    """Note that a reader has just given a sign of life; whoever calls holds her row, and saves it."""
    reader.seen_at, reader.reminded_at = now, None
    if reader.frequency and not reader.next_digest_at:
        reader.told_since = now
    reader.next_digest_at = schedule.next_digest(reader.frequency, now)


@transaction.atomic
def leave(key):
    """Unsubscribe the reader of a key from everything, once; return the reader, or None when there is none any more."""
    found = Subscriber.objects.filter(key=key).values_list("email_key", flat=True).first()
    reader = _locked(found) if found else None
    if reader is not None and reader.state == ReaderState.ACTIVE:
        now = timezone.now()
        reader.state, reader.left_at, reader.next_digest_at = ReaderState.LEFT, now, None
        reader.letters, reader.frequency = False, ""
        reader.save(force_update=True)
        reader.searches.all().delete()
        reader.consents.standing().update(withdrawn_at=now)
    return reader


@transaction.atomic
def erase(address):
    """Erase all that is known of a clean address; only a keyed hash stays, which keeps it from being imported again."""
    key = address_key(address)
    _locked(key)
    Subscriber.objects.filter(email_key=key).delete()
    Consent.objects.filter(email_key=key).delete()
    ErasedAddress.objects.get_or_create(fingerprint=fingerprint(address))


def everything_about(reader):
    """All that is kept about a reader, ready for JSON (GDPR, articles 15 and 20)."""

    def row(one, *names):
        return {name: getattr(one, name) for name in names}

    wishes = row(reader, "email", "language", "letters", "frequency", "state", "told_since", "next_digest_at")
    dates = row(reader, "joined_at", "left_at", "seen_at", "reminded_at")
    told = reader.digests.order_by("made_at", "pk").prefetch_related("practices")
    return (
        wishes
        | dates
        | {
            "saved_searches": [row(one, "query", "created_at") for one in reader.searches.all()],
            "consents": [
                row(one, "email", "language", "letters", "frequency", "query", "wording", "source")
                | row(one, "asked_at", "confirmed_at", "withdrawn_at")
                for one in reader.consents.all()
            ],
            "deliveries": [
                row(one, "kind", "state", "created_at", "tries", "sent_at", "answer") for one in reader.deliveries.all()
            ],
            "digests": [
                row(one, "made_at") | {"practices": [each.slug for each in one.practices.all()]} for one in told
            ],
            "bounces": [row(one, "hard", "status", "diagnostic", "received_at") for one in reader.bounces.all()],
        }
    )
