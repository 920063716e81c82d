"""Deliveries in the back office: what left, what did not and why, and what to do with the doubtful ones."""

from django.contrib import admin, messages
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from newsletter.admin.readers import ReadOnly
from newsletter.models import Bounce, Delivery
from newsletter.models.deliveries import DeliveryState


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

    @admin.display(description=_("to"))
    def addressee(self, delivery):
        """The address the message is for."""
        reader = delivery.subscriber or delivery.consent
        return reader.email if reader else "–"

    @admin.action(description=_("Send the doubtful ones again"), permissions=["view"])
    def send_again(self, request, queryset):
        """Queue what may have left, under the same Message-ID."""
        self._settle(request, queryset, state=DeliveryState.QUEUED, next_try_at=timezone.now(), resent=True)

    @admin.action(description=_("Take the doubtful ones for sent"), permissions=["view"])
    def take_for_sent(self, request, queryset):
        """Leave at that what may have left."""
        self._settle(request, queryset, state=DeliveryState.SENT)

    def _settle(self, request, queryset, **changes):
        count = queryset.filter(state=DeliveryState.UNCERTAIN).update(**changes)
        sentence = ngettext("%(count)s delivery was changed.", "%(count)s deliveries were changed.", count)
        self.message_user(request, sentence % {"count": count}, messages.SUCCESS)
