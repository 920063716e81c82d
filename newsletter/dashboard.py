"""What waits on the home of the back office because mail did not leave."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from newsletter.delivery.queue import trouble
from newsletter.models import Delivery
from newsletter.models.deliveries import WAITING, DeliveryState
from practices.editorial.dashboard import Tile


def tiles(user):
    """What a person may look at, each with its count and its list; nothing when all mail leaves."""
    if not user.has_perm("newsletter.change_delivery"):
        return []
    listed, found = reverse("admin:newsletter_delivery_changelist"), []
    if aside := Delivery.objects.filter(state=DeliveryState.ASIDE).count():
        found.append(Tile(_("Messages that cannot be written"), aside, f"{listed}?state__exact={DeliveryState.ASIDE}"))
    if trouble():
        waiting = Delivery.objects.filter(state__in=WAITING).count()
        found.append(Tile(_("Messages that the mail server does not take"), waiting, listed))
    return found
