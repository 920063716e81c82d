"""The page behind the link that is mailed: confirm, go on, follow, answer, be erased. GET shows, POST acts."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from contributions.forms.messages import AdditionForm, RemarkForm
from contributions.links import FOLLOW, write_token
from contributions.models.proposals import State
from contributions.proposals import writing
from contributions.views.links import spent
from contributions.views.proposals import one_file, shown
from mail.decorators import mailed_page
from practices.models import Practice


@mailed_page
def follow(request, token):
    """Where a proposal stands, and what its author may do now."""
    proposal = FOLLOW.open(token)
    if proposal is None:
        return spent(request)
    action = request.POST.get("action") if request.method == "POST" else None
    if action == "erase":
        return render(request, "contributions/erased.html") if writing.erase(proposal) else spent(request)
    if action == "confirm":
        proposal = writing.confirm(proposal)
        if proposal is not None and proposal.is_written:
            return redirect("contributions:step", write_token(proposal), _where(proposal))
        return redirect("contributions:follow", token)
    answering = RemarkForm if proposal.state == State.QUESTION else AdditionForm
    form = answering(request.POST if action == "answer" else None)
    if form.is_bound and form.is_valid():
        writing.answer(proposal, form.cleaned_data["text"])
        return redirect("contributions:follow", token)
    return render(request, "contributions/follow.html", _context(proposal, token, form))


def _where(proposal):
    """The first step that has something to ask, or the last one."""
    return next(iter(writing.lacking(proposal)), "vous")


def _context(proposal, token, form):
    public = Practice.objects.published().filter(pk=proposal.practice_id).first()
    return {
        "proposal": proposal,
        "token": token,
        "form": form,
        "public": public,
        "remarks": list(proposal.remarks.all()),
        "may_answer": proposal.state in (State.RECEIVED, State.QUESTION),
    }


@mailed_page
def seen(request, token):
    """What was sent, on the page that visitors would see."""
    proposal = FOLLOW.open(token)
    if proposal is None:
        return spent(request)
    return shown(request, proposal, files="contributions:file-sent", back="contributions:follow", token=token)


@mailed_page
@require_safe
def file(request, token, slot, name):
    """One of the files that were sent, until it is decided."""
    proposal = FOLLOW.open(token)
    if proposal is None:
        return spent(request)
    return one_file(request, proposal, slot, name)
