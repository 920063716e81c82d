"""How a proposal is written: begun, saved step by step, kept for later, sent, confirmed, answered, erased.

Each is safe to call twice, and gets the row that a link has just opened: it locks it, reads it again, and does nothing
where the link would open nothing any more. What the editors do is in `review`; what is mailed is decided when it
leaves, in `mail`.
"""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from content.typography import typeset
from contributions import consent_wording
from contributions.attachments import forget, put
from contributions.forms.files import FilesForm
from contributions.forms.steps import STEPS, PersonForm
from contributions.models import Message, Proposal, ProposalFile, Remark
from contributions.models.files import Slot
from contributions.models.messages import About
from contributions.models.proposals import State
from contributions.outbox import queue_message
from mail.addresses import address_key
from newsletter.models import Delivery
from newsletter.models.readers import new_key
from practices.editorial import revisions
from practices.models import Practice

PERSONAL = ("name", "email", "role", "credit")
"""What the last step asks and columns keep."""


def begin(answers, language):
    """A new proposal that holds the first answers."""
    proposal = Proposal(language=language)
    _take(proposal, "essentiel", answers)
    proposal.save(force_insert=True)
    return proposal


def _as_followed(proposal):
    """The row of a mailed link, locked, or None where it is gone or has got another address."""
    now = Proposal.objects.select_for_update().filter(pk=proposal.pk).first()
    return now if now and (now.key, now.email_key) == (proposal.key, proposal.email_key) else None


def _as_written(proposal):
    """The same for the link by which one writes, which also ends when the owner of the address opens the mailed one."""
    now = _as_followed(proposal)
    return now if now and bool(now.confirmed_at) == bool(proposal.confirmed_at) else None


@transaction.atomic
def save(proposal, step, answers):
    """Keep the answers of one step in place of those it had; what is being changed is not sent any more.

    Return the row as it is now, or None where its link ended meanwhile.
    """
    now = _as_written(proposal)
    answers, files = _apart(answers)
    if now is None:
        for row in files.values():
            if row and row.pk is None:
                forget(ProposalFile, row)
        return None
    put(now, files)
    if now.is_written:
        _take(now, step, answers)
        now.state, now.saved_at = State.DRAFT, timezone.now()
        now.save(force_update=True)
    return now


def _take(proposal, step, answers):
    if step == PersonForm.step:
        set_address(proposal, answers.pop("email", proposal.email))
        agreed = answers.pop("licence", False) and answers.pop("consent", False)
        proposal.wording = consent_wording.PRESENT if agreed else ""
        for name in PERSONAL:
            setattr(proposal, name, answers.get(name, getattr(proposal, name)))
        return
    proposal.answers = {**proposal.answers, step: {**proposal.answers.get(step, {}), **answers}}
    title = proposal.answers.get("essentiel", {}).get("title", "")
    # It heads the messages and the pages of the proposal; the rules are those of French.
    proposal.title = typeset(title)[:200] if proposal.language == "fr" else title


def _apart(answers):
    """What is kept as JSON, and the files, which have rows."""
    files = {slot: answers[slot] for slot in Slot.values if slot in answers}
    return {name: value for name, value in answers.items() if name not in files}, files


def set_address(proposal, address):
    """Give a proposal the address to write to; a new one has to be confirmed, and no link to the former one opens it.

    What was written behind a confirmed address stays out of reach of whoever began the draft: the key changes too.
    """
    key = address_key(address)
    if key != proposal.email_key and proposal.confirmed_at:
        proposal.confirmed_at, proposal.key = None, new_key()
    proposal.email, proposal.email_key = address, key


def initial(proposal, step):
    """What a step was answered so far."""
    if step == PersonForm.step:
        agreed = proposal.wording == consent_wording.PRESENT
        return {name: getattr(proposal, name) for name in PERSONAL} | {"licence": agreed, "consent": agreed}
    answers = proposal.answers.get(step, {})
    if step == FilesForm.step:
        return {**answers, **{row.slot: row for row in proposal.files.all()}}
    return answers


def lacking(proposal):
    """The words of the steps whose required answers are not there, in order."""
    return [step for step, form in STEPS.items() if form.lacks(initial(proposal, step))]


@transaction.atomic
def keep(proposal, address):
    """Send the link of a draft to an address, to go on later; return the row, or None where its own ended meanwhile."""
    now = _as_written(proposal)
    if now is not None and now.is_written:
        set_address(now, address)
        now.save(force_update=True)
        write_to(now, About.LINK)
    return now


@transaction.atomic
def send(proposal):
    """Send a complete proposal: at once where its address has been confirmed, else once it is.

    Return the row, or None where its link ended meanwhile.
    """
    now = _as_written(proposal)
    if now is None or not now.is_written or lacking(now):
        return now
    if now.confirmed_at:
        return _receive(now)
    now.state, now.saved_at = State.SENT, timezone.now()
    now.save(force_update=True)
    write_to(now, About.LINK)
    return now


@transaction.atomic
def confirm(proposal):
    """Note that the owner of the address opened the link and pressed the button; what was sent is received by that.

    The links of other proposals of hers that wait for her are mailed: a message a day was too few for them. Return the
    row, or None where its link ended meanwhile.
    """
    now = _as_followed(proposal)
    if now is None:
        return None
    if now.confirmed_at is None:
        now.confirmed_at = timezone.now()
        now.save(update_fields=["confirmed_at"])
        if Proposal.objects.waiting().filter(email_key=now.email_key).exists():
            ask_for_links(now.email)
    return _receive(now) if now.state == State.SENT else now


def ask_for_links(address):
    """Have all the links of an address mailed to it; what there is, is looked up when the message leaves."""
    return queue_message(About.LINKS, address)


def _receive(proposal):
    proposal.state, proposal.received_at, proposal.saved_at = State.RECEIVED, timezone.now(), timezone.now()
    proposal.save(force_update=True)
    write_to(proposal, About.RECEIVED)
    return proposal


@transaction.atomic
def answer(proposal, text):
    """Add what the author says to a proposal that is being looked at; None where its link ended meanwhile."""
    now = _as_followed(proposal)
    if now is None or now.state not in (State.RECEIVED, State.QUESTION):
        return now
    if not now.remarks.filter(text=text, from_editors=False).exists():
        Remark.objects.create(proposal=now, text=text)
    now.state = State.RECEIVED
    now.save(update_fields=["state"])
    return now


@transaction.atomic
def erase(proposal, keep_credit=False):
    """Forget a proposal and its author; the practice made of it stays, and at their demand names nobody any more.

    Return whether it is gone: not so where its link ended meanwhile.
    """
    theirs = Proposal.objects.filter(pk=proposal.pk)
    # The practice first, as whoever publishes it does: two who lock in one order never wait for each other.
    list(Practice.objects.select_for_update().filter(pk__in=theirs.values("practice")).values_list("pk"))
    now = _as_followed(proposal)
    if now is None:
        return not theirs.exists()
    practice = Practice.objects.select_for_update().filter(pk=now.practice_id).first()
    if practice and practice.credit and not keep_credit:
        practice.credit = ""
        practice.save(update_fields=["credit", "updated_at"])
        revisions.forget(practice.pk, "credit")
    about = Q(proposal=now) | Q(about=About.LINKS, email_key=now.email_key)
    Delivery.objects.filter(pk__in=Message.objects.filter(about).values("delivery")).delete()
    theirs.delete()
    return True


def write_to(proposal, about):
    """Queue one message to the author of a proposal, where there is somebody to write to."""
    return queue_message(about, proposal.email, proposal=proposal)
