"""Owns the signed words in mailed links: each opens one thing only, for a time; what it opens is in `consent`."""

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from newsletter.querysets import CONFIRM_WITHIN

CONFIRM, PREFERENCES, STAY, LEAVE, FORM = "confirm", "preferences", "stay", "leave", "form"
LONGEST = 200


def lifetime(purpose):
    """How long a word works, as a timedelta; None for good. Who is asked whether to go on has the time she is told."""
    if purpose == STAY:
        return timedelta(days=settings.NEWSLETTER_REMINDER_DAYS)
    return {CONFIRM: CONFIRM_WITHIN, PREFERENCES: timedelta(days=7), FORM: timedelta(days=1)}.get(purpose)


def make(purpose, key):
    """A word for an address, bound to a purpose and to what `key` names."""
    return _signer(purpose).sign(key)


def read(purpose, token):
    """The key that a word was made for, or None when it is forged, too old, or for something else."""
    if len(token) > LONGEST:
        return None
    try:
        return _signer(purpose).unsign(token, max_age=lifetime(purpose))
    except signing.BadSignature:
        return None


def _signer(purpose):
    # A dot, where Django has a colon: programs that find links in plain text stop at fewer of them.
    return signing.TimestampSigner(salt=f"newsletter.{purpose}", sep=".")


def stamp(purpose, uid):
    """A short signature of a delivery's name for a mail address: letters and digits that survive a change of case."""
    return salted_hmac(f"newsletter.{purpose}", uid, algorithm="sha256").hexdigest()[:16]


def stamped(purpose, uid, signature):
    """Whether `signature` is the one that `stamp` gives, whatever its case."""
    return constant_time_compare(stamp(purpose, uid), signature.lower())
