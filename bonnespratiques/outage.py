"""What visitors are told when the database or the disk fails them: a page in the site's dress, and when to return.

Whether the database answers is known by `operations.postgresql.watchdog`; what is still read meanwhile, by
`operations.pagecache`.
"""

import errno
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults

from operations.postgresql.watchdog import watchdog

RETRY_AFTER = 5
"""Seconds, as told to programs: a restart takes less, and a longer outage is asked about without being stormed."""
SPARED = ("/healthz/",)
"""The beginnings of paths that say themselves how the database is."""

FULL_SQLSTATES = ("53100", "58030", "25006")
"""Disk full, input/output error, read-only (https://www.postgresql.org/docs/current/errcodes-appendix.html)."""
AWAY_SQLSTATES = ("08", "40", "53", "55", "57")
"""Classes: connection, rollback, resources, object not in the required state, operator intervention."""
FULL_ON_SQLITE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")
AWAY_ON_SQLITE = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_CANTOPEN", "SQLITE_PROTOCOL")
FULL_ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)


def answer_without_database(get_response):
    """Answer 503 at once while the database is lost, rather than have every visitor wait to learn it."""

    def middleware(request):
        if watchdog.lost and not request.path_info.startswith(SPARED):
            return unavailable(request, full=False)
        return get_response(request)

    return middleware


def server_error(request):
    """Answer an exception that nothing caught: 503 when it is an outage, which passes, 500 when it is a fault."""
    failure = kind_of(sys.exc_info()[1])
    if failure is None:
        return defaults.server_error(request)
    return unavailable(request, full=failure == "full")


def kind_of(error):
    """Return "away" for a database that does not answer, "full" for a disk that takes nothing, None for a fault."""
    if isinstance(error, OSError):
        return "full" if error.errno in FULL_ERRNOS else None
    if isinstance(error, InterfaceError):
        return "away"
    if not isinstance(error, OperationalError):
        return None
    cause = error.__cause__ or error
    if (name := getattr(cause, "sqlite_errorname", None)) is not None:
        return "full" if name.startswith(FULL_ON_SQLITE) else "away" if name.startswith(AWAY_ON_SQLITE) else None
    sqlstate = getattr(cause, "sqlstate", None) or "08000"  # none: the server was not there to name one
    return "full" if sqlstate in FULL_SQLSTATES else "away" if sqlstate.startswith(AWAY_SQLSTATES) else None


def unavailable(request, *, full):
    """The answer 503, in the language of the address, without asking the database for anything."""
    writing = request.method == "POST"
    if "/api/" in request.path_info or request.path_info.endswith(".json"):
        response: HttpResponse = JsonResponse({"detail": _("The site is unavailable for a moment")}, status=503)
    else:
        page = render_to_string("503.html", {"full": full and writing, "writing": writing})
        response = HttpResponse(page, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response
