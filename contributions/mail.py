"""What our messages say, and whether each still has a reason to leave when its turn comes."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from contributions.links import follow_url, update_url
from contributions.models import Message, Proposal, Update
from contributions.models.messages import About
from contributions.models.proposals import State
from mail.addresses import address_key
from newsletter.delivery.composition import Mail, compose
from newsletter.models import Subscriber
from newsletter.models.deliveries import DeliveryState
from newsletter.models.readers import ReaderState

ONE_DAY = timedelta(days=1)
MOST = 10
"""Proposals, and questions to an organisation, whose links one message brings."""
A_DAY_TO_AN_AUTHOR = 5
"""Links that an author whose address is confirmed may ask for in a day."""


def write(delivery):
    """Return the Mail of one of our notices, or None when there is no reason to send it any more."""
    message = (
        Message.objects.filter(delivery=delivery)
        .select_related("proposal__practice", "report__practice", "update__practice")
        .first()
    )
    if message is None or Subscriber.objects.filter(email_key=message.email_key, state=ReaderState.BLOCKED).exists():
        return None
    subject = message.subject or links_of(message.email_key)
    # A link goes to the mailbox that it proves: what was queued for a former address does not leave any more.
    if subject is None or address_key(subject.email) != message.email_key:
        return None
    if message.about in (About.LINK, About.LINKS) and _already_written(message) >= _share_of(message):
        return None
    with translation.override(subject.language):
        context = WORDS[About(message.about)](subject)
        if context is None:
            return None
        subject = f"{context['heading']} – {settings.SITE_NAME}"
        words = compose("notice", subject, context, folder="contributions/mail")
    return Mail(delivery.uid, to=message.email, words=words)


def _share_of(message):
    """How many links a day go to an address: one, until its owner has used one."""
    confirmed = Proposal.objects.filter(email_key=message.email_key).exclude(confirmed_at=None)
    return A_DAY_TO_AN_AUTHOR if confirmed.exists() else 1


def _already_written(message):
    """How many other links went to the address in the last day, or are about to; of two that wait the first goes."""
    links = (About.LINK, About.LINKS)
    others = Message.objects.filter(about__in=links, email_key=message.email_key).exclude(pk=message.pk)
    gone = Q(
        delivery__state__in=(DeliveryState.SENT, DeliveryState.UNCERTAIN),
        delivery__claimed_at__gt=timezone.now() - ONE_DAY,
    )
    waiting = (DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.DEFERRED)
    before = Q(delivery__state__in=waiting, delivery__pk__lt=message.delivery_id)
    return others.filter(gone | before).count()


@dataclass(frozen=True)
class Links:
    """All that an address is about, the latest first; there is something."""

    proposals: list[Proposal]
    updates: list[Update]

    @property
    def email(self):
        """The address, as it was typed last."""
        return (self.proposals or self.updates)[0].email

    @property
    def language(self):
        """The language that was used last."""
        return (self.proposals or self.updates)[0].language


def links_of(key):
    """The Links of an address in its normal form, or None when there is nothing."""
    proposals = Proposal.objects.filter(email_key=key).order_by("-pk")[:MOST]
    updates = Update.objects.open_to_public().filter(email__iexact=key).order_by("-pk")[:MOST]
    found = Links(list(proposals), list(updates))
    return found if found.proposals or found.updates else None


def _links(links):
    told = [_("Here are the links to all that this address is about on our site. Each opens one page.")]
    last = _("Keep them for yourself. If you expected nothing from us, do nothing.")
    return {
        "heading": _("Your links"),
        "title": "",
        "paragraphs": told,
        "quote": "",
        "links": [
            *((str(one), follow_url(one)) for one in links.proposals),
            *((one.practice.title, update_url(one)) for one in links.updates),
        ],
        "last": last,
    }


def _link(proposal):
    if not proposal.is_written:
        return None
    if proposal.state == State.SENT:
        heading, first = _("One button to press"), _("You have written a proposal of a good practice. Thank you!")
        second = _("Open this page and press its button: your proposal will then reach the editors.")
        action = _("See and confirm")
    else:
        heading, first = _("Your draft is kept"), _("Somebody, probably you, has begun to tell us a good practice.")
        second = _("Open this page to go on where you stopped, on this device or on another.")
        action = _("Go on with my draft")
    last = _(
        "The same link will serve you to the end; keep it for yourself. If it was not you, do nothing: everything will "
        "be erased by itself."
    )
    return _words(proposal, heading, [first, second], action, last)


def _received(proposal):
    heading = _("Your proposal has arrived")
    told = [
        _("Thank you for taking the time. The editors will read it, and may write to you with a question."),
        _("This page says at any moment where it stands. There you can also answer us, or have everything erased."),
    ]
    return _words(proposal, heading, told, _("Follow my proposal"))


def _question(proposal):
    asked = proposal.remarks.filter(from_editors=True).last()
    if asked is None or proposal.state != State.QUESTION:
        return None
    told = [_("The editors have read your proposal and would like to know something more:")]
    return _words(proposal, _("A question about your proposal"), told, _("Answer"), quote=asked.text)


def _accepted(proposal):
    told = [
        _("The editors have accepted your proposal. They are preparing its page: they may complete it or shorten it."),
        _("We will write to you when it is online."),
    ]
    return _words(proposal, _("Your proposal is accepted"), told, _("Follow my proposal"), quote=proposal.reason)


def _published(proposal):
    if proposal.practice is None:
        return None
    told = [_("The practice that you told us is now in the catalogue. Thank you!")]
    url = settings.SITE_URL + proposal.practice.get_absolute_url()
    return _words(proposal, _("Your practice is online"), told, _("See its page"), url=url)


def _refused(proposal):
    told = [_("The editors have read your proposal with care, and have not kept it. Here is why:")]
    last = _("Thank you for telling us. Another practice, or this one later on, is welcome.")
    return _words(proposal, _("About your proposal"), told, _("Follow my proposal"), last, quote=proposal.reason)


def _report(report):
    told = [_("You told us of an error on this page. Thank you! The editors answer:")]
    url = settings.SITE_URL + report.practice.get_absolute_url()
    return {
        "heading": _("About the error you reported"),
        "title": report.practice.title,
        "paragraphs": told,
        "quote": report.answer,
        "action": _("See the page"),
        "url": url,
        "last": "",
    }


def _update(update):
    if not Update.objects.open_to_public().filter(pk=update.pk).exists():
        return None
    told = [
        _("Your practice has a page in our catalogue, and pages grow old. Is all of it still true?"),
        _("Open this page: one button says that nothing has changed; or correct there what has."),
    ]
    return {
        "heading": _("Is this page still true?"),
        "title": update.practice.title,
        "paragraphs": told,
        "quote": update.note,
        "action": _("See the page and answer"),
        "url": update_url(update),
        "last": _("No account is needed. Keep the link for yourself: it is made for you."),
    }


def _words(proposal, heading, paragraphs, action, last="", quote="", url=""):
    """What the template prints."""
    return {
        "heading": heading,
        "title": proposal.title,
        "paragraphs": paragraphs,
        "quote": quote,
        "action": action,
        "url": url or follow_url(proposal),
        "last": last,
    }


WORDS = {
    About.LINK: _link,
    About.LINKS: _links,
    About.RECEIVED: _received,
    About.QUESTION: _question,
    About.ACCEPTED: _accepted,
    About.PUBLISHED: _published,
    About.REFUSED: _refused,
    About.REPORT: _report,
    About.UPDATE: _update,
}
