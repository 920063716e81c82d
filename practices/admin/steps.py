"""The steps of a practice taken by a button of its form that saves nothing else."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _

from practices.editorial.workflow import STEPS


class StepPages:
    """The decisions, hung on the admin of practices."""

    get_queryset: Any
    message_user: Any

    def step_view(self, request, pk):
        """Take the step whose button was pressed, without saving anything else."""
        practice = get_object_or_404(self.get_queryset(request), pk=pk)
        name = next((name for name in STEPS if f"_{name}" in request.POST), None)
        if name is None:
            raise BadRequest("No known step")
        try:
            STEPS[name](practice, request.user, request.POST.get("note", "")[:2000])
        except ValidationError as refusal:
            for sentence in refusal.messages:
                self.message_user(request, sentence, messages.ERROR)
        else:
            self.tell_status(request, practice)
        return redirect("admin:practices_practice_change", practice.pk)

    def tell_status(self, request, practice):
        """Say where a practice stands now."""
        sentence = _("“%(title)s” is now in the status: %(status)s.")
        told = sentence % {"title": practice.title, "status": practice.get_status_display()}
        self.message_user(request, told, messages.SUCCESS)
