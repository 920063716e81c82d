"""How much long work a process does at once, so that pages always find a thread; the rest is told to come back.

Long work is a long file that is written, or one that was sent and is read (`content.media.sandbox`).
"""

from collections.abc import Callable, Generator, Iterator
from threading import BoundedSemaphore

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

AT_ONCE = 2
"""Long files that a process writes or reads at once: half of its threads (`deploy/server`)."""
RETRY_AFTER = 10
"""Seconds, as told to programs."""

_turns = BoundedSemaphore(AT_ONCE)


def take() -> Callable[[], object] | None:
    """Take a turn of long work; return what gives it back, or None when every turn is taken.

    What gives it back may be called several times: only the first counts.
    """
    if not _turns.acquire(blocking=False):
        return None
    held = [_turns.release]
    return lambda: held and held.pop()()


class Held:
    """A generator whose turn is given back when it is over, or when the server closes it: the reader has left."""

    def __init__(self, pieces: Generator[str | bytes, None, None], give_back: Callable[[], object]) -> None:
        self.pieces = pieces
        self.give_back = give_back

    def __iter__(self) -> Iterator[str | bytes]:
        try:
            yield from self.pieces
        finally:
            self.give_back()

    def close(self) -> None:
        """Stop writing, and give the turn back. A server calls this whatever happened (PEP 3333)."""
        self.pieces.close()
        self.give_back()


def refuse(request: HttpRequest) -> HttpResponse:
    """Return the answer 503 that says when to come back, in the language of the address."""
    page = {
        "title": _("Many files are being made"),
        "explanation": _("The site makes a few long files at a time. Ask for this one again in a few seconds."),
    }
    response = render(request, "503.html", page, status=503)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    return response
