"""Practices in the back office: add, edit, publish, find."""

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from practices.models import KeyFigure, Link, Practice, Status

MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S")


class KeyFigureInline(admin.TabularInline):
    """Key figures, under the practice."""

    model = KeyFigure
    extra = 0


class LinkInline(admin.StackedInline):
    """Links and sources, under the practice."""

    model = Link
    extra = 0
    fields = ("title", "url", ("language", "order", "is_source"))


@admin.register(Practice)
class PracticeAdmin(admin.ModelAdmin):
    """One practice."""

    list_display = ("title", "status", "kind", "country_names", "published_at", "updated_at")
    list_filter = (
        "status",
        "kind",
        *((name, admin.RelatedOnlyFieldListFilter) for name in ("countries", "sectors", "themes", "audiences")),
    )
    list_select_related = ("kind",)
    search_fields = ("title", "teaser", "slug", "organisations__name", "place")
    date_hierarchy = "published_at"
    autocomplete_fields = ("kind", "countries", "sectors", "themes", "audiences", "organisations", "related")
    inlines = (KeyFigureInline, LinkInline)
    actions = ("publish", "back_to_draft", "archive")
    save_on_top = True
    formfield_overrides = {models.DateTimeField: {"form_class": forms.DateTimeField, "widget": MOMENT}}
    list_per_page = 50
    fieldsets = (
        (None, {"fields": ("title", "slug", "teaser")}),
        (_("Publication"), {"fields": ("status", "published_at")}),
        (_("Classification"), {"fields": ("kind", "countries", "sectors", "themes", "audiences")}),
        (
            _("Who, where, when"),
            {"fields": ("organisations", "place", "website", "contact", ("start_year", "end_year"), "years_note")},
        ),
        (
            _("Sections"),
            {
                "fields": Practice.SECTIONS,
                "description": _("Leave empty what the sources do not tell. A blank line starts a paragraph."),
            },
        ),
        (_("Related practices"), {"fields": ("related",)}),
    )

    def get_queryset(self, request):
        """Practices with their countries."""
        return super().get_queryset(request).prefetch_related("countries")

    def get_readonly_fields(self, request, obj=None):
        """Keep the address of a practice that has been public: others may have linked to it."""
        return ("slug",) if obj and obj.published_at else ()

    def view_on_site(self, practice):
        """The public page, where there is one."""
        if Practice.objects.published().filter(pk=practice.pk).exists():
            return practice.get_absolute_url()
        return None

    @admin.display(description=_("countries"))
    def country_names(self, practice):
        """The names of the countries."""
        return ", ".join(country.name for country in practice.countries.all())

    @admin.action(description=_("Publish"), permissions=["change"])
    def publish(self, request, queryset):
        """Publish the chosen practices now; those that have a date keep it."""
        queryset.filter(published_at=None).update(published_at=timezone.now())
        self._tell(request, queryset.update(status=Status.PUBLISHED, updated_at=timezone.now()))

    @admin.action(description=_("Take back to draft"), permissions=["change"])
    def back_to_draft(self, request, queryset):
        """Hide the chosen practices from the public and work on them again."""
        self._tell(request, queryset.update(status=Status.DRAFT, updated_at=timezone.now()))

    @admin.action(description=_("Archive"), permissions=["change"])
    def archive(self, request, queryset):
        """Take the chosen practices out of the catalogue."""
        self._tell(request, queryset.update(status=Status.ARCHIVED, updated_at=timezone.now()))

    def _tell(self, request, count):
        sentence = ngettext("%(count)s practice was changed.", "%(count)s practices were changed.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS)
