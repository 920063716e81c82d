"""How much long work a process does at once, so that pages always find a thread; the rest is to come back.

Long work is a long file that is written, or one that was sent and is read (`sandbox`).
"""

from threading import BoundedSemaphore

from django.shortcuts import render
from django.utils.translation import gettext as _

AT_ONCE = 2
"""Long files that a process writes or reads at once: half of its threads (`deploy/server`)."""
RETRY_AFTER = 10
"""Seconds, as told to programs."""

_turns = BoundedSemaphore(AT_ONCE)


def take():
    """Return a turn, a callable that gives it back once however often it is called, or None when there is none left."""
    if not _turns.acquire(blocking=False):
        return None
    held = [_turns.release]
    return lambda: held and held.pop()()


class Held:
    """A generator whose turn is given back when it is over, or when the server closes it: the reader has left."""

    def __init__(self, pieces, give_back):
        self.pieces = pieces
        self.give_back = give_back

    def __iter__(self):
        try:
            yield from self.pieces
        finally:
            self.give_back()

    def close(self):
        """Stop writing (PEP 3333 has servers call this whatever happened)."""
        self.pieces.close()
        self.give_back()


def refuse(request):
    """The answer 503 that says when to come back, in the language of the address."""
    page = {
        "title": _("Many files are being made"),
        "explanation": _("The site makes a few long files at a time. Ask for this one again in a few seconds."),
    }
    response = render(request, "503.html", page, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response
