"""The newsletter's pages: sign up, confirm, choose, leave, be erased, take one's data."""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from mail.decorators import came_from_this_site, mailed_page
from mail.transport import sends_for_real
from newsletter import limits, tokens
from newsletter.delivery.queue import mail_is_late
from newsletter.delivery.sender import send_service_messages_soon
from newsletter.forms import PreferencesForm, SignUpForm
from newsletter.models import Letter
from newsletter.models.readers import ReaderState
from newsletter.readers import subscriptions
from newsletter.readers.consent_wording import PRESENT, worded_in, wording
from newsletter.readers.saved_searches import described
from practices.decorators import public_page
from practices.filters import indexed


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request):
    """The form, in two steps: the foot of every page sends an address here, and this page asks for the rest."""
    status = 200
    filterset = indexed(request.POST if request.method == "POST" else request.GET)
    if request.method == "POST" and "age" in request.POST and came_from_this_site(request):
        form = SignUpForm(request.POST, selection=filterset.selection)
        if form.is_valid():
            if not limits.too_many(request):
                _ask(form)
                return redirect("newsletter:asked")
            status = 429
    else:
        form = SignUpForm.blank(filterset.selection, email=request.POST.get("email", "")[:320])
    context = {
        "form": form,
        "filterset": filterset,
        "words": described(form.query),
        "refused": status == 429,
        "canonical": reverse("newsletter:sign_up"),
    }
    context |= {"noindex": bool(form.query or form["email"].value()), **_agreement(request, PRESENT)}
    return render(request, "newsletter/sign_up.html", context, status=status)


def _ask(form):
    wanted = {name: form.cleaned_data[name] for name in ("language", "letters", "frequency")}
    subscriptions.ask(form.cleaned_data["email"], query=form.query, **wanted)
    send_service_messages_soon()


@never_cache
@require_safe
def asked(request):
    """What happens next, the same for every address; nothing here depends on who asked."""
    return render(request, "newsletter/asked.html", {"late": mail_is_late(), "on_trial": not sends_for_real()})


@mailed_page
def confirm(request, token):
    """What the link would confirm, and the button that confirms it."""
    asked = tokens.CONFIRM.open(token)
    found = subscriptions.to_confirm(asked.key) if asked else None
    if found is None:
        return _spent(request)
    address, requests, done = found
    if done:
        # A link that has been used says so, and opens nothing any more: whoever finds it later learns nothing by it.
        return render(request, "newsletter/confirmed.html", {"reader": None})
    if request.method == "POST":
        reader = subscriptions.confirm(asked.key)
        if reader is None:
            return _spent(request)
        # No link to her choices: each is mailed, so that it proves by itself whose it is.
        return render(request, "newsletter/confirmed.html", {"reader": reader, "wishes": _received(reader)})
    # Who pressed the button twice asked for the same thing once.
    different = {(one.letters, one.frequency, one.query): one for one in requests}.values()
    wishes = [(one, described(one.query)) for one in different]
    context = {"address": address, "wishes": wishes, **_agreement(request, requests[-1].wording)}
    return render(request, "newsletter/confirm.html", context)


def _received(reader):
    """All that a reader receives, as (wish, words of a search), the letter told once."""
    searches = [described(one.query) for one in reader.searches.all()] or [[]]
    return [
        ({"letters": reader.letters and not at, "frequency": reader.frequency}, words)
        for at, words in enumerate(searches)
    ]


def _agreement(request, version):
    """The words that a reader agrees to, and the language they are in."""
    language = worded_in(version, request.LANGUAGE_CODE)
    return {"wording": wording(version, language), "wording_language": language}


@mailed_page
def preferences(request, token):
    """A reader's choices, and the ways to leave, to be erased and to take one's data."""
    reader = _reader(token)
    if reader is None:
        return _spent(request)
    action = request.POST.get("action") if request.method == "POST" else None
    if action == "erase":
        subscriptions.erase(reader.email)
        return render(request, "newsletter/erased.html")
    if action == "leave":
        subscriptions.leave(reader.key)
        return render(request, "newsletter/left.html")
    initial = {"letters": reader.letters, "frequency": reader.frequency, "language": reader.language}
    initial["searches"] = list(reader.searches.all())
    form = PreferencesForm(request.POST if action == "save" else None, reader=reader, initial=initial)
    saved = form.is_bound and form.is_valid()
    if saved:
        wanted = {name: form.cleaned_data[name] for name in ("language", "letters", "frequency")}
        reader = subscriptions.change(reader, kept_searches=form.cleaned_data["searches"], **wanted)
        if reader is None:
            return _spent(request)
        if not (reader.letters or reader.frequency):
            return render(request, "newsletter/left.html")
    searches = [(one, described(one.query)) for one in reader.searches.all()]
    context = {"form": form, "reader": reader, "token": token, "searches": searches, "saved": saved}
    context |= _agreement(request, PRESENT)
    return render(request, "newsletter/preferences.html", context)


@mailed_page
@require_safe
def data(request, token):
    """All that is kept about a reader, as a file."""
    reader = _reader(token)
    if reader is None:
        return _spent(request)
    answer = JsonResponse(
        subscriptions.everything_about(reader), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    answer.headers["Content-Disposition"] = 'attachment; filename="newsletter.json"'
    return answer


@mailed_page
def leave(request, token):
    """Unsubscribe: a button for people; for mail programs, a POST that needs nothing else (RFC 8058)."""
    reader = tokens.LEAVE.open(token)
    if reader is None and (tokens.LEAVE.read(token) is None or tokens.LEAVE.find(token)):
        return _spent(request)
    # Who has been erased has left: programs that try again are told so.
    if request.method == "POST":
        if reader is not None:
            subscriptions.leave(reader.key)
        return render(request, "newsletter/left.html")
    return render(request, "newsletter/leave.html", {"reader": reader})


@public_page
def archive(request):
    """The letters that have left, the latest first."""
    letters = Letter.objects.in_archive()
    return render(request, "newsletter/archive.html", {"letters": letters, "canonical": reverse("newsletter:archive")})


@public_page
def letter(request, slug):
    """One letter of the archive."""
    one = get_object_or_404(Letter.objects.in_archive(), slug=slug)
    context = {"letter": one, "practices": one.told, "canonical": one.get_absolute_url()}
    return render(request, "newsletter/letter.html", context)


def _reader(token):
    """The reader whose choices a token opens, if there still is one who is written to."""
    reader = tokens.PREFERENCES.open(token) or tokens.STAY.open(token)
    return reader if reader is not None and reader.state == ReaderState.ACTIVE else None


def _spent(request):
    """One page for every link that opens nothing, whatever the reason."""
    return render(request, "newsletter/spent.html", status=404)
