"""Practices in the back office: add, edit, decide, find; what a decision checks is in `workflow`.

Longer than other modules: Django gives one class all that an admin does with a model, and a reader looks for it there.
"""

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.db import connection, models
from django.db.models import OuterRef, Subquery
from django.forms import Script
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline

from practices import history, preview, workflow
from practices.admin.forms import DocumentForm, DocumentFormSet, KeyFigureForm, LinkForm, PracticeForm
from practices.admin.imports import ImportPages, may_import
from practices.admin.translations import (
    TranslationFilter,
    in_every_language,
    in_first_language,
    sections_of_translations,
)
from practices.admin.uploads import file_fields, receive
from practices.admin.widgets import RichTextArea
from practices.completeness import completeness, translations_of
from practices.documents import MOST
from practices.duplicates import like
from practices.fields import RichTextField
from practices.importing.exporting import respond
from practices.languages import column
from practices.linkcheck import LinkCheck, told_state
from practices.links import failures_of
from practices.models import Document, KeyFigure, Link, Practice, Revision, Status, Step
from practices.templatetags.site import long_date
from practices.upkeep import needs_of
from practices.workflow import STEPS, may_edit, open_to

FILES = file_fields(PracticeForm) | file_fields(DocumentForm, r"documents-\d+-")
"""What of the form of a practice takes a file."""
MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S")


class RowInline(TranslationStackedInline):
    """Rows of a part of the practice, under it."""

    template = "admin/practices/practice/inline.html"
    extra = 0


class KeyFigureInline(RowInline):
    """Key figures, under the practice."""

    model = KeyFigure
    form = KeyFigureForm
    fieldsets = (
        (None, {"fields": (in_first_language("value", "label"), ("year", "order", "according_to_source"))}),
        *sections_of_translations(("value", "label")),
    )


class LinkInline(RowInline):
    """Links and sources, under the practice."""

    model = Link
    form = LinkForm
    fieldsets = (
        (None, {"fields": (column("title"), "url", ("language", "order", "is_source"), "state")}),
        *sections_of_translations("title"),
    )
    readonly_fields = ("state",)

    def get_queryset(self, request):
        """Links with what is known of each."""
        failing = LinkCheck.objects.filter(url=OuterRef("url"), failed_days__gt=0)
        return super().get_queryset(request).annotate(failed_days=Subquery(failing.values("failed_days")[:1]))

    @admin.display(description=_("state"), empty_value="")
    def state(self, link):
        """Whether a link was found dead, or has begun to fail."""
        return told_state(getattr(link, "failed_days", None))


class DocumentInline(RowInline):
    """Documents, under the practice."""

    model = Document
    form = DocumentForm
    formset = DocumentFormSet
    max_num = MOST
    fieldsets = (
        (None, {"fields": (column("title"), "file", ("language", "order"))}),
        *sections_of_translations("title"),
    )

    def get_formset(self, request, obj=None, **kwargs):
        """Hold to the number of documents, whatever a script sends."""
        return super().get_formset(request, obj, validate_max=True, **kwargs)


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
class PracticeAdmin(TranslationAdmin):
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
            history.record(practice.pk, None, "elsewhere", form.found)
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
        history.record(form.instance.pk, request.user, "save")
        if form.decision:
            STEPS[form.decision](form.instance, request.user, form.cleaned_data.get("note", ""))
            self._tell_status(request, form.instance)

    def _tell_status(self, request, practice):
        sentence = _("“%(title)s” is now in the status: %(status)s.")
        told = sentence % {"title": practice.title, "status": practice.get_status_display()}
        self.message_user(request, told, messages.SUCCESS)

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
            "share": "" if practice.status == Status.ARCHIVED or self.view_on_site(practice) else share,
            "days": preview.DAYS,
        }
        return TemplateResponse(request, "admin/practices/practice/preview.html", context)

    @method_decorator([csp_replace({"frame-ancestors": [SELF]}), xframe_options_sameorigin])
    def preview_page(self, request, pk):
        """The page itself, to be framed."""
        practice = get_object_or_404(self.get_queryset(request), pk=pk)
        return preview.render_preview(request, Practice.objects.for_page().get(pk=practice.pk))

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
            self._tell_status(request, practice)
        return redirect("admin:practices_practice_change", practice.pk)

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

    # What was

    def delete_model(self, request, practice):
        """Delete a practice, keeping what brings it back."""
        history.record(practice.pk, request.user, "delete", again=True)
        super().delete_model(request, practice)

    def delete_queryset(self, request, queryset):
        """Delete practices, keeping what brings them back."""
        for pk in queryset.values_list("pk", flat=True):
            history.record(pk, request.user, "delete", again=True)
        super().delete_queryset(request, queryset)

    def history_view(self, request, object_id, extra_context=None):
        """Every version, what each changed, and the way back to it."""
        practice = self.get_object(request, unquote(object_id))
        if practice is None:
            return redirect("admin:practices_practice_changelist")
        if not self.has_view_or_change_permission(request, practice):
            raise PermissionDenied
        story = history.story(practice.pk)
        versions = [one for one, changes in story if changes is not None]
        context = {
            **self.admin_site.each_context(request),
            "title": _("Versions"),
            "subtitle": practice.title,
            "opts": self.opts,
            "practice": practice,
            "story": story,
            "present": versions[0].pk if versions else None,
            "oldest": versions[-1].pk if versions else None,
            "may_restore": self.has_change_permission(request, practice),
        }
        return TemplateResponse(request, "admin/practices/practice/versions.html", context)

    def deleted_view(self, request):
        """The practices that were deleted; each can be brought back by whoever edits all practices."""
        if not request.user.has_perm("practices.edit_any_practice"):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Deleted practices"),
            "opts": self.opts,
            "deleted": history.deleted(),
        }
        return TemplateResponse(request, "admin/practices/practice/deleted.html", context)

    def restore_view(self, request, pk):
        """Bring a version back; a practice that was deleted comes back as a draft."""
        revision = get_object_or_404(Revision, pk=pk)
        practice = Practice.objects.filter(pk=revision.practice).first()
        everything = request.user.has_perm("practices.edit_any_practice")
        if not (self.has_change_permission(request, practice) if practice else everything):
            raise PermissionDenied
        try:
            restored, lost = history.restore(revision, request.user)
        except ValidationError as refusal:
            for sentence in refusal.messages:
                self.message_user(request, sentence, messages.ERROR)
            return redirect("admin:practices_practice_history", revision.practice)
        if lost:
            regret = _("No longer in the vocabularies, and so not restored: %(names)s.")
            self.message_user(request, regret % {"names": ", ".join(lost)}, messages.WARNING)
        told = _("The version of %(date)s was restored.") % {"date": long_date(revision.at)}
        self.message_user(request, told, messages.SUCCESS)
        return redirect("admin:practices_practice_change", restored.pk)

    # The list

    @admin.display(description=_("countries"))
    def country_names(self, practice):
        """The names of the countries."""
        return ", ".join(country.name for country in practice.countries.all())

    @admin.action(description=_("Publish"), permissions=["publish"])
    def publish(self, request, queryset):
        """Publish the chosen practices, now or on the date that they have."""
        self._decide(request, queryset, workflow.publish)

    @admin.action(description=_("Still accurate"), permissions=["review"])
    def confirm(self, request, queryset):
        """Say that the chosen practices were read again and still hold."""
        self._decide(request, queryset, workflow.confirm)

    @admin.action(description=_("Take back to draft"), permissions=["publish"])
    def back_to_draft(self, request, queryset):
        """Hide the chosen practices from the public and work on them again."""
        self._decide(request, queryset, workflow.back_to_draft)

    @admin.action(description=_("Archive"), permissions=["archive"])
    def archive(self, request, queryset):
        """Take the chosen practices out of the catalogue."""
        self._decide(request, queryset, workflow.archive)

    @admin.action(description=_("Export (XLSX)"), permissions=["view"])
    def export(self, request, queryset):
        """The chosen practices in a file that can be imported again."""
        return respond(queryset.values_list("pk", flat=True), "xlsx")

    def changelist_view(self, request, extra_context=None):
        """Offer to import, to those who may, and to export the list as it is filtered."""
        asked = f"?{query}" if (query := request.GET.urlencode()) else ""
        extra = {"may_import": may_import(request.user), "asked": asked}
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    def _decide(self, request, queryset, step):
        """Take a step for each practice; those that refuse it say why and keep none of the others from it."""
        done = 0
        for practice in queryset:
            try:
                step(practice, request.user)
            except ValidationError as refusal:
                for sentence in refusal.messages:
                    self.message_user(request, sentence, messages.ERROR)
            else:
                done += 1
        sentence = ngettext("%(count)s practice was changed.", "%(count)s practices were changed.", done)
        self.message_user(request, sentence % {"count": done}, messages.SUCCESS if done else messages.WARNING)
