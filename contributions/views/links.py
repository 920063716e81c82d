"""The page of a link that opens nothing any more, and the form by which one asks for one's links again."""

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from contributions import limits
from contributions.forms.messages import AddressForm
from contributions.proposals import writing
from mail.decorators import came_from_this_site
from mail.transport import sends_for_real
from newsletter.delivery.queue import mail_is_late


def spent(request):
    """One page for every link that opens nothing, whatever the reason."""
    return render(request, "contributions/spent.html", {"form": AddressForm()}, status=404)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request):
    """Where to send the links again; what follows is the same for every address, known or not."""
    form, status = AddressForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and came_from_this_site(request) and form.is_valid():
        if not limits.too_many(request):
            writing.ask_for_links(form.cleaned_data["email"])
            return redirect("contributions:asked")
        status = 429
    context = {"form": form, "refused": status == 429}
    return render(request, "contributions/links.html", context, status=status)


@never_cache
@require_safe
def asked(request):
    """What happens next; nothing here depends on who asked."""
    return render(request, "contributions/asked.html", {"late": mail_is_late(), "on_trial": not sends_for_real()})
