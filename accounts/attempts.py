"""How wrong passwords are counted: by network, by name, and apart for a browser that the account knows.

django-axes keeps the counts, closes the door and opens it again; which of its counts close it is in the settings. Its
column for a user agent, which anybody can make up, holds the word of a known browser instead (`devices`), or nothing.
"""

from datetime import datetime
from typing import Any, cast

from axes.conf import settings
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.devices import device_of


class CountedRequest(HttpRequest):
    """A request with what django-axes writes in it, and the rows of the attempt that it made.

    It only tells the types: no such object is ever made.
    """

    axes_attempt_time: datetime
    axes_ip_address: str | None
    axes_path_info: str
    axes_user_agent: str
    axes_locked_out: bool
    axes_credentials: dict[str, Any] | None
    counted: QuerySet[AccessAttempt]


class CountedFirst(AxesDatabaseHandler):
    """An attempt counts before its password is looked at, and no more once it proved right: however many come at the
    same time, no more than the limit are tried. A success takes back its own count and nobody else's."""

    def is_allowed(self, request: CountedRequest, credentials: dict[str, Any] | None = None) -> bool:
        """Count an attempt; return whether its password may be looked at."""
        name = get_client_username(request, credentials) or ""
        request.axes_user_agent = device_of(request, name)
        if self.is_locked(request, credentials):
            return False
        self.clean_expired_user_attempts(request, credentials)
        request.counted = self._count(request, name)
        # What came at the same time is in the sum too; each of those that passed sees all that passed before it.
        if self.get_failures(request, credentials) > settings.AXES_FAILURE_LIMIT:
            take_back(request)
            return False
        return True

    def user_login_failed(
        self, sender: str, credentials: dict[str, Any], request: CountedRequest | None = None, **kwargs: Any
    ) -> None:
        """Mark the request as locked out where its failure is the one that reached the limit.

        Whoever closes the door gets the same page as those who find it closed.
        """
        if request is not None and self.is_locked(request, credentials):
            request.axes_locked_out = True
            request.axes_credentials = credentials

    def user_logged_in(self, sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
        """Take back the attempt of a request whose password was right."""
        take_back(request)

    def _count(self, request: CountedRequest, name: str) -> QuerySet[AccessAttempt]:
        """Add an attempt to those of its name, network and device; return them, one row at most."""
        row = {"username": name, "ip_address": request.axes_ip_address, "user_agent": request.axes_user_agent}
        rows = AccessAttempt.objects.filter(**row)
        more = {"failures_since_start": F("failures_since_start") + 1, "attempt_time": request.axes_attempt_time}
        # Another attempt may make the row at the same time, or erase the former one as too old.
        while not rows.update(**more):
            empty = AccessAttempt(**row, failures_since_start=0, path_info=request.axes_path_info)
            AccessAttempt.objects.bulk_create([empty], ignore_conflicts=True)
        return rows


def try_password(request: HttpRequest, account: User, password: str) -> bool:
    """Count a password that somebody who is signed in gives again, as at the door; return whether it may be tried.

    Where it may not, the answer to the request is the page that says so, whatever the view returns (AxesMiddleware).
    """
    if authenticate(request, username=account.get_username(), password=password):
        take_back(request)
    return not cast(CountedRequest, request).axes_locked_out


def prune(dry_run: bool) -> dict[str, int]:
    """Erase the attempts that count no more, which the next one would erase too; return {what was done: how many}.

    With `dry_run`, nothing is erased and the number is of those that would be.
    """
    old = AccessAttempt.objects.filter(attempt_time__lte=timezone.now() - settings.AXES_COOLOFF_TIME)
    count = old.count()
    if not dry_run:
        old.delete()
    return {_("Attempts to sign in erased"): count}


def take_back(request: HttpRequest) -> None:
    """Have the attempt that a request made count no more: its password was right, or was not looked at."""
    counted = getattr(request, "counted", AccessAttempt.objects.none())
    counted.filter(failures_since_start__gt=0).update(failures_since_start=F("failures_since_start") - 1)
