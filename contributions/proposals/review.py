"""What editors do with a proposal: judge it, question its author, accept it or not; each on the row as it is now.

What the author is told of it is in `mail`; the practice that an accepted proposal becomes is made in `conversion`, and
goes to the public by the catalogue's own workflow.
"""

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contributions.models import Proposal, Remark, Review
from contributions.models.messages import About
from contributions.models.proposals import State
from contributions.proposals.conversion import copies_of, kind_of, make
from contributions.proposals.writing import write_to
from practices.editorial import revisions

OPEN = (State.RECEIVED, State.QUESTION)


def _open(proposal, by):
    """The row, locked; refused to who may not judge, and once somebody has decided."""
    if not by.has_perm("contributions.review_proposal"):
        raise PermissionDenied
    now = Proposal.objects.select_for_update().filter(pk=proposal.pk).first()
    if now is None:
        raise ValidationError(_("This proposal has been erased."))
    if now.state not in OPEN:
        raise ValidationError(
            _("“%(title)s” is now in the state “%(state)s”: somebody else may have decided."),
            params={"title": now, "state": now.get_state_display()},
        )
    return now


@transaction.atomic
def judge(proposal, by, opinion):
    """Keep what a person thinks of a proposal, in place of what they thought before; `opinion` names the columns."""
    return Review.objects.update_or_create(proposal=_open(proposal, by), by=by, defaults=opinion)[0]


@transaction.atomic
def ask(proposal, by, text):
    """Ask the author something, by mail."""
    now = _open(proposal, by)
    Remark.objects.create(proposal=now, by=by, from_editors=True, text=text)
    now.state = State.QUESTION
    now.save(update_fields=["state"])
    write_to(now, About.QUESTION)
    return now


def still_needed(proposal):
    """How many people have yet to be in favour."""
    return max(0, settings.PROPOSAL_VALIDATIONS - proposal.reviews.filter(favourable=True).count())


def accept(proposal, by, note=""):
    """Make a draft of a proposal that enough people are in favour of; return the draft. The note goes to the author."""
    likely = proposal.state in OPEN and by.has_perm("contributions.review_proposal") and not still_needed(proposal)
    # Nobody waits for the copies; what is refused after them, because somebody decides meanwhile, is found as orphans.
    copies = copies_of(proposal) if likely else {}
    with transaction.atomic():
        now = _ready(proposal, by)
        practice = make(now, by, copies)
        revisions.record(practice.pk, by, "save")
        _decide(now, by, State.ACCEPTED, note, practice)
    return practice


def _ready(proposal, by):
    """The row, locked, of a proposal that may be accepted."""
    now = _open(proposal, by)
    needed = still_needed(now)
    if needed:
        raise ValidationError(
            ngettext(
                "%(count)s more person has to be in favour before this proposal is accepted.",
                "%(count)s more people have to be in favour before this proposal is accepted.",
                needed,
            ),
            params={"count": needed},
        )
    if kind_of(now) is None:
        raise ValidationError(_("There is no kind of practice yet: make one first."))
    return now


@transaction.atomic
def refuse(proposal, by, reason):
    """Do not keep a proposal, and tell its author why."""
    now = _open(proposal, by)
    if not reason.strip():
        raise ValidationError(_("Say why: the author will read it."))
    _decide(now, by, State.REFUSED, reason)
    return now


def _decide(proposal, by, state, reason, practice=None):
    proposal.state, proposal.reason, proposal.practice = state, reason.strip(), practice
    proposal.decided_by, proposal.decided_at = by, timezone.now()
    proposal.save(force_update=True)
    # The practice has its own by now; of what is not kept, nothing has to stay.
    proposal.files.all().delete()
    write_to(proposal, About.ACCEPTED if state == State.ACCEPTED else About.REFUSED)
