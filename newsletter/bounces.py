"""Owns what a message that came back says, and what follows: blocked for good, counted, unsubscribed, or left alone.

The address it came to is signed (`mail.signed_address`), so that nobody can have somebody else blocked; what it says is
read from its delivery report (RFC 3464), not guessed from its words.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from newsletter import consent, tokens
from newsletter.models import Bounce, Delivery, Subscriber
from newsletter.models.deliveries import DeliveryState
from newsletter.models.readers import ReaderState

SIGNED = re.compile(r"\+(bounce|leave)-([0-9a-f]{20})-([0-9a-f]{16})@", re.IGNORECASE)
ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc", "X-Failed-Recipients")
ENHANCED = re.compile(r"5\.\d{1,3}\.\d{1,3}")
PASSING = ("5.2.2", "5.3", "5.4", "5.5", "5.6", "5.7")
"""Codes of class 5 that say nothing against the address: a full mailbox, the way, the message, a policy."""
SOFT_BEFORE_BLOCK = 5
SOFT_WITHIN = timedelta(days=90)


@dataclass(frozen=True)
class Report:
    """What a message is about: `purpose` is "bounce", "leave" or "" if not ours; `failed` if it reports a failure."""

    purpose: str = ""
    uid: str = ""
    failed: bool = False
    status: str = ""
    diagnostic: str = ""


def read(message: Message) -> Report:
    """Read one message of the mailbox."""
    found = _signed_address(message)
    if found is None:
        return Report()
    purpose, uid = found
    if purpose == "leave":
        return Report(purpose, uid)
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload() if part.is_multipart() else ():
                if str(block.get("Action", "")).strip().lower() == "failed":
                    status = str(block.get("Status", "")).strip().partition(" ")[0][:20]
                    diagnostic = " ".join(str(block.get("Diagnostic-Code", "")).replace("\x00", "").split())[:500]
                    return Report(purpose, uid, True, status, diagnostic)
    return Report(purpose, uid)


def is_hard(status):
    """Whether a code (RFC 3463) says that the address will never work."""
    return status.startswith("5.") and not any(status == one or status.startswith(f"{one}.") for one in PASSING)


def act(report):
    """Do what follows from a report; return what was done: "hard", "soft", "left" or "ignored". Safe to repeat."""
    delivery = Delivery.objects.filter(uid=report.uid).select_related("subscriber").first() if report.uid else None
    if delivery is None:
        return "ignored"
    if report.purpose == "leave":
        if delivery.subscriber is None:
            return "ignored"
        consent.leave(delivery.subscriber.key)
        return "left"
    if not report.failed:
        return "ignored"
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.FAILED, answer=report.diagnostic)
    return record(delivery, report.status, report.diagnostic)


def refused(delivery, answer):
    """Record that a server has refused an addressee for good, in its own words: "550 5.1.1 no such user"."""
    word = answer.partition(" ")[2].partition(" ")[0]
    record(delivery, word if ENHANCED.fullmatch(word) else "", answer)


@transaction.atomic
def record(delivery, status, diagnostic):
    """Keep what came back of a delivery, and block an address that will never work; return "hard" or "soft".

    A blocked reader's choices stay, for the editor who lets her in again.
    """
    reader, hard = delivery.subscriber, is_hard(status)
    Bounce.objects.get_or_create(
        delivery=delivery, hard=hard, status=status, defaults={"subscriber": reader, "diagnostic": diagnostic}
    )
    if reader is not None and (hard or _soft_too_often(reader)):
        Subscriber.objects.filter(pk=reader.pk, state=ReaderState.ACTIVE).update(state=ReaderState.BLOCKED)
    return "hard" if hard else "soft"


def _soft_too_often(reader):
    """Whether messages keep coming back."""
    recent = reader.bounces.filter(hard=False, received_at__gt=timezone.now() - SOFT_WITHIN)
    return recent.count() >= SOFT_BEFORE_BLOCK


def _signed_address(message):
    """The purpose and the delivery of the first of our signed addresses that a message came to, or None."""
    if not settings.BOUNCE_ADDRESS:
        return None
    headers = " ".join(str(value) for name in ADDRESSED for value in message.get_all(name, []))
    for found in SIGNED.finditer(headers):
        purpose, uid, signature = (word.lower() for word in found.groups())
        if tokens.stamped(purpose, uid, signature):
            return purpose, uid
    return None
