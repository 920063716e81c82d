"""Owns who sends which message: a delivery is claimed by one sender at a time and settled by it alone.

A claim is one transaction: `SELECT … FOR UPDATE SKIP LOCKED` on PostgreSQL; on SQLite the transaction begins as a
writer's (IMMEDIATE, see the settings), and there is one writer at a time.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from newsletter.bounces import refused
from newsletter.models import Delivery, MailServer
from newsletter.models.deliveries import DeliveryState, Kind
from newsletter.processes import is_dead
from newsletter.transport import Fate

logger = logging.getLogger(__name__)

SERVICE = (Kind.CONFIRMATION, Kind.NOTICE, Kind.REMINDER)
"""Messages that somebody waits for or that follow from a rule; a second copy of one harms nobody."""
LEASE = timedelta(minutes=15)
"""How long a sender of which nothing is known keeps what it claimed: longer than any dialogue with a server lasts."""
BACK_OFF = [timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720, 1440, 1440, 1440)]
"""Waits between tries; after the last one, the delivery has failed (RFC 5321, 4.5.4.1: four to five days)."""
AFTER_DOUBT = timedelta(minutes=1)


def claim(sender, kinds=None):
    """Return the next delivery, now this sender's, or None when there is nothing to send at this moment."""
    now = timezone.now()
    with transaction.atomic():
        queue = Delivery.objects.to_send(now)
        if kinds is not None:
            queue = queue.filter(kind__in=kinds)
        delivery = queue.select_for_update(skip_locked=True, of=("self",)).first()
        if delivery is not None:
            delivery.state, delivery.claimed_by, delivery.claimed_at = DeliveryState.SENDING, sender, now
            delivery.tries += 1
            delivery.save(update_fields=["state", "claimed_by", "claimed_at", "tries"])
    return delivery


def settle(delivery, result):
    """Record what became of a delivery; only its present sender can."""
    now = timezone.now()
    if result.fate is Fate.SENT:
        return _record(delivery, state=DeliveryState.SENT, sent_at=now, answer=result.answer)
    if result.fate is Fate.FAILED:
        if result.about_address:
            refused(delivery, result.answer)
        return _record(delivery, state=DeliveryState.FAILED, answer=result.answer)
    if result.fate is Fate.UNKNOWN:
        return _doubt(delivery, result.answer)
    if result.fate is Fate.UNREACHABLE:
        # Not this message's fault: it keeps its place and its number of tries.
        return _record(delivery, state=DeliveryState.QUEUED, tries=delivery.tries - 1, answer=result.answer)
    if delivery.tries > len(BACK_OFF):
        return _record(delivery, state=DeliveryState.FAILED, answer=result.answer)
    later = now + BACK_OFF[delivery.tries - 1]
    return _record(delivery, state=DeliveryState.DEFERRED, next_try_at=later, answer=result.answer)


def drop(delivery, why):
    """Record that a message has no reason to leave any more."""
    return _record(delivery, state=DeliveryState.DROPPED, answer=why)


def recover():
    """Settle what senders that are dead, or silent for longer than LEASE, had claimed; return how many there were."""
    now, count = timezone.now(), 0
    for delivery in Delivery.objects.filter(state=DeliveryState.SENDING):
        if (delivery.claimed_at or now) < now - LEASE or is_dead(delivery.claimed_by):
            count += _doubt(delivery, "")
    return count


def _doubt(delivery, answer):
    """Send again, once, a message that may have left, under the same Message-ID; or list it, as the setting says."""
    again = settings.NEWSLETTER_WHEN_UNCERTAIN == "resend" or delivery.kind in SERVICE
    if again and not delivery.resent:
        later = timezone.now() + (AFTER_DOUBT if answer else timedelta(0))
        return _record(delivery, state=DeliveryState.QUEUED, resent=True, next_try_at=later, answer=answer)
    return _record(delivery, state=DeliveryState.UNCERTAIN, answer=answer)


def _record(delivery, **changes):
    """Write the changes if the delivery is still this sender's; return the number of rows, 1 or 0."""
    mine = Q(pk=delivery.pk, state=DeliveryState.SENDING, claimed_by=delivery.claimed_by)
    done = Delivery.objects.filter(mine).update(**changes)
    if not done:
        logger.warning("Delivery %s was settled by another sender, or erased.", delivery.pk)
    return done


# The mail server: its pace, and whether it answers


def server():
    """The row of the mail server."""
    return MailServer.objects.get_or_create(pk=1)[0]


def reserve_slot():
    """Take the next moment at which a message may leave; all senders share one pace, which outlives them."""
    pace = settings.NEWSLETTER_PER_MINUTE
    now = timezone.now()
    if not pace:
        return now
    server()
    with transaction.atomic():
        row = MailServer.objects.select_for_update().get(pk=1)
        slot = max(row.next_slot_at, now)
        MailServer.objects.filter(pk=1).update(next_slot_at=slot + timedelta(minutes=1) / pace)
    return slot


def note(answered):
    """Remember whether the mail server answers."""
    MailServer.objects.update_or_create(pk=1, defaults={"answered_at" if answered else "failed_at": timezone.now()})


def health():
    """For `operations.health`: "late" while messages are due, the oldest for long, and none has left meanwhile.

    A long letter at its pace is not late: something leaves every minute.
    """
    now = timezone.now()
    long_ago = now - timedelta(minutes=settings.HEALTH_MAIL_MINUTES)
    overdue = Delivery.objects.to_send(now).filter(next_try_at__lte=long_ago).order_by().exists()
    return "late" if overdue and not Delivery.objects.filter(sent_at__gt=long_ago).exists() else "ok"


def mail_is_late():
    """Whether messages that people wait for do not leave at present: the server does not answer, or nobody sends."""
    row = MailServer.objects.filter(pk=1).first()
    if row is not None and row.failed_at and (row.answered_at is None or row.failed_at > row.answered_at):
        return True
    return Delivery.objects.filter(
        kind=Kind.CONFIRMATION, state=DeliveryState.QUEUED, created_at__lt=timezone.now() - timedelta(minutes=10)
    ).exists()
