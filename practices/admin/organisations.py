"""Organisations in the back office."""

from django.contrib import admin

from practices.models import Organisation


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    """Who carries practices."""

    list_display = ("name", "website")
    search_fields = ("name",)
