"""Vocabularies in the back office: one form for all five, and the refusal to delete a term in use."""

from django.contrib import admin
from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationAdmin

from practices.models import Audience, Country, Kind, Sector, Theme


@admin.register(Sector, Theme, Kind, Audience)
class TermAdmin(TranslationAdmin):
    """A term: its words in each language, its address, its place in the list."""

    list_display = ["name", "slug", "order", "use_count"]
    list_editable = ("order",)
    search_fields = ["name_fr", "name_en", "slug"]

    def get_queryset(self, request):
        """Terms with the number of practices that use them."""
        return super().get_queryset(request).annotate(uses=Count("practices", distinct=True))

    @admin.display(description=_("practices"), ordering="uses")
    def use_count(self, term):
        """How many practices use this term, whatever their status."""
        return term.uses

    def get_readonly_fields(self, request, obj=None):
        """Keep the address of a term that exists: others may have linked to it."""
        return ("slug",) if obj else ()

    def get_deleted_objects(self, objs, request):
        """Name the practices that keep a term from being deleted."""
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        if protected:
            protected = [str(practice) for term in objs for practice in term.practices.all()]
        return deleted, counts, missing, protected


@admin.register(Country)
class CountryAdmin(TermAdmin):
    """A country: a term with an ISO code."""

    list_display = ["name", "code", "slug", "order", "use_count"]
    search_fields = [*TermAdmin.search_fields, "code"]
