"""The back office of the catalogue: its home, the guide and the yearly review, behind the door of `accounts.site`."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.site import GuardedSite
from practices.editorial import review
from practices.editorial.dashboard import dashboard
from practices.editorial.guide import guide


class BackOffice(GuardedSite):
    """What the team finds once inside."""

    def index(self, request, extra_context=None):
        """What waits, what is under way, the catalogue in figures, and Django's list of everything."""
        return super().index(request, {**dashboard(request.user), **(extra_context or {})})

    def get_urls(self):
        """The addresses of the door, the guide and the review, and Django's."""
        return [
            path("guide/", self.admin_view(self.guide), name="guide"),
            path("relecture/", self.admin_view(require_POST(self.review_round)), name="review_round"),
            *super().get_urls(),
        ]

    def guide(self, request):
        """How to write and publish, for whoever has never seen this."""
        title, html = guide()
        context = {**self.each_context(request), "title": title, "guide": html}
        return TemplateResponse(request, "admin/guide.html", context)

    def review_round(self, request):
        """Begin the yearly round, or end the one under way."""
        try:
            if "close" in request.POST:
                review.close(request.user)
                messages.success(request, _("The round is closed."))
            else:
                review.launch(request.user)
                messages.success(request, _("The round has begun: each practice read again leaves it."))
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
        return redirect("admin:index")
