"""The writing of a recording: each answer under a key of its own, and which routes have been asked."""

import gzip
import json
from collections import Counter
from urllib.parse import urlsplit

import brotli
from django.conf import settings
from django.urls import Resolver404, URLPattern, get_resolver, resolve
from django.utils import translation

from bench.pages_before_after.canonical import body_of, headers_of

DECODERS = {"br": brotli.decompress, "gzip": gzip.decompress, "": lambda body: body}
THOROUGHLY = 2
"""Pages of a route, a language and a status that are asked in every way."""
NEVER_FOUND = ("admin/(?P<url>.*)$",)
"""Routes that only say that there is nothing."""


class Recorder:
    """Writes records to a file of JSON lines; `state` begins the key of each."""

    def __init__(self, file):
        self.file = file
        self.state = ""
        self.keys = set()
        self.alike = Counter()
        self.unequal = []
        self.answered = set()

    def page(self, visitor, address, name="", **given):
        """Record a page asked twice: made, then from the cache where it is kept.

        The first pages of a route, in each language and with each status, are also asked without their body, unchanged
        and compressed: that is the same code for all of them, and would take three times as long.
        """
        first = visitor.ask(address, **given)
        checks = {"asked again": _difference(first, visitor.ask(address, **given))}
        if isinstance(checks["asked again"], list):
            self.unequal.append(address)
        alike = (route_of(address), address.startswith("/en/"), first.status)
        self.alike[alike] += 1
        if self.alike[alike] <= THOROUGHLY:
            checks |= self._thorough(visitor, address, first, given)
        return self.write(name or f"GET {address}", first, checks)

    def _thorough(self, visitor, address, first, given):
        """How HEAD, If-None-Match and Accept-Encoding are answered."""
        told = {"HEAD": _headers_apart(first, visitor.ask(address, method="HEAD", **given))}
        if etag := first.header("ETag"):
            known = visitor.ask(address, headers={"HTTP_IF_NONE_MATCH": etag}, **given)
            told["If-None-Match"] = [known.status, f"{len(known.body)} bytes", *headers_of(known)]
        told["Accept-Encoding"] = []
        for accepted in ("gzip, br", "gzip"):
            answer = visitor.ask(address, headers={"HTTP_ACCEPT_ENCODING": accepted}, **given)
            encoding = answer.header("Content-Encoding")
            same = "the same body" if DECODERS[encoding](answer.body) == first.body else "ANOTHER body"
            told["Accept-Encoding"].append(
                f"{accepted}: {encoding or 'as it is'}, {same}, vary: {answer.header('Vary')}"
            )
        return told

    def write(self, name, answer, checks=None):
        """Record one answer under a name, and note which route gave it; return the answer."""
        if answer.status != "404 Not Found":
            self.answered.add(route_of(answer.address))
        record = {"status": answer.status, "headers": headers_of(answer), **(checks or {}), "body": body_of(answer)}
        self.add(name, record)
        return answer

    def add(self, name, record):
        """Write a record; a name serves once in a state."""
        key = f"{self.state}: {name}"
        if key in self.keys:
            raise LookupError(f"Two records are called “{key}”.")
        self.keys.add(key)
        self.file.write(json.dumps({"key": key, **record}, ensure_ascii=False) + "\n")

    def check(self):
        """Raise where a page was another the second time, or a route was asked with no argument that finds a page."""
        if self.unequal:
            raise LookupError("Not the same when they are asked again: " + ", ".join(self.unequal))
        unasked = [route for route, _pattern in routes() if route not in self.answered and route not in NEVER_FOUND]
        if unasked:
            raise LookupError("No sample argument finds a page at: " + ", ".join(unasked))


def _headers_apart(first, head):
    """How the headers of a page are others without its body, which a server leaves out; nothing where they are not."""
    asked, without = headers_of(first), headers_of(head, len(first.body))
    only = [f"- {line}" for line in asked if line not in without] + [
        f"+ {line}" for line in without if line not in asked
    ]
    return [head.status, *only]


def _difference(first, again):
    """Whether two answers are the same byte for byte, else in their canonical form, else how they differ."""
    one, two = ([pair for pair in a.headers if pair[0] not in ("X-Request-ID", "ETag")] for a in (first, again))
    if (first.status, one, first.body) == (again.status, two, again.body):
        return "the same bytes"
    if (headers_of(first), body_of(first)) == (headers_of(again), body_of(again)):
        return "the same but for what is drawn by chance"
    return [again.status, *headers_of(again), *body_of(again)]


def routes():
    """Every route of the site in its first language, with its pattern."""

    def walk(patterns, before):
        for one in patterns:
            here = before + str(one.pattern).removeprefix("^" if before else "")
            if isinstance(one, URLPattern):
                yield here, one
            else:
                yield from walk(one.url_patterns, here)

    with translation.override(settings.LANGUAGE_CODE):
        return list(walk(get_resolver().url_patterns, ""))


def route_of(address):
    """The route that answers an address, as `routes` names it; None where nothing does."""
    path = urlsplit(address).path
    language = translation.get_language_from_path(path) or settings.LANGUAGE_CODE
    with translation.override(language):
        try:
            route = resolve(path).route
        except Resolver404:
            return None
    return route.removeprefix(f"{language}/") if language != settings.LANGUAGE_CODE else route
