"""Whether a practice has been written already, asked while its title is typed."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from practices.editorial.duplicates import like
from practices.editorial.workflow import may_edit
from practices.models import Practice


class DuplicatePages:
    """What is alike, hung on the admin of practices."""

    has_view_or_change_permission: Any

    def duplicates_view(self, request):
        """Practices whose title is nearly the one typed, among those that the person may know of, as JSON."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        but = request.GET.get("sauf", "")
        known = Practice.objects.within_reach_of(request.user) | Practice.objects.published()
        found = like(known, request.GET.get("titre", "")[:200], int(but) if but.isdecimal() and len(but) < 19 else None)
        practices = [
            {
                "title": one.title,
                "status": one.get_status_display(),
                "url": reverse("admin:practices_practice_change", args=[one.pk])
                if may_edit(request.user, one)
                else one.get_absolute_url(),
            }
            for one in found
        ]
        return JsonResponse({"sentence": _("Has this practice been written already?"), "practices": practices})
