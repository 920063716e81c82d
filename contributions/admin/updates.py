"""Updates in the back office: ask an organisation whether a page still holds, take what it changes, or not."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from contributions import updates
from contributions.models import Update
from mail.addresses import AddressField
from practices.models import Practice


class AskForm(forms.ModelForm):
    """Whom to ask about which practice."""

    email = AddressField(
        label=_("E-mail address of the organisation"), widget=forms.EmailInput(attrs={"class": "vTextField"})
    )

    class Meta:
        model = Update
        fields = ("practice", "email", "language", "note")

    def clean_practice(self):
        """Refuse a practice that has no page: the link would show it to somebody outside."""
        practice = self.cleaned_data["practice"]
        if not Practice.objects.readable().filter(pk=practice.pk).exists():
            raise ValidationError(_("This practice has no public page: publish it first."))
        return practice


@admin.register(Update)
class UpdateAdmin(admin.ModelAdmin):
    """One question, and what came back."""

    form = AskForm
    list_display = ("practice", "state", "email", "asked_at", "answered_at", "decided_by")
    list_filter = ("state",)
    list_select_related = ("practice", "decided_by")
    search_fields = ("practice__title", "email")
    date_hierarchy = "asked_at"
    autocomplete_fields = ("practice",)

    def save_model(self, request, obj, form, change):
        """Send the link."""
        updates.ask(obj, request.user)
        self.message_user(request, _("A message leaves for %(email)s.") % {"email": obj.email}, messages.SUCCESS)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What would change, field by field, to take or not."""
        one = self.get_object(request, unquote(object_id))
        if one is None:
            return redirect("admin:contributions_update_changelist")
        if not self.has_view_permission(request, one):
            raise PermissionDenied
        if request.method == "POST":
            kept = request.POST.getlist("kept") if "_accept" in request.POST else []
            try:
                updates.decide(one, request.user, kept)
            except ValidationError as refusal:
                for sentence in refusal.messages:
                    self.message_user(request, sentence, messages.ERROR)
            else:
                self.message_user(request, _("It is decided."), messages.SUCCESS)
            return redirect("admin:contributions_update_change", one.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Update by the organisation"),
            "subtitle": str(one.practice),
            "opts": self.opts,
            "update": one,
            "open": one.state == "proposed" and self.has_change_permission(request, one),
            "changes": updates.changes(one) if one.state == "proposed" else (),
        }
        return TemplateResponse(request, "admin/contributions/update/change.html", context)
