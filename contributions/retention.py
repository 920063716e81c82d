"""How long what is known of people who bring something is kept; each period is a setting."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from contributions.models import Message, Proposal, Report, Update
from contributions.models.messages import About
from contributions.models.updates import UpdateState
from contributions.proposals.writing import erase
from newsletter.models import Delivery

ASKED_FOR_LINKS = timedelta(days=7)
"""How long it is known that somebody asked for their links: longer than a server is tried, and than a day’s share."""


def prune(now, dry_run):
    """Erase proposals that were never sent, and what was decided long ago; return {what was done: how many}."""
    drafts = Proposal.objects.filter(
        state__in=("draft", "sent"), saved_at__lte=now - timedelta(days=settings.PROPOSAL_DRAFT_DAYS)
    )
    decided = Proposal.objects.filter(decided_at__lte=now - timedelta(days=settings.PROPOSAL_DECIDED_DAYS))
    reports = Report.objects.filter(handled_at__lte=now - timedelta(days=settings.PROPOSAL_DECIDED_DAYS))
    updates = Update.objects.filter(asked_at__lte=now - timedelta(days=settings.PROPOSAL_DECIDED_DAYS))
    updates = updates.exclude(state=UpdateState.PROPOSED)
    asked = Message.objects.filter(about=About.LINKS, at__lte=now - ASKED_FOR_LINKS)
    done = {
        _("Requests for links, erased"): asked.count(),
        _("Old questions to organisations, erased"): updates.count(),
        _("Reports handled long ago, erased"): reports.count(),
        _("Proposals never sent, erased"): drafts.count(),
        _("Proposals decided long ago, erased"): decided.count(),
    }
    if not dry_run:
        for proposal in [*drafts, *decided]:
            erase(proposal, keep_credit=True)
        Delivery.objects.filter(pk__in=_messages_about(reports, updates)).delete()
        Delivery.objects.filter(pk__in=asked.values("delivery")).delete()
        reports.delete()
        updates.delete()
    return done


def _messages_about(reports, updates):
    return Message.objects.filter(Q(report__in=reports) | Q(update__in=updates)).values("delivery")
