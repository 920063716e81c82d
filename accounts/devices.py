"""The browsers that a person has signed in with: a cookie says so, whatever is tried elsewhere under her name.

A device cookie opens nothing. It only has wrong passwords counted apart, so that nobody shuts a person out of where she
usually works (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"); the counts are in `attempts`.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import get_random_string, salted_hmac

KEPT = timedelta(days=400)
"""How long a browser that nobody signs in with stays known: browsers keep no cookie for longer (RFC 6265bis)."""
WORD = 22
"""Letters and figures of a device's own word: 128 bits and more."""


def device_of(request: HttpRequest, name: str) -> str:
    """Return the word of the browser that a request comes from, where the account of this name knows it, else ""."""
    value = request.COOKIES.get(_cookie(name))
    if not value:
        return ""
    # Asked of the database only for whoever has had the cookie of this name: no answer is slower for an account that
    # exists than for one that does not.
    account = get_user_model()._default_manager.filter(username=name).first()
    try:
        return _signer(account).unsign(value, max_age=KEPT) if account else ""
    except BadSignature:
        return ""


def remember(response: HttpResponse, account: User) -> None:
    """Have the browser that gets this answer known to an account, until the account's password changes."""
    response.set_cookie(
        _cookie(account.get_username()),
        _signer(account).sign(get_random_string(WORD)),
        max_age=KEPT,
        path=reverse("admin:index"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _cookie(name: str) -> str:
    """Return the name of the cookie of one account: several people share a browser, and none reads there who they are.

    It is a hash of the account's name (HMAC-SHA-256, 64 bits of it).
    """
    return f"device-{salted_hmac('accounts.devices.name', name, algorithm='sha256').hexdigest()[:16]}"


def _signer(account: User) -> TimestampSigner:
    # With a former password, anybody could have had as many browsers known as there are passwords to try.
    return TimestampSigner(salt=f"accounts.devices.{account.pk}.{account.get_session_auth_hash()}")
