"""Ending sessions before their time: those of one person, everywhere or everywhere else.

A changed password, a closed account and twelve hours end them too; Django sees to these.
"""

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.utils import timezone


def end_sessions(person: User, but: str | None = None) -> int:
    """End the sessions of a person, except the one whose key is `but`; return how many were ended.

    Who a session is of is inside it, so each is opened: those of a team are few.
    """
    live = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=but)
    theirs = [one.pk for one in live.iterator() if one.get_decoded().get(SESSION_KEY) == str(person.pk)]
    Session.objects.filter(pk__in=theirs).delete()
    return len(theirs)
