"""The steps of a practice, from draft to the public and back: who may take each, and what it checks.

Every change of status in the back office is one of these functions, whichever page, button or action asks for it. The
mail that follows is in `notifications`; what the public may see is in `models.querysets`.
"""

from dataclasses import dataclass
from functools import wraps

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction as database
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from content.languages import column
from practices.editorial.notifications import tell
from practices.models import Practice, Status, Step


@dataclass(frozen=True)
class Transition:
    """A named step: the statuses it leaves, the one it reaches, and the permission it takes."""

    name: str
    label: str | Promise
    sources: tuple[str, ...]
    target: str
    permission: str
    own: bool
    fields: tuple[str, ...] | None = None

    def open_to(self, user, practice):
        """Whether a person may take this step from where a practice stands, its contents apart."""
        if practice.status not in self.sources or not user.has_perm(f"practices.{self.permission}"):
            return False
        return user.has_perm("practices.edit_any_practice") or (self.own and practice.author_id == user.pk)


TRANSITIONS = {}
"""Every transition by its name, in the order of a practice's life."""


def _transition(label, sources, target, permission, own=False, fields=None, complete=False):
    """Make a step of a function that checks and completes a practice; it gets the row as it is now, locked.

    The step is `step(practice, by, note="")`. It raises PermissionDenied when the person may not take it,
    ValidationError when the practice is not ready or has moved meanwhile; it changes nothing then. A step that names
    its `fields` writes nothing else, and is no update of the practice; a `complete` one asks for what readers need.
    """

    def decorate(prepare):
        one = Transition(prepare.__name__, label, sources, target, permission, own, fields)
        TRANSITIONS[one.name] = one

        @wraps(prepare)
        def step(practice, by, note=""):
            with database.atomic():
                now = Practice.objects.select_for_update().get(pk=practice.pk)
                if now.status not in sources:
                    raise ValidationError(
                        _("“%(title)s” is now in the status “%(status)s”: somebody else may have changed it."),
                        params={"title": now.title, "status": now.get_status_display()},
                    )
                if not one.open_to(by, now):
                    raise PermissionDenied
                if complete:
                    _complete(now)
                settle(now, one.name)
                now.save(update_fields=fields)
                taken = Step.objects.create(practice=now, transition=one.name, status=target, by=by, note=note.strip())
                database.on_commit(lambda: tell(taken))
            practice.status, practice.published_at = now.status, now.published_at
            return taken

        return step

    return decorate


def settle(practice, name):
    """Make of a practice what a step makes of it, the step being allowed; writes nothing: whoever calls saves."""
    target = TRANSITIONS[name].target
    STEPS[name].__wrapped__(practice)
    practice.status = target
    if target != Status.ARCHIVED:
        practice.archived_at = None


def missing(title, teaser, themes, sectors):
    """What a practice lacks to be shown, as {field: what to do}; the terms are given as anything that has a length."""
    return {
        name: sentence
        for name, value, sentence in (
            ("title", title, _("A title is needed before others read this practice.")),
            ("teaser", teaser, _("A teaser is needed before others read this practice.")),
            ("themes", themes, _("Choose at least one theme: visitors find a practice by it.")),
            ("sectors", sectors, _("Choose at least one sector: visitors find a practice by it.")),
        )
        if not value
    }


def _complete(practice):
    """Refuse a practice that is not ready to be read by the public."""
    title, teaser = (getattr(practice, column(name)) for name in ("title", "teaser"))
    lacks = missing(title, teaser, practice.themes.all(), practice.sectors.all())
    if lacks:
        raise ValidationError([ValidationError(f"{practice}: {sentence}") for sentence in lacks.values()])


@_transition(_("Submit for review"), (Status.DRAFT,), Status.IN_REVIEW, "submit_practice", own=True, complete=True)
def submit(practice):
    """Ask an editor to read a draft; it is complete."""


@_transition(_("Withdraw from review"), (Status.IN_REVIEW,), Status.DRAFT, "submit_practice", own=True)
def withdraw(practice):
    """Take one's practice back before it is read, to go on writing."""


@_transition(_("Send back to its author"), (Status.IN_REVIEW,), Status.DRAFT, "review_practice")
def send_back(practice):
    """Ask the author for changes; the note says which."""


@_transition(
    pgettext_lazy("decision", "Publish"),
    (Status.DRAFT, Status.IN_REVIEW, Status.ARCHIVED),
    Status.PUBLISHED,
    "publish_practice",
    complete=True,
)
def publish(practice):
    """Show a complete practice to the public: now, or on the date it has, which may be to come."""
    if practice.published_at is None:
        practice.published_at = timezone.now()
    practice.reviewed_on = timezone.localdate()


@_transition(_("Still accurate"), (Status.PUBLISHED,), Status.PUBLISHED, "review_practice", fields=("reviewed_on",))
def confirm(practice):
    """Say that a published practice was read again, and that what it tells still holds."""
    practice.reviewed_on = timezone.localdate()


@_transition(_("Take back to draft"), (Status.PUBLISHED,), Status.DRAFT, "publish_practice")
def unpublish(practice):
    """Hide a practice from the public and work on it again; it keeps its date and its address."""


@_transition(
    pgettext_lazy("decision", "Archive"),
    (Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED),
    Status.ARCHIVED,
    "archive_practice",
)
def archive(practice):
    """Take a practice out of the catalogue and keep it; one that the public could read keeps its page."""
    practice.archived_at = timezone.now() if practice.is_public else None


@_transition(_("Reopen as a draft"), (Status.ARCHIVED,), Status.DRAFT, "archive_practice")
def reopen(practice):
    """Work again on a practice that had been archived."""


STEPS = {one.__name__: one for one in (submit, withdraw, send_back, publish, confirm, unpublish, archive, reopen)}
"""The step of each transition, by its name."""


def back_to_draft(practice, by, note=""):
    """Take the step that leads to a draft from wherever a practice stands; one that is a draft already is refused."""
    steps = {Status.IN_REVIEW: send_back, Status.PUBLISHED: unpublish, Status.ARCHIVED: reopen}
    return steps.get(practice.status, unpublish)(practice, by, note)


def open_to(user, practice):
    """The transitions that a person may take now, in the order of a practice's life.

    Whoever may send a practice back is not offered to withdraw it as well, unless it is theirs.
    """
    found = [one for one in TRANSITIONS.values() if one.open_to(user, practice)]
    if practice.pk is None:
        # There is nothing yet to put away; an import may bring a practice that was.
        found = [one for one in found if one.target != Status.ARCHIVED]
    if practice.author_id != user.pk and any(one.name == "send_back" for one in found):
        return [one for one in found if one.name != "withdraw"]
    return found


def may_edit(user, practice):
    """Whether a person may change the words of a practice: an editor always, a contributor while it is their draft."""
    if user.has_perm("practices.edit_any_practice"):
        return True
    return practice.author_id == user.pk and practice.status == Status.DRAFT
