"""Which message goes to whom about what; its words are in `mail`, its way out is the newsletter's queue."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.models.proposals import Proposal
from contributions.models.reports import Report
from contributions.models.updates import Update
from newsletter.models import Delivery
from newsletter.models.readers import LONGEST_ADDRESS


class About(models.TextChoices):
    """What a message is for."""

    LINK = "link", _("The link to a proposal")
    LINKS = "links", _("The links of an address")
    RECEIVED = "received", _("A proposal was received")
    QUESTION = "question", _("A question about a proposal")
    ACCEPTED = "accepted", _("A proposal was accepted")
    PUBLISHED = "published", _("A proposal was published")
    REFUSED = "refused", _("A proposal was not kept")
    REPORT = "report", _("The answer to an error reported")
    UPDATE = "update", _("Is this page still true?")


class Message(models.Model):
    """One message of ours; it goes with what it is about."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="+")
    about = models.CharField(max_length=10, choices=About)
    email = models.EmailField(max_length=LONGEST_ADDRESS)
    email_key = models.CharField(max_length=LONGEST_ADDRESS, db_index=True)
    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, null=True, related_name="messages")
    report = models.ForeignKey(Report, on_delete=models.CASCADE, null=True, related_name="messages")
    update = models.ForeignKey(Update, on_delete=models.CASCADE, null=True, related_name="messages")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-pk",)

    @property
    def subject(self):
        """What it is about; it has a language. None for the links of an address, whatever they open."""
        return self.proposal or self.report or self.update

    def __str__(self):
        return f"{self.about}: n° {self.pk}"
