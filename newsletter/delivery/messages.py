"""What is written in a delivery of each kind, and whether it still has a reason to leave when its turn comes."""

from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter import tokens
from newsletter.delivery.composition import Mail, compose
from newsletter.models import Consent, Delivery, Subscriber
from newsletter.models.deliveries import DeliveryState, Kind, new_uid
from newsletter.models.readers import ReaderState
from newsletter.readers.consent_wording import wording
from newsletter.readers.saved_searches import described
from practices.models import Practice

ONE_DAY = timedelta(days=1)
SHOWN = 20
"""Practices that a digest tells one by one; of the others it gives the number."""
A_DAY_TO_A_READER = 5
"""Messages of confirmation that a reader may ask for in a day."""

PLACEHOLDERS = {name: f"https://{name.replace('_', '-')}.invalid/" for name in ("preferences_url", "leave_url")}
"""What stands in words written once for many, in place of each reader's own links."""


def write(delivery):
    """Return the Mail of a delivery, or None when there is no reason to send it any more."""
    return WRITERS[delivery.kind](delivery)


def links(reader):
    """The addresses that a reader's messages carry, in the language that is active."""
    return {
        "preferences_url": address("preferences", tokens.PREFERENCES.make(reader)),
        "leave_url": address("leave", tokens.LEAVE.make(reader)),
    }


def address(name, *args):
    """The public address of a page of the newsletter."""
    return settings.SITE_URL + reverse(f"newsletter:{name}", args=args)


def confirmation(delivery):
    """The message that asks an address whether it was really its owner."""
    consent = Consent.objects.get(delivery=delivery)
    reader = Subscriber.objects.filter(email_key=consent.email_key).first()
    if consent.confirmed_at or (reader is not None and reader.state == ReaderState.BLOCKED):
        return None
    active = reader is not None and reader.state == ReaderState.ACTIVE
    if _already_written(delivery, consent) >= (A_DAY_TO_A_READER if active else 1):
        return None
    with translation.override(consent.language):
        context = {
            "consent": consent,
            "search": described(consent.query),
            "wording": wording(consent.wording, consent.language),
            "confirm_url": address("confirm", tokens.CONFIRM.make(consent)),
            "preferences_url": links(reader)["preferences_url"] if active else "",
        }
        words = compose("confirmation", _("Please confirm: %(site)s") % {"site": settings.SITE_NAME}, context)
    return Mail(delivery.uid, to=consent.email, words=words)


def _already_written(delivery, consent):
    """How many other messages of this kind went to the address in the last day, or are about to.

    Of two that wait, the first one asked for goes.
    """
    others = Delivery.objects.filter(kind=Kind.CONFIRMATION, consent__email_key=consent.email_key).exclude(
        pk=delivery.pk
    )
    now = timezone.now()
    gone = others.filter(
        state__in=(DeliveryState.SENT, DeliveryState.UNCERTAIN), claimed_at__gt=now - ONE_DAY, claimed_at__lte=now
    )
    before = others.filter(
        state__in=(DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED), pk__lt=delivery.pk
    )
    return gone.count() + before.count()


def reminder(delivery):
    """The message that asks a reader of long ago whether to go on."""
    reader = delivery.subscriber
    if reader.state != ReaderState.ACTIVE or reader.reminded_at is None:
        return None
    with translation.override(reader.language):
        theirs = links(reader) | {"preferences_url": address("preferences", tokens.STAY.make(reader))}
        context = {"reader": reader, "days": settings.NEWSLETTER_REMINDER_DAYS, **theirs}
        words = compose(
            "reminder", _("Shall we go on writing to you? %(site)s") % {"site": settings.SITE_NAME}, context
        )
    return Mail(delivery.uid, to=reader.email, words=words, leave_url=theirs["leave_url"])


def letter(delivery):
    """An editor's letter, if the reader still wants them."""
    reader = delivery.subscriber
    if reader.state != ReaderState.ACTIVE or not reader.letters:
        return None
    with translation.override(reader.language):
        theirs = links(reader)
        words = _words_for_many(delivery.letter, delivery.letter.updated_at, reader.language).with_links(
            {PLACEHOLDERS[name]: url for name, url in theirs.items()}
        )
    return Mail(delivery.uid, to=reader.email, words=words, leave_url=theirs["leave_url"])


def trial(one, language, address):
    """A letter for its editor to see in her own mail program, before anybody gets it."""
    words = shown(one, language)
    with translation.override(language):
        words = replace(words, subject=_("[Trial] %(subject)s") % {"subject": words.subject})
    return Mail(new_uid(), to=address, words=words)


def shown(one, language):
    """What a letter says to who is no reader of it: the links of each lead to the form to sign up."""
    here = settings.SITE_URL + reverse("newsletter:sign_up")
    return letter_words(one, language).with_links(dict.fromkeys(PLACEHOLDERS.values(), here))


def letter_words(one, language):
    """What a letter says in a language, with PLACEHOLDERS for a reader's own links."""
    with translation.override(language):
        return compose("letter", one.title, {"letter": one, **PLACEHOLDERS})


@lru_cache(maxsize=16)
def _words_for_many(one, _updated_at, language):
    """The same, written once for all readers; two instances of one letter are equal."""
    return letter_words(one, language)


def digest(delivery):
    """The new practices of a reader's topics, if she still wants them and they still are public."""
    reader = delivery.subscriber
    practices = Practice.objects.published().filter(digestpractice__digest=delivery.digest_id)
    told = list(practices.for_cards().newest_first()[:SHOWN])
    if reader.state != ReaderState.ACTIVE or not reader.frequency or not told:
        return None
    count = practices.count()
    with translation.override(reader.language):
        theirs = links(reader)
        subject = ngettext("%(count)s new practice: %(title)s", "%(count)s new practices: %(title)s", count)
        subject %= {"count": count, "title": told[0].title}
        queries = [search.query for search in reader.searches.all()]
        only = queries[0] if len(queries) == 1 else ""
        context = {
            "practices": told,
            "count": count,
            "more": count - len(told),
            "listing": reverse("practices:listing") + only,
            "searches": [described(query) for query in queries],
            **theirs,
        }
        words = compose("digest", subject, context)
    return Mail(delivery.uid, to=reader.email, words=words, leave_url=theirs["leave_url"])


WRITERS = {Kind.CONFIRMATION: confirmation, Kind.REMINDER: reminder, Kind.LETTER: letter, Kind.DIGEST: digest}
"""Who writes each kind; the application that sends notices adds its own when it starts."""
