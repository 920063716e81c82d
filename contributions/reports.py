"""What becomes of an error that a reader tells: kept, answered by mail where there is an address, closed."""

from django.db import transaction
from django.utils import timezone

from contributions.models import Report
from contributions.models.messages import About
from contributions.models.reports import ReportState
from contributions.outbox import queue_message
from mail.addresses import address_key


def report(practice, text, email, language):
    """Keep what somebody finds wrong; pressed twice, the button tells it once."""
    told = {"practice": practice, "text": text, "email": email, "state": ReportState.NEW}
    found = Report.objects.filter(**told).first()
    return found or Report.objects.create(**told, email_key=address_key(email), language=language)


@transaction.atomic
def handle(one, by, answer=""):
    """Close a report; an answer goes to whoever left an address. Return it, or None when it was erased meanwhile."""
    now = Report.objects.select_for_update().filter(pk=one.pk).first()
    if now is None:
        return None
    answer = answer.strip()
    now.state = ReportState.ANSWERED if answer else ReportState.CLOSED
    now.handled_by, now.handled_at = by, timezone.now()
    told = answer and answer != now.answer
    now.answer = answer or now.answer
    now.save(force_update=True)
    if told and now.email:
        queue_message(About.REPORT, now.email, report=now)
    return now
