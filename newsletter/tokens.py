"""The links that a reader's messages carry, and the signed words around them; what they open is in `views`.

How a link is signed, and what it proves, is in `mail.signed_links`.
"""

from datetime import timedelta

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from mail.addresses import address_key
from mail.signed_links import Link
from newsletter.models import Consent, Delivery, Subscriber
from newsletter.models.querysets import CONFIRM_WITHIN


def a_week():
    """The lifetime of a link to choices."""
    return timedelta(days=7)


def _of_readers(purpose, **more):
    """A kind of link to a reader. Her address is what she is known by: nothing changes it, nor ever has."""
    return Link(
        f"newsletter.{purpose}",
        rows=Subscriber.objects.all,
        mailed=True,
        proves=lambda reader: address_key(reader.email),
        unsigned_before=True,
        **more,
    )


CONFIRM = Link(
    "newsletter.confirm",
    lifetime=lambda: CONFIRM_WITHIN,
    rows=Consent.objects.all,
    mailed=True,
    proves=lambda asked: address_key(asked.email),
    unsigned_before=True,
)
PREFERENCES = _of_readers("preferences", lifetime=a_week)
# Who is asked whether to go on has the time she is told.
STAY = _of_readers("stay", lifetime=lambda: timedelta(days=settings.NEWSLETTER_REMINDER_DAYS))
LEAVE = _of_readers("leave")


def make(kind, value):
    """A word of a kind that says `value`."""
    return kind.sign(value)


def read(kind, word):
    """What a word of a kind says, or None when it is forged, too old, or for something else."""
    return kind.read(word)


class MailAddress(Link):
    """The same as a part of a mail address, for one message: letters and digits that survive a change of case."""

    def make(self, row):
        """The name of a delivery and its signature, for the address of its reader."""
        return f"{row.uid}-{stamp('leave', row.uid, self.proves(row))}"

    def find(self, word):
        """The delivery that a well signed word names; one signed before addresses were names it too."""
        uid, _dash, signature = word.lower().partition("-")
        row = self.rows().filter(uid=uid).first() if uid.isalnum() else None
        return row if row and self._signed(row, signature) else None

    open = find

    def _signed(self, row, signature):
        return any(constant_time_compare(stamp("leave", row.uid, one), signature) for one in (self.proves(row), ""))


LEAVE_BY_MAIL = MailAddress(
    "newsletter.leave-by-mail",
    rows=lambda: Delivery.objects.exclude(subscriber=None).select_related("subscriber"),
    mailed=True,
    proves=lambda delivery: address_key(delivery.subscriber.email),
    name="uid",
    unsigned_before=True,
)


def stamp(purpose, uid, address=""):
    """A short signature of a delivery's name for a mail address; of the reader's too, in its normal form, if given."""
    told = f"{uid} {address}" if address else uid
    return salted_hmac(f"newsletter.{purpose}", told, algorithm="sha256").hexdigest()[:16]


def stamped(purpose, uid, signature):
    """Whether `signature` is that of a message of ours, whatever its case, and to leave, of the reader as she is."""
    if purpose == "leave":
        return LEAVE_BY_MAIL.open(f"{uid}-{signature}") is not None
    return constant_time_compare(stamp(purpose, uid), signature.lower())
