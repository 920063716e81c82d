"""What is to be sent to whom and what became of it; who sends it is in `delivery.queue` and `delivery.sender`.

A notice is a message of another application, which keeps its addressee and has its writer in `messages.WRITERS`.
"""

import secrets

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.models.digests import Digest
from newsletter.models.letters import Letter
from newsletter.models.querysets import DeliveryQuerySet
from newsletter.models.readers import Consent, Subscriber


def new_uid():
    """The name of a delivery in its Message-ID and its return address: lower case, as mail servers may fold it."""
    return secrets.token_hex(10)


class Kind(models.TextChoices):
    """What a message is, in the order in which messages leave: people wait for the first ones."""

    CONFIRMATION = "1-confirmation", _("Confirmation")
    NOTICE = "1-notice", _("Notice")
    REMINDER = "2-reminder", _("Reminder")
    LETTER = "3-letter", _("Letter")
    DIGEST = "4-digest", _("Digest")


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    QUEUED = "queued", _("Queued")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    DEFERRED = "deferred", _("Deferred")
    FAILED = "failed", _("Failed")
    UNCERTAIN = "uncertain", _("Uncertain")
    DROPPED = "dropped", _("Dropped")
    ASIDE = "aside", _("Set aside: it cannot be written")


WAITING = (DeliveryState.QUEUED, DeliveryState.DEFERRED)


class Delivery(models.Model):
    """One message to one person: sent once, whatever stops on the way."""

    uid = models.CharField(max_length=32, unique=True, default=new_uid, editable=False)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries", verbose_name=_("reader")
    )
    consent = models.OneToOneField(
        Consent, on_delete=models.CASCADE, null=True, blank=True, related_name="delivery", verbose_name=_("consent")
    )
    letter = models.ForeignKey(
        Letter, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries", verbose_name=_("letter")
    )
    digest = models.OneToOneField(
        Digest, on_delete=models.CASCADE, null=True, blank=True, related_name="delivery", verbose_name=_("digest")
    )
    state = models.CharField(_("state"), max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    created_at = models.DateTimeField(_("created on"), default=timezone.now)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    claimed_by = models.CharField(_("sender"), max_length=200, blank=True)
    claimed_at = models.DateTimeField(_("taken by the sender on"), null=True, blank=True)
    resent = models.BooleanField(_("sent again after a doubt"), default=False)
    sent_at = models.DateTimeField(_("sent on"), null=True, blank=True)
    answer = models.CharField(_("answer of the mail server"), max_length=500, blank=True)

    objects = models.Manager.from_queryset(DeliveryQuerySet)()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-pk",)
        indexes = [models.Index(fields=["state", "kind", "next_try_at"], name="delivery_to_send")]
        constraints = [
            models.UniqueConstraint(fields=["letter", "subscriber"], name="delivery_of_letter_once"),
            models.CheckConstraint(
                condition=~Q(kind="3-letter") | Q(letter__isnull=False, subscriber__isnull=False),
                name="delivery_of_letter_complete",
            ),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="delivery_state_known"),
            models.CheckConstraint(
                condition=Q(subscriber__isnull=False) ^ Q(consent__isnull=False) ^ Q(kind="1-notice"),
                name="delivery_has_one_addressee",
            ),
        ]

    def __str__(self):
        return f"n° {self.pk}"


class MailServer(models.Model):
    """One row: when the mail server last took a message and last took none, why, and when the next one may leave."""

    answered_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=500, blank=True, default="")
    next_slot_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("mail server")
        verbose_name_plural = _("mail server")

    def __str__(self):
        return str(self.answered_at)
