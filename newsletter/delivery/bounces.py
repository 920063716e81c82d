"""Reads what a message that came back says and does what follows: blocked for good, counted, unsubscribed, or nothing.

The address it came to is signed (`composition.signed_address`), so that nobody can have somebody else blocked. A
delivery report (RFC 3464) says it whole; a complaint (RFC 5965) and the mere text that some servers still send say what
their signed address proves. Nothing a stranger can write is an error: headers are read as bare text, never parsed. Who
is at fault is in `refusals`.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from mail.refusals import Fault, code_in, fault_of, says_unknown
from mail.setting_aside import storable
from newsletter import tokens
from newsletter.models import Bounce, Delivery, Subscriber
from newsletter.models.deliveries import DeliveryState
from newsletter.models.readers import ReaderState
from newsletter.readers import subscriptions

SIGNED = re.compile(r"\+(bounce|leave)-([0-9a-f]{20})-([0-9a-f]{16})@", re.IGNORECASE)
ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc", "X-Failed-Recipients")
READ = 20_000
"""Characters of a text in which a failure is looked for; those who add the whole message put it after."""
NO_COMPLAINTS = ("not-spam", "auth-failure", "virus")
"""Types of feedback (RFC 5965 and 6591) by which nobody complains of the message."""
FAILURE = re.compile(
    r"failure notice|delivery (?:has )?fail|delivery failure|delivery status notification \(failure\)|undeliver"
    r"|returned (?:mail|to sender)|could(?: not|n[’']t) be delivered|permanent error|given up|non remis|non distribué",
    re.IGNORECASE,
)
FOR_NOW = re.compile(
    r"\bdelayed\b|still (?:being )?(?:retr|try)|will (?:continue|keep|be) (?:to )?(?:re)?tr|warning: (?:message|could)"
    r"|warning message only|no action is required|\(delay\)|retardé",
    re.IGNORECASE,
)
SOFT_BEFORE_BLOCK = 5
SOFT_WITHIN = timedelta(days=90)


@dataclass(frozen=True)
class Report:
    """What a message is about: `purpose` is "bounce", "leave" or "" if not ours; `failed` if it reports a failure.

    It is `whole` when it comes from a delivery report that gives its code; only then can it be a certainty.
    """

    purpose: str = ""
    uid: str = ""
    failed: bool = False
    status: str = ""
    diagnostic: str = ""
    whole: bool = False
    complaint: bool = False


def read(message: Message) -> Report:
    """Read one message, parsed by the policy that takes anything (`email.policy.compat32`)."""
    if feedback := next(_blocks(message, "message/feedback-report"), None):
        return _complaint(message, feedback)
    found = signed_in(" ".join(_header(message, name) for name in ADDRESSED))
    if found is None:
        return Report()
    purpose, uid = found
    if purpose == "leave":
        return Report(purpose, uid)
    reports = list(_blocks(message, "message/delivery-status"))
    for block in reports:
        if _header(block, "Action").lower() == "failed":
            status = _header(block, "Status").partition(" ")[0][:20]
            return Report(purpose, uid, True, status, _header(block, "Diagnostic-Code")[:500], bool(status))
    said = "" if reports else _failure_in(message)
    return Report(purpose, uid, bool(said), code_in(said)[:20], said[:500])


def outcome(report):
    """What a report comes to: "hard", "soft", "left", "complaint" or "ignored"."""
    if report.purpose == "leave":
        return "complaint" if report.complaint else "left"
    if not report.failed:
        return "ignored"
    certain = report.whole and fault_of(report.status, report.diagnostic) is Fault.ADDRESS
    return "hard" if certain else "soft"


def act(report):
    """Do what follows from a report; return its outcome. Safe to repeat."""
    delivery = Delivery.objects.filter(uid=report.uid).select_related("subscriber").first() if report.uid else None
    came_to = outcome(report) if delivery else "ignored"
    if delivery is None or came_to == "ignored":
        return "ignored"
    if report.purpose == "leave":
        if delivery.subscriber is None:
            return "ignored"
        subscriptions.leave(delivery.subscriber.key)
        return came_to
    with transaction.atomic():
        Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.FAILED, answer=report.diagnostic)
        record(delivery, report.status, report.diagnostic, hard=came_to == "hard")
    return came_to


def refused(delivery, answer):
    """Record that a server has refused a message for good, in its own words: "550 5.1.1 no such user".

    What is no fault of the addressee leaves nothing against her.
    """
    fault = fault_of("", answer)
    if fault is not Fault.OURS:
        record(delivery, code_in(answer), answer, hard=fault is Fault.ADDRESS)


@transaction.atomic
def record(delivery, status, diagnostic, *, hard=False):
    """Keep what came back of a delivery, and block an address that will never work (`hard`) or keeps failing.

    A blocked reader's choices stay, for the editor who lets her in again.
    """
    reader = delivery.subscriber
    Bounce.objects.get_or_create(
        delivery=delivery, hard=hard, status=status, defaults={"subscriber": reader, "diagnostic": diagnostic}
    )
    if reader is not None and (hard or _soft_too_often(reader)):
        Subscriber.objects.filter(pk=reader.pk, state=ReaderState.ACTIVE).update(state=ReaderState.BLOCKED)


@transaction.atomic
def take_back(deliveries):
    """Forget what refusals of some deliveries (primary keys) left: the server said the same of everybody."""
    of_these = Q(delivery__in=deliveries)
    readers = list(Bounce.objects.filter(of_these, hard=True).values_list("subscriber", flat=True))
    Bounce.objects.filter(of_these).delete()
    blocked = Subscriber.objects.filter(pk__in=readers, state=ReaderState.BLOCKED)
    blocked.exclude(bounces__hard=True).update(state=ReaderState.ACTIVE)


def _soft_too_often(reader):
    """Whether messages keep coming back by no fault of ours."""
    recent = reader.bounces.filter(hard=False, received_at__gt=timezone.now() - SOFT_WITHIN)
    counted = (one for one in recent if fault_of(one.status, one.diagnostic) is not Fault.OURS)
    return sum(1 for _bounce in counted) >= SOFT_BEFORE_BLOCK


def signed_in(text):
    """The purpose and the delivery of the first address in a text that bears our signature, or None."""
    if settings.BOUNCE_ADDRESS:
        for found in SIGNED.finditer(text):
            purpose, uid, signature = (word.lower() for word in found.groups())
            if tokens.stamped(purpose, uid, signature):
                return purpose, uid
    return None


def _complaint(message, feedback):
    """Somebody has called a message of ours unwanted; the copy that comes with it bears the addresses we signed."""
    kind = _header(feedback, "Feedback-Type").lower()
    found = signed_in(message.as_bytes().decode("utf-8", "replace")) if kind not in NO_COMPLAINTS else None
    return Report("leave", found[1], complaint=True) if found else Report()


def _failure_in(message):
    """What a message without a report says of a failure, as one line; "" when it says of none, or of a delay."""
    text = next((_text(part) for part in message.walk() if part.get_content_type() == "text/plain"), "")
    subject, text = _header(message, "Subject"), " ".join(storable(text[:READ]).split())
    failed = _header(message, "X-Failed-Recipients")
    if not failed and "auto-replied" in _header(message, "Auto-Submitted").lower():
        return ""
    if FOR_NOW.search(f"{subject} {text}"):
        return ""
    by_server = failed or re.search(r"mailer-daemon|postmaster|system administrator", _header(message, "From"), re.I)
    return text or subject if (by_server and FAILURE.search(f"{subject} {text}")) or says_unknown(text) else ""


def _text(part):
    content = part.get_payload(decode=True)
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""


def _header(message, name):
    """All the headers of a name, as one line of bare text."""
    return storable(" ".join(" ".join(str(value).split()) for value in message.get_all(name, [])))


def _blocks(message, kind):
    """Yield the blocks of fields of every part of a type."""
    for part in message.walk():
        if part.get_content_type() == kind and isinstance(content := part.get_payload(), list):
            yield from (block for block in content if isinstance(block, Message))
