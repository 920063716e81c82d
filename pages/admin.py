"""Plain pages in the back office."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from content.admin.translations import TranslationFilter, in_every_language
from content.admin.widgets import PageTextArea
from content.fields import RichTextField
from pages.models import Page


@admin.register(Page)
class PageAdmin(TranslationAdmin):
    """A plain page, in each language."""

    list_display = ("title", "slug", "updated_at")
    list_filter = (TranslationFilter,)
    search_fields = (*in_every_language("title"), "slug")
    formfield_overrides = {RichTextField: {"widget": PageTextArea}}
    prepopulated_fields = {"slug": ("title",)}

    def get_readonly_fields(self, request, obj=None):
        """Keep the address of a page that exists: the foot of every page links to it."""
        return ("slug",) if obj else ()

    def get_prepopulated_fields(self, request, obj=None):
        """Propose an address for a new page only."""
        return {} if obj else super().get_prepopulated_fields(request, obj)
