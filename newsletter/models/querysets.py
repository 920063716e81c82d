"""Every reusable read of the newsletter's data, named for its meaning."""

from datetime import timedelta

from django.db import models
from django.utils import timezone

CONFIRM_WITHIN = timedelta(days=7)
"""How long a link of confirmation works."""


class SubscriberQuerySet(models.QuerySet):
    """Readers."""

    def active(self):
        """Those who may be written to."""
        return self.filter(state="active")


class ConsentQuerySet(models.QuerySet):
    """What was asked for and agreed to."""

    def waiting(self):
        """Asked for and not confirmed, recently enough to be."""
        return self.filter(confirmed_at=None, asked_at__gt=timezone.now() - CONFIRM_WITHIN)

    def standing(self):
        """Confirmed and not withdrawn."""
        return self.exclude(confirmed_at=None).filter(withdrawn_at=None)


class LetterQuerySet(models.QuerySet):
    """Letters."""

    def in_archive(self):
        """Those that have left, for anybody to read, the latest first."""
        return self.filter(archived=True, started_at__isnull=False).order_by("-started_at", "-pk")


class DeliveryQuerySet(models.QuerySet):
    """Messages to send, or sent."""

    def to_send(self, now):
        """Those whose turn has come, in the order in which they leave."""
        leaves = models.Q(letter=None) | models.Q(letter__state__in=("sending", "sent"))
        waiting = self.filter(leaves, state__in=("queued", "deferred"), next_try_at__lte=now)
        return waiting.order_by("kind", "next_try_at", "pk")

    def unsettled(self):
        """Those of which something is still to come."""
        return self.filter(state__in=("queued", "deferred", "sending"))
