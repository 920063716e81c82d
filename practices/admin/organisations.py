"""Organisations in the back office."""

from django.contrib import admin

from practices.admin.forms import OrganisationForm
from practices.models import Organisation


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    """Who carries practices."""

    form = OrganisationForm
    list_display = ("name", "website")
    search_fields = ("name",)
