"""The rows that hang on the form of a practice: figures, links, documents."""

from django.contrib import admin
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationStackedInline

from content.admin.translations import in_first_language, sections_of_translations
from content.languages import column
from content.media.documents import MOST
from practices.admin.forms import DocumentForm, DocumentFormSet, KeyFigureForm, LinkForm
from practices.models import Document, KeyFigure, Link
from practices.models.links import LinkCheck, told_state


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
