"""How a letter leaves: scheduled, started, held when it is late, finished; no step is taken twice."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mail.setting_aside import Asides
from newsletter.models import Delivery, Letter, Subscriber
from newsletter.models.deliveries import DeliveryState, Kind
from newsletter.models.letters import LetterState

TOO_LATE = timedelta(days=1)
"""A letter this late asks before it leaves."""
BATCH = 1000


def schedule(letter, moment):
    """Have a draft leave at a moment; return whether it will."""
    allowed = [LetterState.DRAFT, LetterState.STOPPED]
    return _move(letter, allowed, state=LetterState.SCHEDULED, send_at=moment, updated_at=timezone.now())


def stop(letter):
    """Keep what has not left yet from leaving; return whether there was anything to stop."""
    stopped = _move(letter, [LetterState.SENDING, LetterState.HELD], state=LetterState.STOPPED)
    return stopped or _move(letter, [LetterState.SCHEDULED], state=LetterState.DRAFT)


def approve(letter):
    """Let a letter that is late or was stopped leave after all; return whether it does."""
    if letter.started_at is None:
        now = timezone.now()
        return _move(letter, [LetterState.HELD], state=LetterState.SCHEDULED, send_at=now, updated_at=now)
    allowed = [LetterState.HELD, LetterState.STOPPED]
    return _move(letter, allowed, state=LetterState.SENDING, progress_at=timezone.now())


def advance(asides=None):
    """Take every letter one step further where its time has come; return the letters that ask because they are late.

    A letter that cannot start is set aside (`setting_aside`); it stays scheduled, and the next run tries it again.
    """
    now, asides = timezone.now(), asides or Asides()
    for letter in Letter.objects.filter(state=LetterState.SCHEDULED, send_at__lte=now):
        with asides.trying(_("Letter “%(letter)s”") % {"letter": letter}), transaction.atomic():
            if (letter.send_at or now) < now - TOO_LATE:
                _move(letter, [LetterState.SCHEDULED], state=LetterState.HELD)
            else:
                start(letter)
    stalled = Letter.objects.filter(state=LetterState.SENDING, progress_at__lt=now - TOO_LATE)
    # What the server has put off has its own calendar: late is what nobody has tried to send.
    untried = Delivery.objects.filter(state=DeliveryState.QUEUED, tries=0).values("letter")
    stalled.filter(pk__in=untried).update(state=LetterState.HELD)
    return list(Letter.objects.filter(state=LetterState.HELD))


@transaction.atomic
def start(letter):
    """Make one delivery for each reader of the letters, and let them leave; return how many readers there are."""
    now = timezone.now()
    if not _move(letter, [LetterState.SCHEDULED], state=LetterState.SENDING, started_at=now, progress_at=now):
        return 0
    readers = Subscriber.objects.active().filter(letters=True).order_by("pk").values_list("pk", flat=True)
    Delivery.objects.bulk_create(
        (Delivery(kind=Kind.LETTER, letter=letter, subscriber_id=pk) for pk in readers.iterator(BATCH)),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    return Delivery.objects.filter(letter=letter).count()


def finish():
    """Mark the letters of which nothing is still to come."""
    unsettled = Delivery.objects.unsettled().exclude(letter=None).values("letter")
    Letter.objects.filter(state=LetterState.SENDING).exclude(pk__in=unsettled).update(state=LetterState.SENT)


def note_progress(letter_id):
    """Remember that the server takes this letter's messages; to the minute, so that senders do not queue for a row."""
    now = timezone.now()
    Letter.objects.filter(pk=letter_id, progress_at__lt=now - timedelta(minutes=1)).update(progress_at=now)


def _move(letter, allowed, **changes):
    """Change a letter if it still is in one of the states; one statement, so that of two callers one succeeds."""
    moved = Letter.objects.filter(pk=letter.pk, state__in=allowed).update(**changes)
    if moved:
        letter.refresh_from_db()
    return bool(moved)
