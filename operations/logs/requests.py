"""The name of each request, in the logs and in the answer: the proxy's where there is one, else made here.

It is put on around the cache of pages: a kept page carries nobody's.
"""

import re
import secrets
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

GOOD = re.compile(r"[A-Za-z0-9._-]{1,64}")

_current: ContextVar[str] = ContextVar("request", default="")


def current_request() -> str:
    """Return the name of the request that is being answered, or "" when there is none."""
    return _current.get()


class NamedRequests:
    """A WSGI application that names each request and has `application` answer it.

    X-Request-ID is believed only behind a proxy of ours (`trusted`), and only where it is a plain word.
    """

    def __init__(self, application: WSGIApplication, *, trusted: bool) -> None:
        self.application = application
        self.trusted = trusted

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Return the answer of the application, with the name of the request in its header X-Request-ID."""
        told = environ.get("HTTP_X_REQUEST_ID", "") if self.trusted else ""
        name = told if GOOD.fullmatch(told) else secrets.token_hex(8)
        _current.set(name)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            return start_response(status, [*headers, ("X-Request-ID", name)], exc_info)

        return self.application(environ, start)
