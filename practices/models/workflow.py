"""What the workflow leaves behind: the steps of each practice, and the rounds of reading the catalogue again."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from practices.models.practices import Practice
from practices.models.publication import Status


class Step(models.Model):
    """One step of a practice through the workflow: who decided what, when, and what they said."""

    # Hidden from the practice's own relations, which are what its public page is made of.
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="+", verbose_name=_("practice"))
    transition = models.CharField(_("decision"), max_length=20)
    status = models.CharField(_("status"), max_length=10, choices=Status)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("on"), auto_now_add=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ("-at", "-pk")

    def __str__(self):
        return f"{self.transition}: {self.practice_id}"


class ReviewRound(models.Model):
    """A round of reading the catalogue again: the practices that nobody had looked at since a day."""

    started_at = models.DateTimeField(_("started on"), auto_now_add=True)
    closed_at = models.DateTimeField(_("closed on"), null=True, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    before = models.DateField()
    due = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("review round")
        verbose_name_plural = _("review rounds")
        ordering = ("-started_at",)

    def __str__(self):
        return f"{self.started_at:%Y-%m-%d}"
