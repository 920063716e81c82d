"""The page by which an organisation says that a practice still holds, or what has changed."""

from django.shortcuts import redirect, render

from contributions import updates
from contributions.forms.messages import UpdateForm
from contributions.links import UPDATE
from contributions.views.links import spent
from mail.decorators import mailed_page


@mailed_page
def update(request, token):
    """What the page says now, to confirm or to change; GET shows, POST acts."""
    one = UPDATE.open(token)
    if one is None:
        return spent(request)
    action = request.POST.get("action") if request.method == "POST" else None
    decided = not one.is_open
    if action == "confirm" and not decided:
        updates.confirm(one)
        return redirect(request.path)
    now = updates.present(one.practice)
    form = UpdateForm(request.POST if action == "change" else None, initial={**now, **one.answers})
    if form.is_bound and form.is_valid() and not decided:
        updates.propose(one, form.changed_answers(one.answers), form.cleaned_data["remark"])
        return redirect(request.path)
    context = {"form": form, "update": one, "practice": one.practice, "decided": decided}
    return render(request, "contributions/update.html", context)
