"""Readers in the back office: find one, see what she agreed to, block or erase her; nobody is added by hand."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from newsletter.models import Consent, SavedSearch, Subscriber
from newsletter.readers.subscriptions import erase


class ReadOnly:
    """What is a proof or a journal: seen, never written."""

    def has_add_permission(self, request, *args):
        """Nobody adds one."""
        return False

    def has_change_permission(self, request, *args):
        """Nobody changes one."""
        return False

    def has_delete_permission(self, request, *args):
        """Nobody deletes one."""
        return False


class ConsentInline(ReadOnly, admin.TabularInline):
    """What the reader agreed to, and when."""

    model = Consent
    extra = 0
    fields = ("asked_at", "confirmed_at", "withdrawn_at", "wording", "source", "letters", "frequency", "query")


class SavedSearchInline(ReadOnly, admin.TabularInline):
    """The searches whose new practices the reader wants."""

    model = SavedSearch
    extra = 0
    fields = ("query", "created_at")


@admin.register(Subscriber)
class SubscriberAdmin(admin.ModelAdmin):
    """One reader; deleting her is erasing her, with the mark that keeps the address from being imported again."""

    list_display = ("email", "state", "language", "letters", "frequency", "joined_at", "seen_at")
    list_filter = ("state", "letters", "frequency", "language")
    search_fields = ("email_key",)
    date_hierarchy = "joined_at"
    inlines = (ConsentInline, SavedSearchInline)
    fields = (
        "email",
        "state",
        ("letters", "frequency", "language"),
        ("joined_at", "seen_at", "left_at", "reminded_at", "next_digest_at"),
    )

    def has_add_permission(self, request):
        """Readers add themselves, or come with their consents from a file."""
        return False

    def get_readonly_fields(self, request, obj=None):
        """All but the state, by which an address is blocked or let in again: choices are the reader's."""
        return tuple(
            name for row in self.fields for name in ((row,) if isinstance(row, str) else row) if name != "state"
        )

    def save_model(self, request, obj, form, change):
        """Write the state alone, where it still is what the editor saw: she may leave or be erased at that moment."""
        Subscriber.objects.filter(pk=obj.pk, state=form.initial["state"]).update(state=obj.state)

    def delete_model(self, request, obj):
        """Erase the reader."""
        erase(obj.email)

    def delete_queryset(self, request, queryset):
        """Erase the readers, one by one."""
        for reader in queryset:
            erase(reader.email)

    def get_deleted_objects(self, objs, request):
        """Let whoever may delete a reader erase the journal that goes with her."""
        _deleted, counts, _missing, protected = super().get_deleted_objects(objs, request)
        return [str(_("Everything known about %(count)s readers") % {"count": len(objs)})], counts, set(), protected
