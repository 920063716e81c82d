"""What the newsletter does when a backup comes back: who was erased since stays erased, nothing leaves twice."""

from datetime import date

from django.db.models import Max
from django.utils.timezone import localdate
from django.utils.translation import ngettext

from mail.addresses import fingerprint
from newsletter.models import Consent, Delivery, ErasedAddress, Subscriber
from newsletter.models.deliveries import DeliveryState, Kind
from newsletter.readers.subscriptions import erase


def remember():
    """The hashes of the addresses that were erased, with the day: what a restored database must be told."""
    return [[one.fingerprint, one.erased_on.isoformat()] for one in ErasedAddress.objects.order_by("pk")]


def after(facts):
    """Erase again who was erased since the backup, and hold what may have left since."""
    said = []
    if count := _erase_again({mark: date.fromisoformat(day) for mark, day in facts["memory"]}):
        told = ngettext(
            "%(count)s reader erased since this backup: erased again.",
            "%(count)s readers erased since this backup: erased again.",
            count,
        )
        said.append(told % {"count": count})
    if not facts["moved"]:
        waiting = Delivery.objects.unsettled().filter(kind__in=(Kind.LETTER, Kind.DIGEST))
        if count := waiting.update(state=DeliveryState.UNCERTAIN, claimed_by=""):
            told = ngettext(
                "%(count)s message was waiting and may have left since: the editors see it as “doubtful”.",
                "%(count)s messages were waiting and may have left since: the editors see them as “doubtful”.",
                count,
            )
            said.append(told % {"count": count})
    return said


def _erase_again(erased):
    """Erase those of some hashes, as {hash: day}, who have not asked for anything after that day; return how many."""
    if not erased:
        return 0
    asked = dict(Consent.objects.values_list("email").annotate(Max("asked_at")))
    joined = dict(Subscriber.objects.values_list("email", "joined_at"))
    again = 0
    for address in asked.keys() | joined.keys():
        day = erased.pop(fingerprint(address), None)
        last = max(one for one in (asked.get(address), joined.get(address)) if one)
        if day and localdate(last) <= day:
            erase(address)
            ErasedAddress.objects.filter(fingerprint=fingerprint(address)).update(erased_on=day)
            again += 1
    for mark, day in erased.items():
        ErasedAddress.objects.get_or_create(fingerprint=mark, defaults={"erased_on": day})
    return again
