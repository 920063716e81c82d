"""The web addresses of the catalogue in the back office: what check_links found, to read only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from practices.models.links import LinkCheck


class StateFilter(admin.SimpleListFilter):
    """Dead, failing, or answering."""

    title = _("state")
    parameter_name = "etat"

    def lookups(self, request, model_admin):
        """What an address may be."""
        return [("morts", _("Dead")), ("en-echec", _("Failing"))]

    def queryset(self, request, queryset):
        """The addresses of that state."""
        if self.value() == "morts":
            return queryset.dead()
        return queryset.failing() if self.value() == "en-echec" else queryset


@admin.register(LinkCheck)
class LinkCheckAdmin(admin.ModelAdmin):
    """What each address answered."""

    list_display = ("url", "told", "checked_at")
    list_filter = (StateFilter,)
    search_fields = ("url",)
    fields = ("url", "told", "failed_days", "checked_at")

    def has_add_permission(self, request):
        """Addresses come from the practices."""
        return False

    def has_change_permission(self, request, obj=None):
        """What an address answered is not for people to say."""
        return False

    def has_delete_permission(self, request, obj=None):
        """They go when no practice has them any more."""
        return False

    @admin.display(description=_("state"))
    def told(self, check):
        """What is known of an address, in words."""
        return check.told
