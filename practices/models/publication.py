"""Where a practice stands on its way to the public, and which practices the public sees: the one place that says it.

Everything else asks the querysets, which ask here; the triggers of the database take their condition from the same
constants (`practices.index`).
"""

from datetime import datetime

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _


class Status(TextChoices):
    """Where a practice stands on its way to the public."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "review", _("In review")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


HAVING_PAGES = (Status.PUBLISHED, Status.ARCHIVED)
"""The statuses in which a practice may have a page; in any other, none has."""


def public(now: datetime, status: str = "status") -> Q:
    """Return the condition of what everybody may see at a moment: approved, and not embargoed.

    `status` names what holds the status, where a query does not ask the column itself.
    """
    return Q(**{status: Status.PUBLISHED}, published_at__lte=now)


def scheduled(now: datetime) -> Q:
    """Return the condition of what is approved, and embargoed still at a moment."""
    return Q(status=Status.PUBLISHED, published_at__gt=now)


def readable(now: datetime) -> Q:
    """Return the condition of what has a page: what is public, and what was before it was archived."""
    return public(now) | Q(status=Status.ARCHIVED, archived_at__isnull=False)
