"""Owns every reusable read of what people bring, named for its meaning."""

from django.db import models


class ProposalQuerySet(models.QuerySet):
    """Proposals."""

    def in_queue(self):
        """Those that editors see: sent from an address whose owner confirmed it."""
        return self.exclude(state__in=("draft", "sent"))

    def for_review(self):
        """With what the editors' list prints."""
        favourable = models.Q(reviews__favourable=True)
        return self.annotate(in_favour=models.Count("reviews", filter=favourable)).select_related("practice")
