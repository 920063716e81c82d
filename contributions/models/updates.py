"""The question "is this still true?", asked of whoever carries a practice, and what came back."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contributions.models.querysets import UpdateQuerySet
from newsletter.models.readers import LONGEST_ADDRESS, new_key
from practices.models import Practice


class UpdateState(models.TextChoices):
    """Where an update stands."""

    ASKED = "asked", pgettext_lazy("of an update", "Asked")
    CONFIRMED = "confirmed", pgettext_lazy("of an update", "Confirmed as it is")
    PROPOSED = "proposed", pgettext_lazy("of an update", "Changes to look at")
    ACCEPTED = "accepted", pgettext_lazy("of an update", "Changes accepted")
    REFUSED = "refused", pgettext_lazy("of an update", "Changes not kept")


class Update(models.Model):
    """One question to one address about one practice; its link works until the editors have decided."""

    key = models.CharField(max_length=32, unique=True, default=new_key, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+", verbose_name=_("practice"))
    email = models.EmailField(_("e-mail address of the organisation"), max_length=LONGEST_ADDRESS)
    language = models.CharField(
        _("language of the message"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    note = models.TextField(_("a word to go with it"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=UpdateState, default=UpdateState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("asked by"),
    )
    asked_at = models.DateTimeField(_("asked on"), default=timezone.now, editable=False)
    answered_at = models.DateTimeField(_("answered on"), null=True, blank=True, editable=False)
    answers = models.JSONField(_("answers"), default=dict, editable=False)
    remark = models.TextField(_("remark"), max_length=2000, blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )

    objects = models.Manager.from_queryset(UpdateQuerySet)()

    class Meta:
        verbose_name = _("update by the organisation")
        verbose_name_plural = _("updates by organisations")
        ordering = ("-asked_at", "-pk")
        indexes = [models.Index(fields=["state", "asked_at"], name="update_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=UpdateState.values), name="update_state_known"),
            models.CheckConstraint(
                condition=Q(state="asked") | Q(answered_at__isnull=False), name="update_answered_has_date"
            ),
        ]

    @property
    def is_open(self):
        """Whether its link still changes something: the editors have not decided."""
        return self.state in (UpdateState.ASKED, UpdateState.PROPOSED, UpdateState.CONFIRMED)

    def __str__(self):
        return f"n° {self.pk}"
