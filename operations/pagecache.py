"""The cache of whole public pages, in front of Django: a hit is one read of the catalogue version and no view.

A page is kept under the version of the catalogue it was made from, so nothing is ever invalidated by hand. Only a page
that is the same for everybody is kept: one that sets a cookie, says that it is private or not to be stored, or says it
varies with cookies (as Django does as soon as a form has a CSRF token), never is. Which version there is, is known by
the index (`facets.loader`); whether the database answers, by `operations.postgresql.watchdog`: while it does not, pages
of the last known version are served.
"""

import gzip
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b, sha256
from typing import Any, Protocol, TypeAlias
from urllib.parse import parse_qsl, urlencode
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import brotli
from django.core.cache import caches
from django.db import DatabaseError, InterfaceError, connections

from operations.postgresql.watchdog import Watchdog, watchdog

PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=&+")
"""The characters of a query that may be put in order; any other query is left as it came."""
KEPT_TYPES = ("text/html", "application/atom+xml", "application/xml")
CONDITIONS = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH")
"""What a page that is kept does not depend on, hidden from the application."""
OF_A_BODY = ("content-type", "content-length", "content-encoding")
"""Headers that an answer without a body leaves out."""
LARGEST = 1 << 20
"""Bytes of a page above which it is not kept."""
SHARED_SECONDS = 24 * 3600
QUICK = 0.5
"""Seconds within which a connection that was cut says so."""

Headers: TypeAlias = list[tuple[str, str]]
Key: TypeAlias = tuple[str, str, str, str, str]
"""What a page is kept under: the token of the version, the host, the scheme, the path and the query."""


class Snapshot(Protocol):
    """What visitors see at one version of the catalogue."""

    @property
    def token(self) -> str:
        """What tells this version from every other."""


class Index(Protocol):
    """What knows the present version of the catalogue."""

    def current(self, *, fresh: bool) -> Snapshot:
        """Return the snapshot of the present version; an earlier one is allowed for a moment, unless `fresh`."""


@dataclass(slots=True)
class Page:
    """A response of status 200, ready to send in the encodings asked for so far."""

    headers: Headers
    bodies: dict[str, bytes]
    etag: str
    answers: dict[str, tuple[str, Headers, bytes]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """About how many bytes of memory it takes."""
        return 1024 + sum(map(len, self.bodies.values()))

    def packed(self) -> bytes:
        """Return what another process needs to make the same page (`unpacked`)."""
        return json.dumps([self.headers, self.etag]).encode() + b"\n" + self.bodies[""]

    @classmethod
    def unpacked(cls, data: bytes) -> "Page":
        """Return the page that was packed; raise ValueError or TypeError where none was."""
        head, _newline, body = data.partition(b"\n")
        headers, etag = json.loads(head)
        return cls([(name, value) for name, value in headers], {"": body}, etag)

    def body(self, encoding: str) -> bytes:
        """Return the body in an encoding ("br", "gzip" or "", as it is), compressed once."""
        if encoding not in self.bodies:
            plain = self.bodies[""]
            self.bodies[encoding] = (
                brotli.compress(plain, quality=5) if encoding == "br" else gzip.compress(plain, 6, mtime=0)
            )
        return self.bodies[encoding]

    def answer(self, encoding: str) -> tuple[str, Headers, bytes]:
        """Return the ETag, the headers and the body of an answer in an encoding, made once."""
        if encoding not in self.answers:
            etag = f'"{self.etag}{encoding and "-"}{encoding}"'
            body = self.body(encoding)
            headers = [*self.headers, ("ETag", etag)]
            if encoding:
                headers.append(("Content-Encoding", encoding))
            headers.append(("Content-Length", str(len(body))))
            self.answers[encoding] = etag, headers, body
        return self.answers[encoding]


@dataclass
class LocalPages:
    """Pages in the memory of this process, the least recently used leaving first; bounded in bytes."""

    limit: int
    size: int = 0
    pages: OrderedDict[Key, Page] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Key) -> Page | None:
        """Return the page kept under a key, or None."""
        page = self.pages.get(key)
        if page is not None:
            with suppress(KeyError):  # another thread may just have let it go
                self.pages.move_to_end(key)
        return page

    def set(self, key: Key, page: Page) -> None:
        """Keep a page, unless its key has one; room for its compressed forms is counted from the start."""
        cost = page.size + page.size // 2
        with self.lock:
            if key in self.pages or cost > self.limit:
                return
            self.pages[key] = page
            self.size += cost
            while self.size > self.limit:
                _key, gone = self.pages.popitem(last=False)
                plain = 1024 + len(gone.bodies[""])
                self.size -= plain + plain // 2


class PageCache:
    """A WSGI application that answers public pages from memory and asks `application` for the others.

    `index` tells the present version; `params` maps a path's last word, or the one before it and a slash, to the query
    parameters its page reads; `private` are the beginnings of paths that are never kept, `streamed` the ends of those
    that are sent as they are made; `shared` names a Django cache, or is None. Who sends `editor_cookie` may just have
    published, and is never answered from a version before that. `watchdog` knows whether the database answers.
    `hear` is told of each page that is sent: its environ and headers.
    """

    def __init__(
        self,
        application: WSGIApplication,
        index: Index,
        *,
        params: Mapping[str, Sequence[str]],
        private: Iterable[str],
        limit: int,
        streamed: Iterable[str] = (),
        trust_proto: bool = False,
        editor_cookie: str = "session",
        shared: str | None = None,
        watchdog: Watchdog = watchdog,
        hear: Callable[[WSGIEnvironment, Headers], object] | None = None,
    ) -> None:
        self.application = application
        self.index = index
        self.params = params
        self.private = tuple(private)
        self.streamed = tuple(streamed)
        self.local = LocalPages(limit)
        self.trust_proto = trust_proto
        self.editor_cookie = f"{editor_cookie}="
        self.shared = shared
        self.watchdog = watchdog
        self.hear = hear
        self.token: str | None = None
        self._normalised = lru_cache(maxsize=4096)(self._normalise)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Return the body of an answer, from the cache where the request allows it."""
        path = environ.get("PATH_INFO", "")
        kept = not path.startswith(self.private) and not path.endswith(self.streamed)
        if not kept or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.application(environ, start_response)
        token = self._token(fresh=self.editor_cookie in environ.get("HTTP_COOKIE", ""))
        if token is None:
            return self.application(environ, start_response)
        if query := environ.get("QUERY_STRING", ""):
            environ["QUERY_STRING"] = self._normalised(path, query)
        proto = environ.get("HTTP_X_FORWARDED_PROTO", "") if self.trust_proto else environ.get("wsgi.url_scheme", "")
        key = (token, environ.get("HTTP_HOST", ""), proto, path, environ.get("QUERY_STRING", ""))
        page = self.local.get(key) or self._from_shared(key)
        if page is None:
            made = self._ask(environ, start_response)
            if not isinstance(made, Page):
                return made
            page = made
            self.local.set(key, page)
            self._to_shared(key, page)
        if self.hear is not None:
            self.hear(environ, page.headers)
        return send(page, environ, start_response)

    def _token(self, fresh: bool) -> str | None:
        """What visitors see now, as a string; the last one known while the database does not answer.

        A connection that was cut (the server has been restarted) fails at once and is opened again; one that failed
        late would fail as late again.
        """
        for attempt in range(2):
            if self.watchdog.lost:
                break
            started = time.monotonic()
            try:
                self.token = self.index.current(fresh=fresh).token
                break
            except (DatabaseError, InterfaceError):
                connections[self.watchdog.alias].close()
                if attempt or time.monotonic() - started > QUICK:
                    self.watchdog.mark_lost()
                    break
        return self.token

    def _normalise(self, path: str, query: str) -> str:
        """A plain query with its parameters in one order, without those the page of a path does not read."""
        if not PLAIN.issuperset(query):
            return query
        parent, _slash, last = path.rstrip("/").rpartition("/")
        below = f"{parent.rpartition('/')[2]}/"
        known = self.params.get(last) or self.params.get(below, ("page",))
        pairs = [(name, value) for name, value in parse_qsl(query, keep_blank_values=True) if name in known]
        return urlencode(sorted(pairs, key=lambda pair: known.index(pair[0])))

    def _ask(self, environ: WSGIEnvironment, start_response: StartResponse) -> Page | list[bytes]:
        """Ask the application; return a page to keep, or the body of an answer that is passed on as it is."""
        said: list[Any] = []

        def hear(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], object]:
            said[:] = [status, headers]
            return lambda data: None

        method, environ["REQUEST_METHOD"] = environ["REQUEST_METHOD"], "GET"
        conditions = {name: environ.pop(name) for name in CONDITIONS if name in environ}
        answer = self.application(environ, hear)
        try:
            body = b"".join(answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        environ.update(conditions, REQUEST_METHOD=method)
        status, headers = said
        names = {name.lower(): value for name, value in headers}
        everybody = "set-cookie" not in names and "cookie" not in names.get("vary", "").lower()
        everybody = everybody and not {"no-store", "private"} & set(names.get("cache-control", "").split(", "))
        page = names.get("content-type", "").startswith(KEPT_TYPES)
        if not (status.startswith("200") and everybody and page and len(body) <= LARGEST):
            start_response(status, headers)
            return [body if method == "GET" else b""]
        kept = [one for one in headers if one[0].lower() not in ("content-length", "vary", "cache-control")]
        kept += [("Vary", "Accept-Encoding"), ("Cache-Control", "no-cache")]
        # Processors have instructions for this one: half the time of BLAKE2 on a hundred kilobytes.
        return Page(kept, {"": body}, sha256(body).hexdigest()[:24])

    def _from_shared(self, key: Key) -> Page | None:
        if self.shared is None:
            return None
        try:
            found = caches[self.shared].get(shared_key(key))
            if found is None:
                return None
            page = Page.unpacked(found)
        except Exception:  # a cache that fails, or holds something else, is a cache that is empty
            return None
        self.local.set(key, page)
        return page

    def _to_shared(self, key: Key, page: Page) -> None:
        if self.shared is not None:
            with suppress(Exception):  # a cache that fails is a cache that is empty
                caches[self.shared].set(shared_key(key), page.packed(), SHARED_SECONDS)


def shared_key(key: Key) -> str:
    """Return a short key for a cache that several processes share."""
    return "page:" + blake2b(repr(key).encode(), digest_size=20).hexdigest()


def send(page: Page, environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
    """Answer with a page, in the encoding asked for, or 304 where the visitor has it; return the body to send."""
    accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
    encoding = "br" if "br" in accepted else "gzip" if "gzip" in accepted else ""
    etag, headers, body = page.answer(encoding)
    if etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", [one for one in headers if one[0].lower() not in OF_A_BODY])
        return [b""]
    # A server may add to the list: it gets its own.
    start_response("200 OK", list(headers))
    return [body if environ["REQUEST_METHOD"] == "GET" else b""]
