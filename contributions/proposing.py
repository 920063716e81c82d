"""Owns how a proposal is written: begun, saved step by step, kept for later, sent, confirmed, answered, erased.

Each is safe to call twice. What the editors do is in `judging`; what is mailed is decided when it leaves, in `mail`.
"""

from django.db import transaction
from django.utils import timezone

from contributions import wording
from contributions.attaching import put
from contributions.filesform import FilesForm
from contributions.forms import STEPS, PersonForm
from contributions.models import Proposal, Remark
from contributions.models.files import Slot
from contributions.models.messages import About
from contributions.models.proposals import State
from contributions.post import queue_message
from newsletter.addresses import address_key
from newsletter.models import Delivery
from practices import history
from practices.typography import typeset

PERSONAL = ("name", "email", "role", "credit")
"""What the last step asks and columns keep."""


def begin(answers, language):
    """A new proposal that holds the first answers."""
    proposal = Proposal(language=language)
    _take(proposal, "essentiel", answers)
    proposal.save()
    return proposal


def save(proposal, step, answers):
    """Keep the answers of one step in place of those it had; what is being changed is not sent any more."""
    with transaction.atomic():
        now = Proposal.objects.select_for_update().get(pk=proposal.pk)
        answers, files = _apart(answers)
        put(now, files)
        if now.is_written:
            _take(now, step, answers)
            now.state, now.saved_at = State.DRAFT, timezone.now()
            now.save()
    return now


def _take(proposal, step, answers):
    if step == PersonForm.step:
        set_address(proposal, answers.pop("email", proposal.email))
        agreed = answers.pop("licence", False) and answers.pop("consent", False)
        proposal.wording = wording.PRESENT if agreed else ""
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
    """Give a proposal the address to write to; a new one has to be confirmed."""
    key = address_key(address)
    if key != proposal.email_key:
        proposal.confirmed_at = None
    proposal.email, proposal.email_key = address, key


def initial(proposal, step):
    """What a step was answered so far."""
    if step == PersonForm.step:
        agreed = proposal.wording == wording.PRESENT
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
    """Send the link of a draft to an address, to go on later."""
    set_address(proposal, address)
    proposal.save()
    write_to(proposal, About.LINK)


@transaction.atomic
def send(proposal):
    """Send a complete proposal: at once where its address has been confirmed, else once it is."""
    now = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if not now.is_written or lacking(now):
        return now
    if now.confirmed_at:
        return _receive(now)
    now.state, now.saved_at = State.SENT, timezone.now()
    now.save()
    write_to(now, About.LINK)
    return now


@transaction.atomic
def confirm(proposal):
    """Note that the owner of the address opened the link and pressed the button; what was sent is received by that."""
    now = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if now.confirmed_at is None:
        now.confirmed_at = timezone.now()
        now.save(update_fields=["confirmed_at"])
    return _receive(now) if now.state == State.SENT else now


def _receive(proposal):
    proposal.state, proposal.received_at, proposal.saved_at = State.RECEIVED, timezone.now(), timezone.now()
    proposal.save()
    write_to(proposal, About.RECEIVED)
    return proposal


@transaction.atomic
def answer(proposal, text):
    """Add what the author says to a proposal that is being looked at."""
    now = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if now.state not in (State.RECEIVED, State.QUESTION):
        return now
    if not now.remarks.filter(text=text, from_editors=False).exists():
        Remark.objects.create(proposal=now, text=text)
    now.state = State.RECEIVED
    now.save(update_fields=["state"])
    return now


@transaction.atomic
def erase(proposal, keep_credit=False):
    """Forget a proposal and its author; the practice made of it stays, and at their demand names nobody any more."""
    if proposal.practice and proposal.practice.credit and not keep_credit:
        proposal.practice.credit = ""
        proposal.practice.save()
        history.forget(proposal.practice_id, "credit")
    Delivery.objects.filter(pk__in=proposal.messages.values("delivery")).delete()
    Proposal.objects.filter(pk=proposal.pk).delete()


def write_to(proposal, about):
    """Queue one message to the author of a proposal, where there is somebody to write to."""
    return queue_message(about, proposal.email, proposal=proposal)
