"""Django's checks of the newsletter's settings, told by every command of manage.py."""

from django.conf import settings
from django.core import checks

from newsletter.delivery.composition import too_long


def bounce_address(**_kwargs):
    """An address of the mailbox of returns is signed before its @, where RFC 5321 (4.5.3.1) leaves 64 characters."""
    why = too_long(settings.BOUNCE_ADDRESS) if settings.BOUNCE_ADDRESS else ""
    hint = "Prenez un nom plus court devant son @ : retours@…"
    return [checks.Warning(f"BOUNCE_ADDRESS : {why}.", hint=hint, id="newsletter.W001")] if why else []


def register():
    """Have all of these checked."""
    checks.register(bounce_address)
