"""How long what is known of people is kept; each period is a setting."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.models import Consent, Delivery, Subscriber, Tally
from newsletter.models.deliveries import WAITING, DeliveryState, Kind
from newsletter.models.readers import ReaderState
from newsletter.readers.subscriptions import erase
from practices import statistics
from practices.editorial import unused_files


def prune(dry_run=False):
    """Erase what is older than its period; return {what was done: how many}. Safe to run at any time, and twice."""
    now, done = timezone.now(), {}
    for rule in RULES:
        done |= rule(now, dry_run)
    return done


def _prune_readers(now, dry_run):
    """The newsletter's own rule: requests never confirmed, readers long silent or gone, tallies."""

    def before(days):
        return now - timedelta(days=days)

    tallies = Tally.objects.filter(expires_at__lte=now)
    unconfirmed = Consent.objects.filter(confirmed_at=None, asked_at__lte=before(settings.NEWSLETTER_UNCONFIRMED_DAYS))
    silent = Subscriber.objects.active().filter(seen_at__lte=before(settings.NEWSLETTER_INACTIVE_DAYS))
    # Nobody is erased for not answering a message that never left: she is asked again.
    reminders = Delivery.objects.filter(kind=Kind.REMINDER, subscriber=OuterRef("pk"))
    waiting = Exists(reminders.filter(state__in=(*WAITING, DeliveryState.SENDING)))
    asked = reminders.filter(
        state__in=(DeliveryState.SENT, DeliveryState.UNCERTAIN), claimed_at__gte=OuterRef("reminded_at")
    )
    answer_by = before(settings.NEWSLETTER_REMINDER_DAYS)
    to_erase = silent.filter(Exists(asked.filter(claimed_at__lte=answer_by)), reminded_at__lte=answer_by)
    unasked = Q(reminded_at__lte=answer_by) & ~waiting & ~Exists(asked)
    to_remind = silent.filter(Q(reminded_at=None) | unasked)
    gone = Subscriber.objects.filter(state=ReaderState.LEFT, left_at__lte=before(settings.NEWSLETTER_LEFT_DAYS))
    done = {
        _("Tallies erased"): tallies.count(),
        _("Requests never confirmed, erased"): unconfirmed.count(),
        _("Silent readers, asked"): to_remind.count(),
        _("Silent readers who did not answer, erased"): to_erase.count(),
        _("Readers who left, erased"): gone.count(),
    }
    if not dry_run:
        for reader in [*to_erase, *gone]:
            erase(reader.email)
        for reader in to_remind:
            _remind(reader, now)
        tallies.delete()
        unconfirmed.delete()
    return done


RULES = [_prune_readers, unused_files.prune, statistics.prune]
"""What `prune` applies, each as rule(now, dry_run): the newsletter's, the files of the catalogue that nothing names
and old counts; an application that keeps data of people adds its own."""


@transaction.atomic
def _remind(reader, now):
    """Queue the question once, whoever else prunes at the same time."""
    if Subscriber.objects.filter(pk=reader.pk, reminded_at=reader.reminded_at).update(reminded_at=now):
        Delivery.objects.create(kind=Kind.REMINDER, subscriber=reader)
