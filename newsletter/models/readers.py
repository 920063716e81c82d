"""Who reads the newsletter and what they agreed to; how a person changes state is in `readers.subscriptions`."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from newsletter.models.querysets import ConsentQuerySet, SubscriberQuerySet

LONGEST_ADDRESS = 254
LONGEST_SEARCH = 1500
"""Characters of a saved search, which the database must be able to index."""


def new_key():
    """A name for links that tells nothing and cannot be guessed: 128 random bits."""
    return secrets.token_urlsafe(16)


class Frequency(models.TextChoices):
    """How often somebody is told of new practices."""

    NEVER = "", _("No")
    WEEKLY = "weekly", _("Every week")
    MONTHLY = "monthly", _("Every month")


class ReaderState(models.TextChoices):
    """Whether somebody is written to."""

    ACTIVE = "active", _("Active")
    LEFT = "left", _("Unsubscribed")
    BLOCKED = "blocked", _("Blocked: the address refuses our messages")


class Wishes(models.Model):
    """What somebody wants to receive, and in which language."""

    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    letters = models.BooleanField(_("the newsletter"), default=False)
    frequency = models.CharField(
        pgettext_lazy("of e-mail", "new practices"), max_length=8, choices=Frequency, blank=True, default=""
    )

    class Meta:
        abstract = True


class Subscriber(Wishes):
    """Somebody who has confirmed once; an address that has not is a `Consent` that waits."""

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    email = models.EmailField(_("e-mail address"), max_length=LONGEST_ADDRESS)
    email_key = models.CharField(_("normal form of the address"), max_length=LONGEST_ADDRESS, unique=True)
    state = models.CharField(_("state"), max_length=8, choices=ReaderState, default=ReaderState.ACTIVE)
    joined_at = models.DateTimeField(_("subscribed on"), default=timezone.now)
    left_at = models.DateTimeField(_("unsubscribed on"), null=True, blank=True)
    seen_at = models.DateTimeField(
        _("last sign of life"), default=timezone.now, help_text=_("A confirmation or a choice; reading is not tracked.")
    )
    reminded_at = models.DateTimeField(_("asked whether to go on"), null=True, blank=True)
    told_since = models.DateTimeField(_("told of new practices since"), null=True, blank=True)
    next_digest_at = models.DateTimeField(_("next digest"), null=True, blank=True)

    objects = models.Manager.from_queryset(SubscriberQuerySet)()

    class Meta:
        verbose_name = pgettext_lazy("of the newsletter", "reader")
        verbose_name_plural = pgettext_lazy("of the newsletter", "readers")
        ordering = ("-joined_at", "-pk")
        indexes = [models.Index(fields=["state", "next_digest_at"], name="subscriber_next_digest")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReaderState.values), name="subscriber_state_known"),
            models.CheckConstraint(condition=Q(frequency__in=Frequency.values), name="subscriber_frequency_known"),
        ]

    def __str__(self):
        """A number: the back office's journal keeps this word for good, and must not keep the address."""
        return f"n° {self.pk}"


class SavedSearch(models.Model):
    """A search whose new practices a reader wants; without any, a digest tells all the new practices."""

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="searches", verbose_name=_("reader")
    )
    query = models.CharField(
        pgettext_lazy("of practices", "search"),
        max_length=LONGEST_SEARCH,
        help_text=_("As in the list’s address: ?pays=france&theme=handicap"),
    )
    created_at = models.DateTimeField(_("created on"), default=timezone.now)

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ("created_at", "pk")
        constraints = [models.UniqueConstraint(fields=["subscriber", "query"], name="savedsearch_once")]

    def __str__(self):
        return self.query


class Consent(Wishes):
    """What an address asked for, in which words, and when its owner confirmed: the proof, kept with the reader."""

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, null=True, blank=True, related_name="consents", verbose_name=_("reader")
    )
    email = models.EmailField(_("e-mail address"), max_length=LONGEST_ADDRESS)
    email_key = models.CharField(_("normal form of the address"), max_length=LONGEST_ADDRESS, db_index=True)
    query = models.CharField(pgettext_lazy("of practices", "search"), max_length=LONGEST_SEARCH, blank=True)
    wording = models.CharField(_("version of the wording"), max_length=40)
    source = models.CharField(_("source"), max_length=200, blank=True, help_text=_("Of an imported consent."))
    asked_at = models.DateTimeField(_("asked on"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True, blank=True)
    withdrawn_at = models.DateTimeField(_("withdrawn on"), null=True, blank=True)

    objects = models.Manager.from_queryset(ConsentQuerySet)()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ("-asked_at", "-pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | Q(subscriber__isnull=False),
                name="consent_confirmed_has_reader",
            ),
        ]

    def __str__(self):
        return f"n° {self.pk}"


class ErasedAddress(models.Model):
    """What is left of a reader who asked to be erased: a keyed hash, so that no import brings the address back."""

    fingerprint = models.CharField(_("keyed hash of the address"), max_length=64, unique=True)
    erased_on = models.DateField(_("erased on"), default=timezone.localdate)

    class Meta:
        verbose_name = _("erased address")
        verbose_name_plural = _("erased addresses")
        ordering = ("-erased_on", "-pk")

    def __str__(self):
        return self.fingerprint[:12]


class Tally(models.Model):
    """How many requests a network has made in one hour, under a keyed hash; it lives a day."""

    key = models.CharField(max_length=64, unique=True)
    count = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("tally of requests")
        verbose_name_plural = _("tallies of requests")

    def __str__(self):
        return self.key[:12]
