"""The pages by which somebody writes a proposal: one step each, saved at every submission; no cookie, no account."""

from functools import wraps

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from contributions import attachments, limits
from contributions.forms.files import ROUTE
from contributions.forms.messages import AddressForm
from contributions.forms.steps import STEPS, PersonForm, StartForm
from contributions.links import WRITE, write_token
from contributions.proposals import conversion, writing
from contributions.proposals.progress import summary, trail
from contributions.views.links import spent
from mail.addresses import masked
from mail.decorators import came_from_this_site, mailed_page
from mail.transport import sends_for_real
from newsletter.delivery.queue import mail_is_late
from practices.decorators import public_page
from practices.views.pages import practice_page


@public_page
def about(request):
    """What is asked, what becomes of it, and the way in."""
    context = {"steps": list(STEPS.values()), "canonical": reverse("contributions:about")}
    return render(request, "contributions/about.html", context)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request):
    """The first step: nothing is kept before its answers are sent."""
    form, status = StartForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and came_from_this_site(request) and form.is_valid():
        if not limits.too_many(request):
            proposal = writing.begin(form.answers, request.LANGUAGE_CODE)
            return _next(write_token(proposal), StartForm.step, later="later" in request.POST)
        status = 429
    context = {"form": form, "trail": trail(None, StartForm.step), "token": "", "refused": status == 429}
    return render(request, "contributions/step.html", context, status=status)


def being_written(view):
    """A page of a proposal that is still being written: its link opens nothing once it has arrived."""

    @mailed_page
    @wraps(view)
    def opened(request, token, *args, **kwargs):
        known = WRITE.find(token)
        if known is not None and not known.is_written:
            return render(request, "contributions/arrived.html")
        proposal = WRITE.open(token)
        return view(request, proposal, token, *args, **kwargs) if proposal else spent(request)

    return opened


@being_written
def step(request, proposal, token, name):
    """One step; what is well answered is kept even where the rest is refused."""
    if name not in STEPS:
        return spent(request)
    refused = bool(request.FILES) and limits.too_many_files(request)
    sent = (request.POST, {} if refused else request.FILES) if request.method == "POST" else ()
    form = STEPS[name](*sent, initial=writing.initial(proposal, name), proposal=proposal, token=token)
    if sent:
        valid = form.is_valid()
        proposal = writing.save(proposal, name, form.answers)
        if proposal is None:
            return spent(request)
        # A confirmed address that changes takes the links to the former one with it.
        token = token if WRITE.fits(token, proposal) else write_token(proposal)
        later = "later" in request.POST
        if not refused and (valid or (later and not form.lost)):
            return redirect("contributions:step", token, name) if "stay" in request.POST else _next(token, name, later)
    context = {"form": form, "proposal": proposal, "token": token, "trail": trail(proposal, name), "refused": refused}
    return render(request, "contributions/step.html", context, status=429 if refused else 200)


def _next(token, name, later):
    """Where one goes after a step: to the next one, to what was answered, or to the page that keeps a draft."""
    if later:
        return redirect("contributions:keep", token)
    names = list(STEPS)
    if name == names[-1]:
        return redirect("contributions:check", token)
    return redirect("contributions:step", token, names[names.index(name) + 1])


@being_written
def check(request, proposal, token):
    """All that was answered, before it is sent; and the button that sends it."""
    lacking = writing.lacking(proposal)
    if request.method == "POST" and not lacking:
        proposal = writing.send(proposal)
        return redirect("contributions:sent", write_token(proposal)) if proposal else spent(request)
    context = {
        "proposal": proposal,
        "token": token,
        "trail": trail(proposal, None),
        "lacking": [STEPS[name] for name in lacking],
        "parts": summary(proposal),
    }
    return render(request, "contributions/check.html", context)


@being_written
@require_safe
def preview(request, proposal, token):
    """The page as visitors would see it."""
    return shown(request, proposal, files=ROUTE, back="contributions:check", token=token)


@being_written
@require_safe
def file(request, proposal, token, slot, name):
    """One of the files, for whoever writes the proposal."""
    return one_file(request, proposal, slot, name)


def one_file(request, proposal, slot, name):
    """One of the files of a proposal, or the page that says there is nothing."""
    found = attachments.response(proposal, slot, name)
    return found or spent(request)


def shown(request, proposal, *, files, token, **context):
    """A proposal on the page of a practice, told to no robot and kept by no cache; `files` is a route, theirs."""
    return practice_page(
        request,
        conversion.shown(proposal, attachments.files_of(proposal, files, token)),
        template="contributions/preview.html",
        preview=True,
        canonical=None,
        token=token,
        **context,
    )


@being_written
def keep(request, proposal, token):
    """Where to send the link by which one goes on later."""
    form = AddressForm(request.POST if request.method == "POST" else None, initial={"email": proposal.email})
    if request.method == "POST" and form.is_valid():
        if not limits.too_many(request):
            proposal = writing.keep(proposal, form.cleaned_data["email"])
            return redirect("contributions:sent", write_token(proposal)) if proposal else spent(request)
        form.add_error(
            None,
            _(
                "Too many requests have come from your network in the last hour. Your draft is kept: ask again "
                "a little later."
            ),
        )
    context = {"form": form, "proposal": proposal, "token": token}
    return render(request, "contributions/keep.html", context)


@being_written
def sent(request, proposal, token):
    """Which message to open; by its button, the message is asked for again."""
    if not proposal.email:
        return redirect("contributions:keep", token)
    again = request.method == "POST" and not limits.too_many(request)
    if again:
        writing.keep(proposal, proposal.email)
    context = {
        "proposal": proposal,
        "token": token,
        "address": masked(proposal.email),
        "again": again,
        "late": mail_is_late(),
        "on_trial": not sends_for_real(),
        "person": PersonForm.step,
    }
    return render(request, "contributions/sent.html", context)
