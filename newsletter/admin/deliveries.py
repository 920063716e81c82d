"""Deliveries in the back office: what left, what did not and why, and what to do with the doubtful ones."""

from django.contrib import admin, messages
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsletter.admin.readers import ReadOnly
from newsletter.delivery.queue import trouble
from newsletter.models import Bounce, Delivery
from newsletter.models.deliveries import DeliveryState


def closed_way():
    """A sentence for the editors when nothing leaves, in the words of the mail server, or ""."""
    said = trouble()
    return _("Nothing leaves at present; the mail server says: %(answer)s") % {"answer": said} if said else ""


@admin.register(Bounce)
class BounceAdmin(ReadOnly, admin.ModelAdmin):
    """One message that came back."""

    list_display = ("received_at", "subscriber_address", "hard", "status", "diagnostic")
    list_filter = ("hard", "status")
    list_select_related = ("subscriber", "delivery__subscriber", "delivery__consent")
    search_fields = ("subscriber__email_key", "diagnostic")
    date_hierarchy = "received_at"

    @admin.display(description=_("to"))
    def subscriber_address(self, bounce):
        """The address the message was for."""
        reader = bounce.subscriber or bounce.delivery.subscriber or bounce.delivery.consent
        return reader.email if reader else "–"


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, admin.ModelAdmin):
    """One message to one person."""

    list_display = ("uid", "kind", "letter", "addressee", "state", "tries", "next_try_at", "sent_at", "answer")
    list_filter = ("state", "kind", ("letter", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("subscriber", "consent", "letter")
    search_fields = ("uid", "subscriber__email_key")
    date_hierarchy = "created_at"
    actions = ("send_again", "take_for_sent")

    def has_view_permission(self, request, obj=None):
        """Whoever may change deliveries sees them, though only by the actions below."""
        return request.user.has_perm("newsletter.change_delivery") or super().has_view_permission(request, obj)

    def changelist_view(self, request, extra_context=None):
        """The list, with why nothing leaves when nothing does."""
        if said := closed_way():
            messages.warning(request, said)
        return super().changelist_view(request, extra_context)

    @admin.display(description=_("to"))
    def addressee(self, delivery):
        """The address the message is for."""
        reader = delivery.subscriber or delivery.consent
        return reader.email if reader else "–"

    @admin.action(description=_("Send the doubtful ones and those set aside again"), permissions=["view"])
    def send_again(self, request, queryset):
        """Queue what may have left, under the same Message-ID, and what could not be written."""
        aside = Q(state=DeliveryState.ASIDE)
        changes = {"state": DeliveryState.QUEUED, "next_try_at": timezone.now(), "resent": Q(resent=True) | ~aside}
        self._settle(request, queryset.filter(aside | Q(state=DeliveryState.UNCERTAIN)), **changes)

    @admin.action(description=_("Take the doubtful ones for sent"), permissions=["view"])
    def take_for_sent(self, request, queryset):
        """Leave at that what may have left."""
        self._settle(request, queryset.filter(state=DeliveryState.UNCERTAIN), state=DeliveryState.SENT)

    def _settle(self, request, queryset, **changes):
        count = queryset.update(**changes)
        sentence = ngettext("%(count)s delivery was changed.", "%(count)s deliveries were changed.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS)
