"""Owns the addresses that open one proposal, or one update, and nothing else.

All are signed and name a random key. One opens the steps while a proposal is being written; only another, which goes to
the author's own mailbox, confirms, answers and erases. A third is made by an editor for one organisation.
"""

from django.conf import settings
from django.urls import reverse

from contributions.models import Proposal, Update
from newsletter import tokens

WRITE, FOLLOW, UPDATE = "proposal.write", "proposal.follow", "practice.update"


def write_token(proposal):
    """The word by which a proposal is written."""
    return tokens.make(WRITE, proposal.key)


def follow_token(proposal):
    """The word by which a proposal is confirmed, followed and erased."""
    return tokens.make(FOLLOW, proposal.key)


def follow_url(proposal):
    """The public address by which a proposal is followed, in the language that is active."""
    return settings.SITE_URL + reverse("contributions:follow", args=[follow_token(proposal)])


def proposal_of(purpose, token):
    """The proposal that a word opens, or None."""
    key = tokens.read(purpose, token)
    return Proposal.objects.filter(key=key).first() if key else None


def update_url(update):
    """The public address by which an organisation answers, in the language that is active."""
    return settings.SITE_URL + reverse("contributions:update", args=[tokens.make(UPDATE, update.key)])


def update_of(token):
    """The update that a word opens, or None."""
    key = tokens.read(UPDATE, token)
    return Update.objects.select_related("practice").filter(key=key).first() if key else None
