"""How long ago practices were read again, and the yearly round over them all; the step is in `workflow`."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practices.models import Practice, ReviewRound

STALE = timedelta(days=365)
"""How long a practice stays good without anybody saying so."""


def looked_at_before(day):
    """The condition of public practices that nobody has read again since a day; publishing one is reading it."""
    midnight = timezone.make_aware(datetime.combine(day, time.min))
    return Q(reviewed_on__lt=day) | Q(reviewed_on=None, published_at__lt=midnight)


def stale(today):
    """The public practices that nobody has read again for a year."""
    return Practice.objects.published().filter(looked_at_before(today - STALE))


@dataclass(frozen=True)
class Progress:
    """Where a round stands: how many practices it took up, and how many are left."""

    round: ReviewRound
    left: int

    @property
    def done(self):
        """How many were read again, or have left the catalogue."""
        return max(self.round.due - self.left, 0)


def open_round():
    """The round under way, or None."""
    return ReviewRound.objects.filter(closed_at=None).select_related("by").first()


def in_round(one):
    """The public practices that are still to read in a round."""
    return Practice.objects.published().filter(looked_at_before(one.before))


def progress():
    """Where the round under way stands, or None; two queries."""
    one = open_round()
    return Progress(one, in_round(one).count()) if one else None


@transaction.atomic
def launch(by):
    """Begin a round over what nobody has read again for a year; ValidationError where there is nothing, or one already.

    It assigns nobody: whoever reads a practice says so on it.
    """
    _may(by)
    today = timezone.localdate()
    due = stale(today).count()
    if not due:
        raise ValidationError(_("Every practice was read again within a year: there is nothing to review."))
    if open_round():
        raise ValidationError(_("A round is under way already."))
    return ReviewRound.objects.create(by=by, before=today - STALE, due=due)


def close(by):
    """End the round under way, finished or not."""
    _may(by)
    ReviewRound.objects.filter(closed_at=None).update(closed_at=timezone.now())


def _may(person):
    if not person.has_perm("practices.review_practice"):
        raise PermissionDenied
