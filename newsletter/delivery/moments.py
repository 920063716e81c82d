"""Mends the stored moments that cannot be: a clock that was ahead, for one run or one sign-up, has left them.

A moment that the site has written is past; one that it waits for is no further than its rule allows. What is further is
due now, or at the rule's own next moment: mail that leaves a little early harms less than mail that sleeps for years.
"""

from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter import schedule
from newsletter.delivery.queue import BACK_OFF, FURTHEST_SLOT, LEASE
from newsletter.letters import TOO_LATE
from newsletter.models import Delivery, Letter, MailServer, SavedSearch, Subscriber
from newsletter.models.deliveries import DeliveryState
from newsletter.models.letters import LetterState
from newsletter.models.readers import Frequency

DRIFT = timedelta(minutes=2)
"""What the clocks of two machines may differ by."""


def mend():
    """Mend what is impossible of all that waits; return how many rows were. Cheap when there is nothing."""
    return sum(rows.update(**changes) for _sort, rows, changes in _impossible(timezone.now()))


def impossible():
    """What is impossible at this moment, as {name in words: number of rows}; nothing is changed."""
    now, found = timezone.now(), {}
    for name, rows, _change in _impossible(now):
        found[name] = found.get(name, 0) + rows.count()
    found[_("deliveries sent")] = Delivery.objects.filter(sent_at__gt=now + DRIFT).count()
    return {name: count for name, count in found.items() if count}


def _impossible(now) -> list[tuple[str, QuerySet, dict]]:
    """Each sort of impossible moment, as (name in words, its rows, what mends them)."""
    soon = now + DRIFT
    too_far = Q(state=DeliveryState.QUEUED, next_try_at__gt=soon)
    for tries, wait in enumerate(BACK_OFF, start=1):
        too_far |= Q(state=DeliveryState.DEFERRED, tries=tries, next_try_at__gt=soon + wait)
    too_far |= Q(state=DeliveryState.DEFERRED, next_try_at__gt=soon + max(BACK_OFF))
    claimed = Delivery.objects.filter(state=DeliveryState.SENDING, claimed_at__gt=now + LEASE)
    at_once = Letter.objects.filter(state=LetterState.SCHEDULED, send_at__gt=soon, updated_at__gt=soon)
    held = Letter.objects.filter(state=LetterState.HELD)
    readers = Subscriber.objects.active()
    found: list[tuple[str, QuerySet, dict]] = [
        (_("deliveries"), Delivery.objects.filter(too_far), {"next_try_at": now}),
        (_("deliveries"), claimed, {"claimed_at": now}),
        # What was asked to leave at once, by a clock that was ahead, has its moment before that of the asking.
        (_("letters"), at_once.filter(send_at__lte=F("updated_at")), {"send_at": now, "updated_at": now}),
        (_("letters"), held.filter(started_at=None, send_at__gt=now - TOO_LATE), {"state": LetterState.SCHEDULED}),
        (_("letters"), held.filter(progress_at__gt=now - TOO_LATE), {"state": LetterState.SENDING}),
        (_("letters"), Letter.objects.filter(started_at__gt=soon), {"started_at": now}),
        (_("letters"), Letter.objects.filter(progress_at__gt=soon), {"progress_at": now}),
        (_("readers"), readers.filter(told_since__gt=soon), {"told_since": now}),
        (_("readers"), readers.filter(joined_at__gt=soon), {"joined_at": now}),
        (_("saved searches"), SavedSearch.objects.filter(created_at__gt=soon), {"created_at": now}),
        (_("mail server"), MailServer.objects.filter(next_slot_at__gt=soon + FURTHEST_SLOT), {"next_slot_at": now}),
        (_("mail server"), MailServer.objects.filter(failed_at__gt=soon), {"failed_at": now}),
        (_("mail server"), MailServer.objects.filter(answered_at__gt=soon), {"answered_at": now}),
    ]
    for frequency in filter(None, Frequency.values):
        latest = schedule.next_digest(frequency, now + DRIFT)
        late = readers.filter(frequency=frequency, next_digest_at__gt=latest)
        found.append((_("readers"), late, {"next_digest_at": schedule.next_digest(frequency, now)}))
    return found
