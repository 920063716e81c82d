"""Who sends which message: a delivery is claimed by one sender at a time and settled by it alone.

A claim is one transaction: `SELECT … FOR UPDATE SKIP LOCKED` on PostgreSQL; on SQLite the transaction begins as a
writer's (IMMEDIATE, see the settings), and there is one writer at a time.
"""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from mail.processes import is_dead
from mail.refusals import Fault, fault_of, likeness
from mail.transport import Fate, Result
from newsletter.delivery.bounces import refused, take_back
from newsletter.models import Delivery, MailServer
from newsletter.models.deliveries import DeliveryState, Kind

logger = logging.getLogger(__name__)

SERVICE = (Kind.CONFIRMATION, Kind.NOTICE, Kind.REMINDER)
"""Messages that somebody waits for or that follow from a rule; a second copy of one harms nobody."""
LEASE = timedelta(minutes=15)
"""How long a sender of which nothing is known keeps what it claimed: longer than any dialogue with a server lasts."""
BACK_OFF = [timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720, 1440, 1440, 1440)]
"""Waits between tries; after the last one, the delivery has failed (RFC 5321, 4.5.4.1: four to five days)."""
AFTER_DOUBT = timedelta(minutes=1)
IN_A_ROW = 3
"""Addressees to whom the server says the same, and takes nothing in between: it speaks of us."""
CERTAIN_IN_A_ROW = 10
"""The same when it says each time that the address does not exist: a few may well follow each other in an old list."""
SENDERS = 10
"""Senders that may each wait for a slot at once."""
ALIKE_AMONG = 200
"""Refusals, the latest ones, among which the same words are looked for."""
FURTHEST_SLOT = timedelta(minutes=5)
"""No message waits longer than this for its turn, however many senders share the pace."""


def claim(sender, kinds=None):
    """Return the next delivery, now this sender's, or None when there is nothing to send at this moment."""
    now = timezone.now()
    with transaction.atomic():
        queue = Delivery.objects.to_send(now)
        if kinds is not None:
            queue = queue.filter(kind__in=kinds)
        delivery = queue.select_for_update(skip_locked=True, of=("self",)).first()
        if delivery is not None:
            delivery.last_tried_at = delivery.claimed_at if delivery.tries else None
            delivery.state, delivery.claimed_by, delivery.claimed_at = DeliveryState.SENDING, sender, now
            delivery.tries += 1
            delivery.save(update_fields=["state", "claimed_by", "claimed_at", "tries"])
    return delivery


def judge(delivery, result):
    """Return the Result of a refusal for good once it is known whom it concerns; any other one as it is.

    One that accuses us is believed to concern this message when the server takes others meanwhile (`believe`, or
    before the next try); until then the message waits. What is said to several addressees in a row concerns none of
    them: the server is as good as away, and what was held against them is undone.
    """
    if result.fate is not Fate.FAILED:
        return result
    fault, tried = fault_of("", result.answer), delivery.last_tried_at
    if tried and Delivery.objects.filter(sent_at__gt=tried, sent_at__lte=timezone.now()).exists():
        return result
    if fault is not Fault.OURS:
        alike = _refused_alike(result.answer)
        if len(_addressees(alike)) + 1 < (CERTAIN_IN_A_ROW if fault is Fault.ADDRESS else IN_A_ROW):
            return result
        _undo([pk for _addressee, pk in alike])
    return Result(Fate.WITHHELD, result.answer)


@transaction.atomic
def believe(delivery, answer):
    """Record that a refusal concerned its message after all: the server has taken the next one. Return 1 or 0."""
    waits = Delivery.objects.filter(pk=delivery.pk, state=DeliveryState.DEFERRED, answer=answer)
    done = waits.update(state=DeliveryState.FAILED)
    if done:
        refused(delivery, answer)
    return done


def refused_in_a_row(answer):
    """To how many addressees the server has said the same and taken nothing since."""
    return len(_addressees(_refused_alike(answer)))


def _addressees(alike):
    return {addressee for addressee, _pk in alike}


def _refused_alike(answer):
    """The deliveries refused in the same words since the server last took one, as [(addressee, primary key)]."""
    now = timezone.now()
    refused = Delivery.objects.filter(state__in=(DeliveryState.DEFERRED, DeliveryState.FAILED), claimed_at__lte=now)
    last = Delivery.objects.filter(sent_at__lte=now).aggregate(last=Max("sent_at"))["last"]
    if last is not None:
        refused = refused.filter(claimed_at__gt=last)
    rows = refused.order_by("-claimed_at").values_list("pk", "subscriber", "consent", "answer")[:ALIKE_AMONG]
    same = likeness(answer)
    return [
        (("reader", reader) if reader else ("consent", consent) if consent else ("message", pk), pk)
        for pk, reader, consent, said in rows
        if likeness(said) == same
    ]


def _undo(pks):
    """Have deliveries that failed wait again, and forget what that left."""
    failed = list(Delivery.objects.filter(pk__in=pks, state=DeliveryState.FAILED).values_list("pk", flat=True))
    with transaction.atomic():
        take_back(failed)
        Delivery.objects.filter(pk__in=failed).update(
            state=DeliveryState.DEFERRED, next_try_at=timezone.now() + BACK_OFF[0]
        )


def settle(delivery, result):
    """Record what became of a delivery; only its present sender can."""
    now = timezone.now()
    if result.fate is Fate.SENT:
        return _record(delivery, state=DeliveryState.SENT, sent_at=now, answer=result.answer)
    if result.fate is Fate.FAILED:
        with transaction.atomic():
            done = _record(delivery, state=DeliveryState.FAILED, answer=result.answer)
            if done:
                refused(delivery, result.answer)
        return done
    if result.fate is Fate.UNKNOWN:
        return _doubt(delivery, result.answer)
    if result.fate is Fate.UNREACHABLE:
        # Not this message's fault: it keeps its place and its number of tries.
        return _record(delivery, state=DeliveryState.QUEUED, tries=delivery.tries - 1, answer=result.answer)
    if result.fate is Fate.ASIDE:
        return _record(delivery, state=DeliveryState.ASIDE, answer=result.answer)
    if result.fate is Fate.WITHHELD:
        # The first of such refusals counts as a try; the next ones, while nothing leaves, do not.
        tries = max(1, delivery.tries - 1) if delivery.last_tried_at else delivery.tries
        later = now + BACK_OFF[min(tries, len(BACK_OFF)) - 1]
        return _record(delivery, state=DeliveryState.DEFERRED, tries=tries, next_try_at=later, answer=result.answer)
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
    step = timedelta(minutes=1) / pace
    with transaction.atomic():
        row = MailServer.objects.select_for_update().get(pk=1)
        slot = max(row.next_slot_at, now)
        if slot > now + step * SENDERS:
            # Each message that waits takes a step at most: a slot beyond them all is that of a clock that was ahead.
            waiting = Delivery.objects.unsettled()[: int(FURTHEST_SLOT / step) + 1].count()
            if slot > now + min(FURTHEST_SLOT, step * (waiting + SENDERS)):
                slot = now
        MailServer.objects.filter(pk=1).update(next_slot_at=slot + step)
    return slot


def note(answered, refusal=""):
    """Remember that the mail server takes messages, or that it takes none, and its words."""
    now = timezone.now()
    known = (
        {"answered_at": now, "failed_at": None, "refusal": ""} if answered else {"failed_at": now, "refusal": refusal}
    )
    MailServer.objects.update_or_create(pk=1, defaults=known)


def trouble():
    """Why nothing leaves at present, in the words of the mail server or of the attempt to reach it; "" if it does."""
    row = MailServer.objects.filter(pk=1).first()
    if row is None or not row.failed_at or (row.answered_at and row.answered_at > row.failed_at):
        return ""
    return row.refusal or "?"


def health():
    """For `operations.health`: "late" while messages are due, the oldest for long, and none has left meanwhile.

    A long letter at its pace is not late: something leaves every minute.
    """
    now = timezone.now()
    long_ago = now - timedelta(minutes=settings.HEALTH_MAIL_MINUTES)
    overdue = Delivery.objects.to_send(now).filter(next_try_at__lte=long_ago).order_by().exists()
    return "late" if overdue and not Delivery.objects.filter(sent_at__gt=long_ago, sent_at__lte=now).exists() else "ok"


def mail_is_late():
    """Whether messages that people wait for do not leave at present: the server does not answer, or nobody sends."""
    if trouble():
        return True
    return Delivery.objects.filter(
        kind=Kind.CONFIRMATION, state=DeliveryState.QUEUED, created_at__lt=timezone.now() - timedelta(minutes=10)
    ).exists()
