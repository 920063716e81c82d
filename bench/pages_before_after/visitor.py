"""A visitor who speaks to the site as a server would: through WSGI, with a jar of cookies."""

import io
import re
import zlib
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import quote, unquote_to_bytes, urlencode, urljoin, urlsplit

from django.conf import settings
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from bench.pages_before_after import stillness
from bench.pages_before_after.forms import forms_of

AGENT = "recording"
"""No browser: what it reads is not counted in the statistics."""


@dataclass
class Answer:
    """What the site answered: "200 OK", the headers as they came, the bytes."""

    address: str
    status: str
    headers: list
    body: bytes

    @property
    def code(self):
        """The status as a number."""
        return int(self.status[:3])

    @property
    def text(self):
        """The body as text."""
        return self.body.decode()

    def header(self, name):
        """The first header of a name, or ""."""
        return next((value for one, value in self.headers if one.lower() == name.lower()), "")

    def form(self, field):
        """The first form of the page that has a field, or a button, of that name."""
        found = next((one for one in forms_of(self.text) if field in one.names), None)
        if found is None:
            raise LookupError(f"{self.address}: no form has “{field}” ({self.status})")
        return found


class Visitor:
    """Somebody in front of the site; `network` is where they ask from, another for each address unless it is given."""

    def __init__(self, application, network=""):
        self.application = application
        self.network = network
        self.cookies = {}

    def ask(self, address, fields=None, *, method="", step="", headers=(), https=True):
        """The answer to one request; `fields` are sent as a form, with files where one of them is one.

        `step` names what chance is drawn for; the address otherwise.
        """
        method = method or ("GET" if fields is None else "POST")
        stillness.begin(step or f"{method} {address}")
        environ = self._environ(method, address, fields, https) | dict(headers)
        said = []

        def start_response(status, headers, exc_info=None):
            said[:] = [status, headers]
            return io.BytesIO().write

        pieces = self.application(environ, start_response)
        try:
            body = b"".join(pieces)
        finally:
            if hasattr(pieces, "close"):
                pieces.close()
        answer = Answer(address, *said, body)
        self._keep_cookies(answer)
        return answer

    def send(self, answer, fields, *, press="", step=""):
        """Fill in the form of a page that has the fields given, as a browser does, and send it by a button."""
        names = [*fields, press] if press else [*fields]
        form = answer.form(names[0])
        filled = form.filled({**fields, **({press: "1"} if press and press not in fields else {})})
        return self.ask(urljoin(answer.address, form.action or answer.address), filled, step=step)

    def _environ(self, method, address, fields, https):
        parts = urlsplit(address)
        path = unquote_to_bytes(parts.path).decode("latin-1")
        content, kind = _encoded(fields)
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": quote(parts.query, safe="%/:=&?~#+!$,;'@()*[]"),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "443" if https else "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.network or _network_of(address),
            "HTTP_HOST": urlsplit(settings.SITE_URL).netloc,
            "HTTP_USER_AGENT": AGENT,
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https" if https else "http",
            "wsgi.input": io.BytesIO(content),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **({"HTTP_ORIGIN": settings.SITE_URL, "CONTENT_TYPE": kind} if method == "POST" else {}),
            **({"CONTENT_LENGTH": str(len(content))} if content else {}),
        }

    def _keep_cookies(self, answer):
        for name, value in answer.headers:
            if name.lower() == "set-cookie":
                for cookie in SimpleCookie(value).values():
                    self.cookies[cookie.key] = cookie.value
                    if not cookie.value or re.search(r"max-age=0", value, re.I):
                        del self.cookies[cookie.key]


def _encoded(fields):
    """The bytes of a form and their type."""
    if not fields:
        return b"", "application/x-www-form-urlencoded"
    values = [one for value in fields.values() for one in (value if isinstance(value, list) else [value])]
    if any(hasattr(one, "read") for one in values):
        return encode_multipart(BOUNDARY, fields), MULTIPART_CONTENT
    return urlencode(fields, doseq=True).encode(), "application/x-www-form-urlencoded"


def _network_of(address):
    """A network for each address: no limit to what one network may ask is reached by asking for everything."""
    number = zlib.crc32(address.encode())
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
