"""Which new practices each reader has been told of, so that none is told twice."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.models.readers import Subscriber
from practices.models import Practice


class Digest(models.Model):
    """The new practices that one message tells one reader; never none."""

    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, related_name="digests", verbose_name=_("reader")
    )
    practices = models.ManyToManyField(Practice, through="DigestPractice", verbose_name=_("practices"))
    made_at = models.DateTimeField(_("created on"), default=timezone.now)

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ("-made_at", "-pk")

    def __str__(self):
        return f"n° {self.pk}"


class DigestPractice(models.Model):
    """One practice told to one reader; the database refuses a second time."""

    digest = models.ForeignKey(Digest, on_delete=models.CASCADE, verbose_name=_("digest"))
    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, verbose_name=_("reader"))
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, verbose_name=_("practice"))

    class Meta:
        verbose_name = _("practice told")
        verbose_name_plural = _("practices told")
        constraints = [models.UniqueConstraint(fields=["subscriber", "practice"], name="practice_told_once")]

    def __str__(self):
        return f"{self.digest_id}: {self.practice_id}"
