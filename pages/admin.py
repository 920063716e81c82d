"""Plain pages in the back office."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin

from pages.models import Page
from practices.admin.translations import TranslationFilter, in_every_language
from practices.admin.widgets import PageTextArea
from practices.fields import RichTextField


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
