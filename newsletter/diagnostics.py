"""What `doctor` examines of the newsletter: the way out for its messages, and what waits or failed."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from mail.transport import open_transport, sends_for_real
from newsletter.delivery import moments, queue
from newsletter.delivery.composition import too_long
from newsletter.models import Delivery, Letter, Subscriber
from newsletter.models.deliveries import DeliveryState
from newsletter.models.letters import LetterState
from operations.doctor import broken, doubtful, examine, fine
from operations.monitoring.diagnostics import expect

RECENT = timedelta(days=7)
STUCK, FAR = timedelta(hours=1), timedelta(days=366)
NAMED = 5
SAID = "Lisez ce que dit send_newsletter, qui nomme ce qu’il met de côté."


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
    elif why := too_long(settings.BOUNCE_ADDRESS):
        yield broken(f"BOUNCE_ADDRESS donne des adresses de retour impossibles : {why}.", "Prenez un nom plus court.")


def waiting_mail():
    """Nothing is late, and few messages failed lately."""
    if queue.health() == "ok":
        yield fine("Aucun courriel n’est en retard.")
    else:
        yield broken(
            "Des courriels dus attendent et rien ne part.", "Vérifiez la minuterie de send_newsletter (deploy/)."
        )
    if said := queue.trouble():
        yield broken(
            f"Le serveur de courriel ne prend rien : {said}",
            "Lisez sa réponse : EMAIL_URL, EMAIL_FROM, SPF, quota d’envoi ; rien n’est perdu, les envois attendent.",
        )
    if aside := Delivery.objects.filter(state=DeliveryState.ASIDE).count():
        yield doubtful(
            f"Courriels qui ne peuvent pas s’écrire, mis de côté : {aside}.",
            "La rédaction en lit la raison (Envois), puis les renvoie.",
        )
    week = Delivery.objects.filter(created_at__gt=timezone.now() - RECENT)
    failed, all_of_them = week.filter(state=DeliveryState.FAILED).count(), week.count()
    if all_of_them >= 20 and failed * 10 > all_of_them:
        yield doubtful(
            f"{failed} courriels sur {all_of_them} ont été refusés depuis sept jours.",
            "Lisez les réponses du serveur dans la rédaction (Envois) ; vérifiez SPF, DKIM et la réputation de l’hôte.",
        )


def stored_moments():
    """None of those that wait is further than it can be, and none is long past without anything being done."""
    now = timezone.now()
    for name, count in moments.impossible().items():
        yield doubtful(
            f"Une heure impossible, à venir, est notée ({name} : {count}) : l’horloge a été en avance.",
            "timedatectl set-ntp true ; ce qui attend est remis à l’heure au prochain send_newsletter.",
        )
    for letter in Letter.objects.filter(state=LetterState.SCHEDULED, send_at__gt=now + FAR):
        yield doubtful(
            f"La lettre « {letter} » est programmée dans plus d’un an.", "La rédaction vérifie sa date d’envoi."
        )
    for letter in Letter.objects.filter(state=LetterState.SCHEDULED, send_at__lt=now - STUCK):
        yield doubtful(f"La lettre « {letter} » devait partir et ne part pas.", SAID)
    stuck = Subscriber.objects.active().filter(next_digest_at__lt=now - STUCK)
    if count := stuck.count():
        some = ", ".join(map(str, stuck.order_by("pk")[:NAMED]))
        yield doubtful(f"Lecteurs qui attendent leur récapitulatif depuis plus d’une heure : {count} ({some}).", SAID)


def register():
    """Have all of these examined, and what the timers run expected."""
    examine("Courriel", mail_server)
    examine("File d’envoi", waiting_mail, asks_database=True)
    examine("Heures d’envoi", stored_moments, asks_database=True)
    if sends_for_real():
        expect("send_newsletter", timedelta(minutes=5))
    if settings.BOUNCE_MAILBOX:
        expect("read_bounces", timedelta(hours=1))
