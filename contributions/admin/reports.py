"""Errors that readers told, in the back office: read, answer, close."""

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from contributions import reports
from contributions.models import Report


class ReportForm(forms.ModelForm):
    """What is answered; to save is to close."""

    class Meta:
        model = Report
        fields = ("answer",)
        widgets = {"answer": forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"})}
        help_texts = {"answer": _("Sent to whoever left an address. Saving without an answer closes the report.")}


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin):
    """One error; nobody adds one here, nor changes what was told."""

    form = ReportForm
    list_display = ("excerpt", "practice", "state", "has_address", "at")
    list_filter = ("state",)
    list_select_related = ("practice",)
    search_fields = ("text", "practice__title")
    date_hierarchy = "at"
    list_per_page = 50
    fields = ("page", "text", "email", "at", "state", "handled_by", "answer")
    readonly_fields = ("page", "text", "email", "at", "state", "handled_by")

    def has_add_permission(self, request):
        """Readers tell them."""
        return False

    @admin.display(description=_("what is wrong"))
    def excerpt(self, one):
        """The first words."""
        return Truncator(one.text).chars(80)

    @admin.display(description=_("an address"), boolean=True)
    def has_address(self, one):
        """Whether an answer finds somebody."""
        return bool(one.email)

    @admin.display(description=_("practice"))
    def page(self, one):
        """The practice, to correct it."""
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:practices_practice_change", args=[one.practice_id]), one.practice
        )

    def save_model(self, request, obj, form, change):
        """Answer, or close."""
        obj.refresh_from_db(fields=["answer"])
        reports.handle(obj, request.user, form.cleaned_data["answer"])
