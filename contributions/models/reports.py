"""The errors that readers tell of a practice's page, and what was answered."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from newsletter.models.readers import LONGEST_ADDRESS
from practices.models import Practice


class ReportState(models.TextChoices):
    """Where a report stands."""

    NEW = "new", pgettext_lazy("of a report", "New")
    ANSWERED = "answered", pgettext_lazy("of a report", "Answered")
    CLOSED = "closed", pgettext_lazy("of a report", "Closed")


class Report(models.Model):
    """What somebody finds wrong on a page."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+", verbose_name=_("practice"))
    text = models.TextField(_("what is wrong"), max_length=4000)
    email = models.EmailField(_("e-mail address"), max_length=LONGEST_ADDRESS, blank=True)
    email_key = models.CharField(max_length=LONGEST_ADDRESS, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    state = models.CharField(_("state"), max_length=10, choices=ReportState, default=ReportState.NEW)
    at = models.DateTimeField(_("on"), default=timezone.now)
    answer = models.TextField(_("answer"), max_length=4000, blank=True)
    handled_at = models.DateTimeField(_("handled on"), null=True, blank=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("handled by"),
    )

    class Meta:
        verbose_name = _("error reported")
        verbose_name_plural = _("errors reported")
        ordering = ("-at", "-pk")
        indexes = [models.Index(fields=["state", "at"], name="report_state")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="report_state_known"),
            models.CheckConstraint(
                condition=Q(state="new") | Q(handled_at__isnull=False), name="report_handled_has_date"
            ),
        ]

    def __str__(self):
        return f"n° {self.pk}"
