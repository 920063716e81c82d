"""What came back: a message that could not be delivered, as the other end reported it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from newsletter.models.deliveries import Delivery
from newsletter.models.readers import Subscriber


class Bounce(models.Model):
    """One report about one delivery."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="bounces", verbose_name=_("delivery"))
    subscriber = models.ForeignKey(
        Subscriber, on_delete=models.CASCADE, null=True, blank=True, related_name="bounces", verbose_name=_("reader")
    )
    hard = models.BooleanField(_("for good"))
    status = models.CharField(_("code"), max_length=20, blank=True, help_text=_("As RFC 3463 has them: 5.1.1, 4.2.2…"))
    diagnostic = models.CharField(_("what the other end says"), max_length=500, blank=True)
    received_at = models.DateTimeField(_("received on"), default=timezone.now)

    class Meta:
        verbose_name = _("bounce")
        verbose_name_plural = _("bounces")
        ordering = ("-received_at", "-pk")
        constraints = [models.UniqueConstraint(fields=["delivery", "hard", "status"], name="bounce_once")]

    def __str__(self):
        return f"n° {self.pk}"
