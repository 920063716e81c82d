"""Owns the signed words in mailed links: each opens one thing only, for a time; what it opens is in `consent`."""

from datetime import timedelta

from django.core import signing
from django.utils.crypto import constant_time_compare, salted_hmac

from newsletter.querysets import CONFIRM_WITHIN

CONFIRM, PREFERENCES, LEAVE, FORM = "confirm", "preferences", "leave", "form"
LIFETIMES = {CONFIRM: CONFIRM_WITHIN, PREFERENCES: timedelta(days=7), FORM: timedelta(days=1)}
"""How long a word works; leaving is possible for good."""
LONGEST = 200


def make(purpose, key):
    """A word for an address, bound to a purpose and to what `key` names."""
    return _signer(purpose).sign(key)


def read(purpose, token):
    """The key that a word was made for, or None when it is forged, too old, or for something else."""
    if len(token) > LONGEST:
        return None
    try:
        return _signer(purpose).unsign(token, max_age=LIFETIMES.get(purpose))
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
