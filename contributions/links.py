"""The addresses that open one proposal, or one update, and nothing else.

One opens the steps while a proposal is being written; only another, which goes to the author's own mailbox, confirms,
answers and erases. A third goes to one organisation. What a link proves is in `mail.signed_links`.
"""

from django.conf import settings
from django.urls import reverse

from contributions.models import Proposal, Update
from mail.addresses import address_key
from mail.signed_links import Link


def _confirmed(proposal):
    """The address of a proposal once its owner has opened the mailed link, else ""."""
    return proposal.email_key if proposal.confirmed_at else ""


WRITE = Link(
    "newsletter.proposal.write",
    rows=Proposal.objects.all,
    # The browser of whoever begins a draft gets it. From the moment the owner of the address opens the mailed link,
    # the draft is theirs: only the one that they get behind it still writes.
    mailed=False,
    proves=_confirmed,
)
FOLLOW = Link("newsletter.proposal.follow", rows=Proposal.objects.all, mailed=True, proves=lambda one: one.email_key)
UPDATE = Link(
    "newsletter.practice.update",
    rows=lambda: Update.objects.about_public_pages(),
    mailed=True,
    proves=lambda one: address_key(one.email),
)


def write_token(proposal):
    """The word by which a proposal is written."""
    return WRITE.make(proposal)


def follow_token(proposal):
    """The word by which a proposal is confirmed, followed and erased."""
    return FOLLOW.make(proposal)


def follow_url(proposal):
    """The public address by which a proposal is followed, in the language that is active."""
    return settings.SITE_URL + reverse("contributions:follow", args=[follow_token(proposal)])


def update_url(update):
    """The public address by which an organisation answers, in the language that is active."""
    return settings.SITE_URL + reverse("contributions:update", args=[UPDATE.make(update)])
