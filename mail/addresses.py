"""What an e-mail address is: which are accepted, when two are the same, what is left of an erased one."""

import hmac
import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

LONGEST, LONGEST_LOCAL = 254, 64
"""Characters of an address and of what stands before its @ (RFC 5321, 4.5.3.1)."""

REFUSED = _("Enter an e-mail address such as nom@example.org.")


def clean_address(typed: str) -> str:
    """Return an address as it is written to: spaces around it gone, its domain in ASCII and lower case.

    What stands before the @ is kept as typed. Raises ValidationError for anything that is not the address of a mailbox
    on a public domain: control characters, a local machine, an IP address, a part that is too long.
    """
    address = unicodedata.normalize("NFC", typed.strip(" \u00a0"))
    local, at, domain = address.rpartition("@")
    if not at or len(local) > LONGEST_LOCAL or domain.startswith("[") or not address.isprintable():
        raise ValidationError(REFUSED, code="invalid")
    try:
        address = f"{local}@{punycode(domain.lower())}"
    except UnicodeError:
        raise ValidationError(REFUSED, code="invalid") from None
    EmailValidator(REFUSED, allowlist=[])(address)
    if len(address) > LONGEST:
        raise ValidationError(REFUSED, code="invalid")
    return address


def address_key(address: str) -> str:
    """Return the normal form of a clean address: two of the same form are the same mailbox; a "+tag" counts."""
    return address.lower()


def fingerprint(address: str) -> str:
    """Return the keyed hash of a clean address, as 64 hexadecimal digits.

    Nobody without the key can try addresses on it.
    """
    return hmac.digest(
        settings.NEWSLETTER_HASH_KEY.encode(), b"newsletter.erased:" + address_key(address).encode(), "sha256"
    ).hex()


def masked(address: str) -> str:
    """Return an address as its owner recognises it and nobody else learns it: "c…e@example.org"."""
    local, _at, domain = address.rpartition("@")
    return f"{local[:1]}…{local[-1:] if len(local) > 2 else ''}@{domain}"


class AddressField(forms.CharField):
    """A form field for an address of the kind above; what was typed is kept when it is refused."""

    widget = forms.EmailInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(strip=False, max_length=320, **kwargs)

    def clean(self, value: Any) -> str:
        """Return the clean address, "" where none is asked for; ValidationError as `clean_address` raises it."""
        typed = super().clean(value)
        return clean_address(typed) if typed else typed
