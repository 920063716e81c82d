"""Django's checks of the newsletter's settings, told by every command of manage.py."""

from django.conf import settings
from django.core import checks
from django.utils.translation import gettext as _

from newsletter.delivery.composition import too_long


def bounce_address(**_kwargs):
    """An address of the mailbox of returns is signed before its @, where RFC 5321 (4.5.3.1) leaves 64 characters."""
    why = too_long(settings.BOUNCE_ADDRESS) if settings.BOUNCE_ADDRESS else ""
    if not why:
        return []
    hint = _("Take a shorter name before its @: retours@…")
    told = _("BOUNCE_ADDRESS: %(why)s.") % {"why": why}
    return [checks.Warning(told, hint=hint, id="newsletter.W001")]


def register():
    """Have all of these checked."""
    checks.register(bounce_address)
