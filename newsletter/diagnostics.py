"""What `doctor` examines of the newsletter: the way out for its messages, and what waits or failed."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from mail.transport import open_transport, sends_for_real
from newsletter.delivery import moments, queue
from newsletter.delivery.composition import too_long
from newsletter.models import Delivery, Letter, Subscriber
from newsletter.models.deliveries import DeliveryState
from newsletter.models.letters import LetterState
from operations.doctor import broken, doubtful, examine, fine
from operations.monitoring.timers import expect

RECENT = timedelta(days=7)
STUCK, FAR = timedelta(hours=1), timedelta(days=366)
NAMED = 5


def mail_server():
    """It lets us in; nothing is sent."""
    if not sends_for_real():
        yield doubtful(_("No message leaves: EMAIL_URL names no server."), _("Set EMAIL_URL (see .env.example)."))
        return
    if why := open_transport().greet():
        yield broken(
            _("The mail server does not let us in (%(why)s).") % {"why": why},
            _("Check EMAIL_URL: host, port, password."),
        )
    else:
        yield fine(_("The mail server lets us in."))
    if not settings.BOUNCE_ADDRESS:
        yield doubtful(
            _("Messages that come back are tied to nobody."),
            _("Set BOUNCE_ADDRESS and BOUNCE_MAILBOX (docs/lettre.md)."),
        )
    elif why := too_long(settings.BOUNCE_ADDRESS):
        yield broken(
            _("BOUNCE_ADDRESS makes impossible return addresses: %(why)s.") % {"why": why}, _("Take a shorter name.")
        )


def waiting_mail():
    """Nothing is late, and few messages failed lately."""
    if queue.health() == "ok":
        yield fine(_("No message is late."))
    else:
        yield broken(
            _("Messages that are due wait, and nothing leaves."), _("Check the timer of send_newsletter (deploy/).")
        )
    if said := queue.trouble():
        yield broken(
            _("The mail server takes nothing: %(answer)s") % {"answer": said},
            _("Read its answer: EMAIL_URL, EMAIL_FROM, SPF, sending quota; nothing is lost, the messages wait."),
        )
    if aside := Delivery.objects.filter(state=DeliveryState.ASIDE).count():
        yield doubtful(
            _("Messages that cannot be written, set aside: %(count)s.") % {"count": aside},
            _("The editors read why (Deliveries), then send them again."),
        )
    week = Delivery.objects.filter(created_at__gt=timezone.now() - RECENT)
    failed, all_of_them = week.filter(state=DeliveryState.FAILED).count(), week.count()
    if all_of_them >= 20 and failed * 10 > all_of_them:
        told = ngettext(
            "%(count)s message of %(total)s was refused in seven days.",
            "%(count)s messages of %(total)s were refused in seven days.",
            failed,
        )
        yield doubtful(
            told % {"count": failed, "total": all_of_them},
            _("Read the server’s answers in the back office (Deliveries); check SPF, DKIM and the host’s reputation."),
        )


def stored_moments():
    """None of those that wait is further than it can be, and none is long past without anything being done."""
    now = timezone.now()
    read = _("Read what send_newsletter says: it names what it sets aside.")
    for name, count in moments.impossible().items():
        yield doubtful(
            _("An impossible time, in the future, is noted (%(name)s: %(count)s): the clock was ahead.")
            % {"name": name, "count": count},
            _("timedatectl set-ntp true; what waits is set right by the next send_newsletter."),
        )
    for letter in Letter.objects.filter(state=LetterState.SCHEDULED, send_at__gt=now + FAR):
        yield doubtful(
            _("The letter “%(letter)s” is scheduled more than a year ahead.") % {"letter": letter},
            _("The editors check when it is to leave."),
        )
    for letter in Letter.objects.filter(state=LetterState.SCHEDULED, send_at__lt=now - STUCK):
        yield doubtful(_("The letter “%(letter)s” was to leave and does not.") % {"letter": letter}, read)
    stuck = Subscriber.objects.active().filter(next_digest_at__lt=now - STUCK)
    if count := stuck.count():
        some = ", ".join(map(str, stuck.order_by("pk")[:NAMED]))
        told = _("Readers who have waited for their digest for more than an hour: %(count)s (%(some)s).")
        yield doubtful(told % {"count": count, "some": some}, read)


def register():
    """Have all of these examined, and what the timers run expected."""
    examine(gettext_noop("Mail"), mail_server)
    examine(gettext_noop("Queue of messages"), waiting_mail, asks_database=True)
    examine(gettext_noop("Times of sending"), stored_moments, asks_database=True)
    if sends_for_real():
        expect("send_newsletter", timedelta(minutes=5))
    if settings.BOUNCE_MAILBOX:
        expect("read_bounces", timedelta(hours=1))
