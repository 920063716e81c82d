"""What somebody proposes, what was said about it and who judged it; how it moves is in the services.

The answers are kept as they were typed, step by step, as JSON: `forms` says what each step asks. What is known of the
person stands apart, in columns, so that it can be erased alone.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contributions.models.querysets import ProposalQuerySet
from newsletter.models.readers import LONGEST_ADDRESS, new_key
from practices.models import Practice


class State(models.TextChoices):
    """Where a proposal stands."""

    DRAFT = "draft", pgettext_lazy("of a proposal", "Being written")
    SENT = "sent", pgettext_lazy("of a proposal", "Sent, to be confirmed")
    RECEIVED = "received", pgettext_lazy("of a proposal", "Received")
    QUESTION = "question", pgettext_lazy("of a proposal", "A question is waiting for an answer")
    ACCEPTED = "accepted", pgettext_lazy("of a proposal", "Accepted")
    REFUSED = "refused", pgettext_lazy("of a proposal", "Not kept")


class Credit(models.TextChoices):
    """How the page of a practice names whoever proposed it."""

    NAME = "name", _("My name and my organisation")
    ORGANISATION = "organisation", _("My organisation only")
    ANONYMOUS = "anonymous", _("Nobody: I prefer to stay anonymous")


class Proposal(models.Model):
    """A good practice that somebody outside of the editors tells."""

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField(pgettext_lazy("of practice", "title"), max_length=200, blank=True)
    answers = models.JSONField(_("answers"), default=dict)

    name = models.CharField(pgettext_lazy("of a person", "name"), max_length=120, blank=True)
    role = models.CharField(_("role in the practice"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), max_length=LONGEST_ADDRESS, blank=True)
    email_key = models.CharField(
        _("normal form of the address"), max_length=LONGEST_ADDRESS, blank=True, db_index=True, editable=False
    )
    credit = models.CharField(_("how to credit"), max_length=12, choices=Credit, blank=True)
    wording = models.CharField(_("version of the wording"), max_length=40, blank=True)

    created_at = models.DateTimeField(_("begun on"), default=timezone.now)
    saved_at = models.DateTimeField(_("last saved on"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("address confirmed on"), null=True, blank=True)
    received_at = models.DateTimeField(_("received on"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    reason = models.TextField(_("reason"), max_length=2000, blank=True)
    practice = models.OneToOneField(
        Practice, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("practice")
    )

    objects = models.Manager.from_queryset(ProposalQuerySet)()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ("-received_at", "-pk")
        permissions = [("review_proposal", "Can judge a proposal, question its author, accept or refuse it")]
        indexes = [models.Index(fields=["state", "saved_at"], name="proposal_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="proposal_state_known"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "sent")) | Q(received_at__isnull=False),
                name="proposal_in_queue_was_confirmed",
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(reason=""), name="proposal_refused_has_reason"),
        ]

    def __str__(self):
        return self.title or f"n° {self.pk}"

    @property
    def is_written(self):
        """Whether its author may still change the answers."""
        return self.state in (State.DRAFT, State.SENT)

    @property
    def is_decided(self):
        """Whether the editors have decided."""
        return self.state in (State.ACCEPTED, State.REFUSED)


class Remark(models.Model):
    """A question of an editor, or what the author of a proposal said."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="remarks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    from_editors = models.BooleanField(_("from the editors"), default=False)
    text = models.TextField(_("text"), max_length=4000)
    at = models.DateTimeField(_("on"), default=timezone.now)

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ("at", "pk")

    def __str__(self):
        return self.text[:60]


class Mark(models.IntegerChoices):
    """How well a proposal meets a criterion."""

    NO = 0, _("No")
    LITTLE = 1, _("A little")
    RATHER = 2, _("Rather")
    FULLY = 3, _("Fully")


class Review(models.Model):
    """What one editor thinks of a proposal; one a person, who may change it."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="reviews")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("by"))
    relevance = models.PositiveSmallIntegerField(
        _("relevance"), choices=Mark, help_text=_("Is it the social and solidarity economy, and of use to our readers?")
    )
    results = models.PositiveSmallIntegerField(
        _("results"), choices=Mark, help_text=_("Are there results, and something to rely on?")
    )
    transferability = models.PositiveSmallIntegerField(
        _("transferability"), choices=Mark, help_text=_("Could others do it elsewhere?")
    )
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    favourable = models.BooleanField(_("I am for publishing it"), default=False)
    at = models.DateTimeField(_("on"), auto_now=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ("at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "by"], name="review_once_a_person"),
            models.CheckConstraint(
                condition=Q(relevance__range=(0, 3), results__range=(0, 3), transferability__range=(0, 3)),
                name="review_marks_known",
            ),
        ]

    def __str__(self):
        return f"{self.proposal_id}: {self.by_id}"
