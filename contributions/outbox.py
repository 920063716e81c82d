"""How a message of ours gets into the newsletter's queue; its words are written when it leaves, in `mail`."""

from django.db import transaction

from contributions.models import Message
from mail.addresses import address_key
from newsletter.delivery.sender import send_service_messages_soon
from newsletter.models import Delivery
from newsletter.models.deliveries import Kind


@transaction.atomic
def queue_message(about, email, **subject):
    """Queue one message to an address about a proposal, a report or an update; None where there is no address."""
    if not email:
        return None
    delivery = Delivery.objects.create(kind=Kind.NOTICE)
    transaction.on_commit(send_service_messages_soon)
    return Message.objects.create(delivery=delivery, about=about, email=email, email_key=address_key(email), **subject)
