"""Practices in the back office: add, edit, decide, find; what a decision checks is in `editorial.workflow`.

Longer than other modules by a few lines: Django wants the pages of one model in one class.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.forms import Script
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from modeltranslation.admin import TranslationAdmin

from content.admin.translations import TranslationFilter, in_every_language, in_first_language, sections_of_translations
from content.admin.widgets import RichTextArea
from content.fields import RichTextField
from content.languages import column
from practices.admin.actions import PracticeActions
from practices.admin.duplicates import DuplicatePages
from practices.admin.forms import DocumentForm, PracticeForm
from practices.admin.imports import ImportPages, may_import
from practices.admin.inlines import DocumentInline, KeyFigureInline, LinkInline
from practices.admin.previews import PreviewPages
from practices.admin.revisions import RevisionPages
from practices.admin.steps import StepPages
from practices.admin.uploads import file_fields, receive
from practices.editorial import revisions
from practices.editorial.completeness import completeness, translations_of
from practices.editorial.needs import needs_of
from practices.editorial.workflow import STEPS, may_edit, open_to
from practices.links.schedule import failures_of
from practices.models import Practice, Step

FILES = file_fields(PracticeForm) | file_fields(DocumentForm, r"documents-\d+-")
"""What of the form of a practice takes a file."""
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S")


class NeedFilter(admin.SimpleListFilter):
    """What waits for somebody, as the dashboard counts it."""

    title = _("what waits")
    parameter_name = "besoin"

    def lookups(self, request, model_admin):
        """The needs that concern the person."""
        return [(need.key, need.label) for need in needs_of(request.user)]

    def queryset(self, request, queryset):
        """The practices that have the need chosen."""
        chosen = next((need for need in needs_of(request.user) if need.key == self.value()), None)
        return queryset.filter(chosen.condition(request.user)) if chosen else queryset


def typeset_in(form):
    """The labels of the fields whose French a form has set."""
    return getattr(form, "typeset_fields", ())


@admin.register(Practice)
class PracticeAdmin(PreviewPages, RevisionPages, DuplicatePages, StepPages, PracticeActions, TranslationAdmin):
    """One practice, and the decisions on it."""

    form = PracticeForm
    list_display = ("title", "status", "kind", "country_names", "author", "published_at", "updated_at")
    list_filter = (
        NeedFilter,
        "status",
        ("author", admin.RelatedOnlyFieldListFilter),
        "kind",
        *((name, admin.RelatedOnlyFieldListFilter) for name in ("countries", "sectors", "themes", "audiences")),
        TranslationFilter,
    )
    list_select_related = ("kind", "author")
    search_fields = (*in_every_language("title", "teaser", "place"), "slug", "organisations__name")
    date_hierarchy = "published_at"
    autocomplete_fields = ("kind", "countries", "sectors", "themes", "audiences", "organisations", "related")
    inlines = (KeyFigureInline, DocumentInline, LinkInline)
    actions = ("publish", "confirm", "back_to_draft", "archive", "export")
    save_on_top = True
    formfield_overrides = {
        models.DateTimeField: {"form_class": forms.DateTimeField, "widget": MOMENT},
        RichTextField: {"widget": RichTextArea},
    }
    list_per_page = 50
    fieldsets = (
        (None, {"fields": (column("title"), "slug", column("teaser"), "edition")}),
        (_("Classification"), {"fields": ("kind", "countries", "sectors", "themes", "audiences")}),
        (
            _("Who, where, when"),
            {
                "fields": (
                    "organisations",
                    column("place"),
                    "website",
                    "contact",
                    ("start_year", "end_year"),
                    column("years_note"),
                    "credit",
                )
            },
        ),
        (
            _("Sections"),
            {
                "fields": in_first_language(*Practice.SECTIONS),
                "description": _("Leave empty what the sources do not tell."),
            },
        ),
        (
            _("Picture"),
            {
                "fields": ("cover", column("cover_alt"), "cover_decorative", column("cover_credit")),
                "description": _("Shown on the page and on the card. Only a picture that may be published."),
            },
        ),
        *sections_of_translations(
            "title", "teaser", "place", "years_note", *Practice.SECTIONS, "cover_alt", "cover_credit"
        ),
        (_("Related practices"), {"fields": ("related",)}),
        (_("Publication"), {"fields": ("published_at", "note"), "classes": ("decision",)}),
    )

    class Media:
        js = [Script(f"js/admin/{name}.js", type="module") for name in ("schedule", "practice")]

    # Who sees and changes what

    def get_queryset(self, request):
        """The practices in reach, with their countries; where one chooses a related one, those of the public too."""
        practices = Practice.objects.within_reach_of(request.user)
        if request.resolver_match and request.resolver_match.url_name == "autocomplete":
            return practices | Practice.objects.published()
        return practices.prefetch_related("countries")

    def has_change_permission(self, request, obj=None):
        """Whether a person may change practices, or one of them."""
        return super().has_change_permission(request, obj) and (obj is None or may_edit(request.user, obj))

    def has_delete_permission(self, request, obj=None):
        """Whoever may change a practice may delete it, unless the public has seen it: that is an editor's decision."""
        return super().has_delete_permission(request, obj) and (obj is None or may_edit(request.user, obj))

    def has_publish_permission(self, request):
        """Whether the list offers to publish."""
        return request.user.has_perm("practices.publish_practice")

    def has_review_permission(self, request):
        """Whether the list offers to say that practices are accurate still."""
        return request.user.has_perm("practices.review_practice")

    def has_archive_permission(self, request):
        """Whether the list offers to archive."""
        return request.user.has_perm("practices.archive_practice")

    def get_readonly_fields(self, request, obj=None):
        """Keep the date, and the address of a practice that has been public, to those who may publish."""
        if self.has_publish_permission(request):
            return ()
        return ("slug", "published_at") if obj and obj.published_at else ("published_at",)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Accept as related what the person may know of, and what is related already."""
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field and db_field.name == "related":
            known = Practice.objects.within_reach_of(request.user) | Practice.objects.published()
            here = request.resolver_match.kwargs.get("object_id")
            field.queryset = (known | Practice.objects.filter(related=here)).distinct() if here else known
        return field

    def view_on_site(self, practice):
        """The public page, where there is one."""
        if Practice.objects.published().filter(pk=practice.pk).exists():
            return practice.get_absolute_url()
        return None

    # Saving, and deciding

    def get_object(self, request, object_id, from_field=None):
        """The practice; where it is about to change, locked, so that nobody saves between the check and the save."""
        found = super().get_object(request, object_id, from_field)
        if found and request.method == "POST" and connection.in_atomic_block:
            Practice.objects.select_for_update().filter(pk=found.pk).values("pk").first()
            found = super().get_object(request, object_id, from_field)
        return found

    def save_model(self, request, practice, form, change):
        """Sign a new practice with the name of its author; keep what an old one was, if nobody has."""
        if change:
            revisions.record(practice.pk, None, "elsewhere", form.found)
        else:
            practice.author = request.user
        if form.decision == "confirm" and not form.typeset_fields and set(form.changed_data) <= {"edition", "note"}:
            return  # nothing was written: the practice is as up to date as it was
        super().save_model(request, practice, form, change)

    def save_related(self, request, form, formsets, change):
        """Take the step whose button was pressed, once everything is saved and in the same transaction."""
        super().save_related(request, form, formsets, change)
        changed = [*form.typeset_fields, *(name for formset in formsets for one in formset for name in typeset_in(one))]
        if changed:
            sentence = _("French typography was applied to: %(fields)s.")
            told = sentence % {"fields": ", ".join(dict.fromkeys(changed))}
            self.message_user(request, told, messages.INFO)
        revisions.record(form.instance.pk, request.user, "save")
        if form.decision:
            STEPS[form.decision](form.instance, request.user, form.cleaned_data.get("note", ""))
            self.tell_status(request, form.instance)

    def get_urls(self):
        """Django's addresses, and those of decisions, previews and likeness."""
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/etape/", wrap(require_POST(self.step_view)), name="practices_practice_step"),
            path("<int:pk>/apercu/", wrap(self.preview_view), name="practices_practice_preview"),
            path("<int:pk>/apercu/page/", wrap(self.preview_page), name="practices_practice_preview_page"),
            path("supprimees/", wrap(self.deleted_view), name="practices_practice_deleted"),
            path("versions/<int:pk>/", wrap(require_POST(self.restore_view)), name="practices_practice_restore"),
            path("doublons/", wrap(self.duplicates_view), name="practices_practice_duplicates"),
            *ImportPages(self).urls(),
            *super().get_urls(),
        ]

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        """Receive files before the transaction; say why a step was refused on the form, with nothing saved."""
        allowed = self.has_change_permission if object_id else self.has_add_permission
        if request.method == "POST" and allowed(request):
            receive(request, FILES)
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as refusal:
            for sentence in refusal.messages:
                self.message_user(request, sentence, messages.ERROR)
            return redirect(request.get_full_path())

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Give the buttons the steps that are open, and the form the story so far."""
        standing = obj or Practice(author=request.user)
        context |= {
            "overtaken": getattr(context["adminform"].form, "overtaken", ()),
            "transitions": open_to(request.user, standing),
            "standing": standing,
            "scheduled_for": standing.publication_to_come,
            "completeness": completeness(obj) if obj else None,
            "translations": translations_of(obj) if obj else (),
            "failures": failures_of(obj) if obj else (),
            "steps": Step.objects.filter(practice=obj).select_related("by") if obj else (),
        }
        if title := context["adminform"].form.fields.get(column("title")):
            but = f"?sauf={obj.pk}" if obj else ""
            title.widget.attrs["data-duplicates"] = reverse("admin:practices_practice_duplicates") + but
        return super().render_change_form(request, context, add, change, form_url, obj)

    # The list

    @admin.display(description=_("countries"))
    def country_names(self, practice):
        """The names of the countries."""
        return ", ".join(country.name for country in practice.countries.all())

    def changelist_view(self, request, extra_context=None):
        """Offer to import, to those who may, and to export the list as it is filtered."""
        asked = f"?{query}" if (query := request.GET.urlencode()) else ""
        extra = {"may_import": may_import(request.user), "asked": asked}
        return super().changelist_view(request, {**extra, **(extra_context or {})})
