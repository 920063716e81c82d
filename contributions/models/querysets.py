"""Every reusable read of what people bring, named for its meaning."""

from django.db import models

from practices.models import Practice


class UpdateQuerySet(models.QuerySet):
    """Questions to organisations."""

    def about_public_pages(self):
        """Those about practices that have a page: what was taken back is shown to nobody outside."""
        return self.filter(practice__in=Practice.objects.readable()).select_related("practice")

    def open_to_public(self):
        """The same, as long as the editors have not decided."""
        return self.about_public_pages().filter(state__in=("asked", "proposed", "confirmed"))


class ProposalQuerySet(models.QuerySet):
    """Proposals."""

    def in_queue(self):
        """Those that editors see: sent from an address whose owner confirmed it."""
        return self.exclude(state__in=("draft", "sent"))

    def waiting(self):
        """Those that nobody has confirmed: their authors have yet to open the link that is mailed."""
        return self.filter(state__in=("draft", "sent"), confirmed_at=None)

    def for_review(self):
        """With what the editors' list prints."""
        favourable = models.Q(reviews__favourable=True)
        return self.annotate(in_favour=models.Count("reviews", filter=favourable)).select_related("practice")
