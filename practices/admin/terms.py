"""Vocabularies in the back office: one form for all five, merging, and the refusal to delete a term in use."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from content.admin.translations import TranslationFilter, in_every_language
from practices.editorial.merging import Merge, field_of
from practices.models import Audience, Country, Kind, Practice, Sector, Theme

NAMED = 20
"""Practices that the preview of a merge names; it counts the others."""


@admin.register(Sector, Theme, Kind, Audience)
class TermAdmin(TranslationAdmin):
    """A term: its words in each language, its address, its place in the list."""

    list_display = ["name", "slug", "order", "use_count"]
    list_editable = ("order",)
    change_form_template = "admin/practices/term_change_form.html"
    delete_confirmation_template = "admin/practices/term_delete_confirmation.html"
    list_filter = (TranslationFilter,)
    search_fields = [*in_every_language("name"), "slug"]

    def get_queryset(self, request):
        """Terms with the number of practices that use them."""
        return super().get_queryset(request).annotate(uses=Count("practices", distinct=True))

    @admin.display(description=_("practices"), ordering="uses")
    def use_count(self, term):
        """How many practices use this term, whatever their status, with the way to them."""
        return format_html('<a href="{}">{}</a>', practices_of(term), term.uses) if term.uses else 0

    def get_deleted_objects(self, objs, request):
        """Name the practices that keep a term from being deleted."""
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        if protected:
            protected = [
                format_html(
                    '<a href="{}">{}</a> ({})',
                    reverse("admin:practices_practice_change", args=[practice.pk]),
                    practice,
                    practice.get_status_display(),
                )
                for practice in Practice.objects.filter(**{f"{field_of(self.model)}__in": objs}).distinct()
            ]
        return deleted, counts, missing, protected

    def get_urls(self):
        """Django's addresses, and that of merging."""
        merge = self.admin_site.admin_view(self.merge_view)
        return [path("<int:pk>/fusionner/", merge, name=f"practices_{self.opts.model_name}_merge"), *super().get_urls()]

    def merge_view(self, request, pk):
        """Choose the term to merge this one into, see what would move, then have it done."""
        if not (self.has_change_permission(request) and self.has_delete_permission(request)):
            raise PermissionDenied
        gone = get_object_or_404(self.model, pk=pk)
        others = self.model._default_manager.exclude(pk=pk)
        form = MergeForm(others, request.POST if request.method == "POST" else request.GET or None)
        merge = Merge(gone, form.cleaned_data["into"]) if form.is_valid() else None
        if merge and request.method == "POST":
            try:
                return self._merged(request, merge)
            except ValidationError as refusal:
                self.message_user(request, refusal.messages[0], messages.ERROR)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Merge into another term"),
            "subtitle": gone.name,
            "opts": self.opts,
            "gone": gone,
            "form": form,
            "merge": merge,
            "named": merge and merge.practices[:NAMED],
            "count": merge and merge.practices.count(),
            "more": merge and max(merge.practices.count() - NAMED, 0),
        }
        return TemplateResponse(request, "admin/practices/merge.html", context)

    def _merged(self, request, merge):
        names = {"gone": merge.gone.name, "kept": merge.kept.name}
        merge.carry_out(request.POST.get("stamp", ""))
        self.log_change(request, merge.kept, _("“%(gone)s” was merged into it.") % names)
        self.message_user(request, _("“%(gone)s” was merged into “%(kept)s”.") % names, messages.SUCCESS)
        return redirect(f"admin:practices_{self.opts.model_name}_change", merge.kept.pk)


class MergeForm(forms.Form):
    """Which term takes the practices of another."""

    def __init__(self, others, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"] = forms.ModelChoiceField(others, label=_("Merge into"))


def practices_of(term):
    """The address of the practices that use a term, in the back office."""
    return f"{reverse('admin:practices_practice_changelist')}?{field_of(type(term))}__id__exact={term.pk}"


@admin.register(Country)
class CountryAdmin(TermAdmin):
    """A country: a term with an ISO code."""

    list_display = ["name", "code", "slug", "order", "use_count"]
    search_fields = [*TermAdmin.search_fields, "code"]
