"""Owns what `doctor` examines of the newsletter: the way out for its messages, and what waits or failed."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from newsletter import queue
from newsletter.models import Delivery
from newsletter.models.deliveries import DeliveryState
from newsletter.transport import open_transport, sends_for_real
from operations.doctor import broken, doubtful, examine, fine
from operations.examinations import expect

RECENT = timedelta(days=7)


def mail_server():
    """It lets us in; nothing is sent."""
    if not sends_for_real():
        yield doubtful(
            "Aucun courriel ne part : EMAIL_URL ne nomme pas de serveur.", "Mettez EMAIL_URL (voir .env.example)."
        )
        return
    if why := open_transport().greet():
        yield broken(
            f"Le serveur de courriel ne nous laisse pas entrer ({why}).",
            "Vérifiez EMAIL_URL : hôte, port, mot de passe.",
        )
    else:
        yield fine("Le serveur de courriel nous laisse entrer.")
    if not settings.BOUNCE_ADDRESS:
        yield doubtful(
            "Les retours des courriels ne sont rattachés à personne.",
            "Mettez BOUNCE_ADDRESS et BOUNCE_MAILBOX (docs/lettre.md).",
        )


def waiting_mail():
    """Nothing is late, and few messages failed lately."""
    if queue.health() == "ok":
        yield fine("Aucun courriel n’est en retard.")
    else:
        yield broken(
            "Des courriels dus attendent et rien ne part.", "Vérifiez la minuterie de send_newsletter (deploy/)."
        )
    week = Delivery.objects.filter(created_at__gt=timezone.now() - RECENT)
    failed, all_of_them = week.filter(state=DeliveryState.FAILED).count(), week.count()
    if all_of_them >= 20 and failed * 10 > all_of_them:
        yield doubtful(
            f"{failed} courriels sur {all_of_them} ont été refusés depuis sept jours.",
            "Lisez les réponses du serveur dans la rédaction (Envois) ; vérifiez SPF, DKIM et la réputation de l’hôte.",
        )


def register():
    """Have all of these examined, and what the timers run expected."""
    examine("Courriel", mail_server)
    examine("File d’envoi", waiting_mail, asks_database=True)
    if sends_for_real():
        expect("send_newsletter", timedelta(minutes=5))
    if settings.BOUNCE_MAILBOX:
        expect("read_bounces", timedelta(hours=1))
