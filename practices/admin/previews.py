"""The preview of a practice in the back office: at two widths, and the address to show it by."""

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.contrib.admin import ModelAdmin
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from practices.models import Practice, Status
from practices.views import preview


class PreviewPages(ModelAdmin):
    """The pages of a preview."""

    @method_decorator(csp_update({"frame-src": [SELF]}))
    def preview_view(self, request, pk):
        """A practice as visitors will see it, at two widths, and the address to show it by."""
        practice = get_object_or_404(self.get_queryset(request), pk=pk)
        share = reverse("preview", args=[preview.token_for(practice)])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview"),
            "subtitle": practice.title,
            "opts": self.opts,
            "practice": practice,
            "frame": reverse("admin:practices_practice_preview_page", args=[pk]),
            "share": "" if practice.status == Status.ARCHIVED or self.get_view_on_site_url(practice) else share,
            "days": preview.DAYS,
        }
        return TemplateResponse(request, "admin/practices/practice/preview.html", context)

    @method_decorator([csp_replace({"frame-ancestors": [SELF]}), xframe_options_sameorigin])
    def preview_page(self, request, pk):
        """The page itself, to be framed."""
        practice = get_object_or_404(self.get_queryset(request), pk=pk)
        return preview.render_preview(request, Practice.objects.for_page().get(pk=practice.pk))
