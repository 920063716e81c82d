"""Requests that nobody would write: to every address of the URLconf and every form of its pages.

`bench/fuzz.py` sends them by the hundred thousand, `tests/bonnespratiques/test_fuzzing.py` a few.
"""

import io
import logging
import re
import traceback
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote_from_bytes, urlencode, urlsplit

from django.conf import settings
from django.urls import URLPattern, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern

HOST = urlsplit(settings.SITE_URL).netloc
KNOWN_METHODS = ("GET", "HEAD", "OPTIONS", "POST", "get")
"""What the site answers; Django reads a method in small letters as in capitals."""
METHODS = (
    ("GET",) * 10
    + ("POST",) * 6
    + ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get", "G\u00cbT")
)
WORDS = [
    *(
        "",
        " ",
        "0",
        "-1",
        "1",
        "2",
        "999999999999999999999999999999",
        "1e9",
        "NaN",
        "Infinity",
        "\u0663",
        "1.5",
        "on",
        "true",
    ),
    *(
        "france",
        "textile",
        "handicap",
        "recyclage",
        "éco-pâturage",
        "L’œuvre",
        "2016",
        "titre",
        "pays",
        "-date",
        "fr",
        "en",
        "xx",
    ),
    *(
        '"',
        "'",
        "*",
        "(",
        ")",
        ":",
        "-",
        "^",
        "a OR b",
        "a NEAR b",
        "NOT",
        '"a',
        "a*",
        "col:a",
        "{a b}",
        "' OR 1=1 --",
        "%",
        "_",
        "\\",
    ),
    *(
        "<script>alert(1)</script>",
        "{{ 7*7 }}",
        "{% now %}",
        "../../etc/passwd",
        "%2e%2e/",
        "http://evil.example/",
        "javascript:x",
    ),
    *(
        "\x00",
        "a\x00b",
        "\r\nX: y",
        "\t",
        "\x1b[31m",
        "\u202eabc",
        "\ufeff",
        "\ufffe",
        "👩‍👩‍👧",
        "‮שלום",
        "ﬁ",
        "İ",
        "ẞ",
        "e\u0301",
        "\u2028",
    ),
    *(
        "a@b.fr",
        "A@B.FR",
        "a+tag@b.fr",
        "a@localhost",
        "a@[127.0.0.1]",
        "a@b.fr\r\nBcc: c@d.fr",
        "é@é.fr",
        "a" * 65 + "@b.fr",
        "@",
        "a@b@c.fr",
    ),
    *(
        "a" * 201,
        "é" * 300,
        "x " * 400,
        "a" * 70_000,
        "1" * 400,
        "2026-02-30",
        "2026-11-24",
        "24:61",
        "[]",
        "{}",
        "null",
    ),
]
BYTES = [
    b"\xff",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"%",
    b"%zz",
    b"%u0041",
    b"%c0%ae",
    b"+",
    b"&&==",
    b";",
    b"\x00",
    b"%00",
    b"%0d%0a",
]
FILES = [
    b"",
    b"<svg onload=x>",
    b"GIF89a\x00",
    b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
    b"%PDF-1.4",
    b"PK\x03\x04",
    b"title;x\n\xff",
    b"\xff\xd8\xff\xe0<html>",
]
HEADERS = {
    "HTTP_HOST": ["evil.example", HOST + ":99999", "", "a b", "[::1", "\xe9.fr", "testserver."],
    "HTTP_X_FORWARDED_FOR": ["1.2.3.4", "x", "::1", "1.2.3.4, 5.6.7.8", "\xff"],
    "HTTP_X_FORWARDED_PROTO": ["https", "ftp"],
    "HTTP_X_REQUEST_ID": ["a" * 5000, "a\tb"],
    "HTTP_ACCEPT": ["*/*", "application/json", "text/html;q=x", "\xff", "," * 500, 'a/b;v="'],
    "HTTP_ACCEPT_ENCODING": ["gzip", "br", "identity;q=0", "\xff"],
    "HTTP_ACCEPT_LANGUAGE": ["en", "x" * 600, "-", "fr;q=9"],
    "HTTP_COOKIE": ["session=x", "csrf=y; session=" + "z" * 3000, "=;=;", "session=\xff\xfe", '__Host-session="a'],
    "HTTP_IF_NONE_MATCH": ["*", '"x"', 'W/"', "\xff"],
    "HTTP_IF_MODIFIED_SINCE": ["yesterday", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Jan 99999999 00:00:00 GMT"],
    "HTTP_RANGE": ["bytes=0-", "bytes=9-1"],
    "HTTP_SEC_FETCH_SITE": ["cross-site", "same-origin", "x"],
    "HTTP_ORIGIN": ["null", "http://evil.example", "http://[", "x"],
    "HTTP_REFERER": ["http://[", "x", "\xff"],
    "HTTP_AUTHORIZATION": ["Basic x", "Bearer \xff"],
    "HTTP_X_HTTP_METHOD_OVERRIDE": ["DELETE"],
    "HTTP_X_REQUESTED_WITH": ["XMLHttpRequest"],
    "HTTP_EXPECT": ["100-continue"],
}
TYPES = [
    "",
    "text/plain",
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=\xff",
    "application/x-www-form-urlencoded; charset=x",
    "x",
    "application/xml",
]


def routes():
    """Every address of the URLconf, as lists of pieces: text, or the name of an argument in a tuple."""

    def walk(patterns, before):
        for one in patterns:
            if isinstance(one.pattern, LocalePrefixPattern):
                for language in ("", *(f"{code}/" for code, _name in settings.LANGUAGES[1:])):
                    yield from walk(one.url_patterns, [*before, language])
                continue
            here = [*before, *pieces(one.pattern)]
            yield from [joined(here)] if isinstance(one, URLPattern) else walk(one.url_patterns, here)

    return list(walk(get_resolver().url_patterns, ["/"]))


def joined(route):
    """The same route with texts that follow each other in one."""
    whole = []
    for piece in route:
        if isinstance(piece, str) and whole and isinstance(whole[-1], str):
            whole[-1] += piece
        else:
            whole.append(piece)
    return whole


def pieces(pattern):
    """The route of a pattern, cut where it has arguments."""
    if isinstance(pattern, RegexPattern):
        return [("any",)]
    cut = re.split(r"<(?:\w+:)?(\w+)>", str(pattern))
    return [(one,) if number % 2 else one for number, one in enumerate(cut)]


class Forms(HTMLParser):
    """The forms of a page: their addresses, and the names and values of their fields."""

    def __init__(self, page):
        super().__init__()
        self.page = page
        self.found = {}
        self.action = None

    def handle_starttag(self, tag, attrs):
        """Note a form, or a field of the one that is open."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = given.get("action") or self.page
            self.found.setdefault(self.action, {})
        elif tag in ("input", "select", "textarea", "button") and self.action and given.get("name"):
            self.found[self.action].setdefault(given["name"], given.get("value", ""))

    def handle_endtag(self, tag):
        """End the form that is open."""
        if tag == "form":
            self.action = None


@dataclass
class Outcome:
    """What an application answered, and what it logged as its own fault."""

    statuses: Counter = field(default_factory=Counter)
    methods: Counter = field(default_factory=Counter)
    addresses: set = field(default_factory=set)
    findings: dict = field(default_factory=dict)

    def find(self, kind, request):
        """Keep the first request of each kind of finding."""
        self.findings.setdefault(kind, [0, request])[0] += 1


class Fuzzer:
    """Makes requests from a source of chance and asks a WSGI application; `arguments` are values known to be good."""

    def __init__(self, chance, application, arguments):
        self.chance = chance
        self.application = application
        self.arguments = arguments
        self.routes = routes()
        self.fields = defaultdict(dict)
        self.outcome = Outcome()
        self.faults = Faults()

    def learn(self):
        """Read the forms that the pages show."""
        for route in self.routes:
            path = self.path(route, odd=0)
            body = self.ask(self.environ("GET", path.encode(), b"", b"", ""))
            if b"<form" in body:
                parser = Forms(path)
                parser.feed(body.decode("utf-8", "replace"))
                for action, fields in parser.found.items():
                    self.fields[urlsplit(action).path] |= fields
        self.names = sorted({name for fields in self.fields.values() for name in fields} | {"page", "q", "x", ""})

    def run(self, requests, enough=lambda: False):
        """Ask so many times, or until it is enough."""
        with self.faults:
            self.learn()
            for _number in range(requests):
                if enough():
                    break
                self.ask(self.request())
        return self.outcome

    # What is asked

    def path(self, route, odd):
        """An address made from a route; each argument is odd with a probability."""
        made = ""
        for piece in route:
            if isinstance(piece, str):
                made += piece
            else:
                good = self.arguments.get(piece[0])
                made += self.chance.choice(good if good and self.chance.random() >= odd else WORDS)
        return made

    def request(self):
        """One request, as a WSGI environment."""
        chance = self.chance
        path = (
            chance.choice(list(self.fields))
            if self.fields and chance.random() < 0.35
            else self.path(chance.choice(self.routes), 0.3)
        )
        raw = path.encode("utf-8", "surrogatepass")
        if chance.random() < 0.08:
            place = chance.randrange(len(raw) + 1)
            raw = raw[:place] + chance.choice([*BYTES, b"/", b"//", b"/../"]) + raw[place:]
        method = chance.choice(METHODS)
        body, kind = self.body(path) if method not in ("GET", "HEAD", "get") or chance.random() < 0.02 else (b"", "")
        environ = self.environ(method, raw, self.query() if chance.random() < 0.6 else b"", body, kind)
        for _header in range(chance.choice([0, 0, 0, 1, 1, 2, 4])):
            name = chance.choice(list(HEADERS))
            environ[name] = chance.choice(HEADERS[name])
        return environ

    def value(self, present=""):
        """What a field may hold: mostly odd, sometimes what it had."""
        pool = self.chance.random()
        if pool < 0.25:
            return present
        if pool < 0.35:
            return self.chance.choice(self.arguments[self.chance.choice(list(self.arguments))])
        word = self.chance.choice(WORDS)
        return word + self.chance.choice(WORDS) if pool > 0.9 else word

    def pairs(self, fields):
        """Names and values, some missing, some twice, some of another form."""
        chosen = [(name, self.value(present)) for name, present in fields.items() if self.chance.random() < 0.85]
        while self.chance.random() < 0.4:
            chosen.append((self.chance.choice(self.names), self.value()))
        return chosen

    def query(self):
        """A query string, as bytes."""
        size = self.chance.choice([1, 1, 2, 3, 60])
        raw = urlencode(
            [(self.chance.choice(self.names), self.value()) for _pair in range(size)], errors="surrogatepass"
        )
        return raw.encode()[:60_000] + (self.chance.choice(BYTES) if self.chance.random() < 0.15 else b"")

    def body(self, path):
        """The body of a form, or of something else, and its type."""
        pairs = self.pairs(self.fields.get(path, {}))
        form = self.chance.random()
        if form < 0.6:
            raw = urlencode(pairs).encode()
            return raw + (self.chance.choice(BYTES) if form < 0.05 else b""), "application/x-www-form-urlencoded"
        if form < 0.85:
            return self.multipart(pairs), "multipart/form-data; boundary=limit"
        return self.chance.choice([b"", b"{", b"\x00" * 100, b"a=b", b"<x/>", b"--limit"]), self.chance.choice(TYPES)

    def multipart(self, pairs):
        """The same pairs as parts, some of them files."""
        parts = []
        for name, value in pairs:
            label = name.replace('"', "").encode("utf-8", "replace")
            if self.chance.random() < 0.1:
                file = self.chance.choice(["a.svg", "a.png", "../x", "", "é.pdf", "a\x00.jpg"]).encode()
                parts.append(
                    b'name="%b"; filename="%b"\r\nContent-Type: image/png\r\n\r\n%b'
                    % (label, file, self.chance.choice(FILES))
                )
            else:
                parts.append(b'name="%b"\r\n\r\n%b' % (label, value.encode("utf-8", "replace")))
        raw = b"".join(b"--limit\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts)
        return raw + (b"--limit--\r\n" if self.chance.random() < 0.95 else b"")

    def environ(self, method, path, query, body, kind):
        """A WSGI environment (PEP 3333): text that holds bytes."""
        return {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path.decode("latin-1"),
            "QUERY_STRING": query.decode("latin-1"),
            "CONTENT_TYPE": kind,
            # A server refuses a length that is no number before the application hears of it.
            "CONTENT_LENGTH": str(len(body) if self.chance.random() < 0.98 else len(body) // 2),
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": HOST,
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
            "fuzz.body": body[:300],
        }

    # What is answered

    def ask(self, environ):
        """Ask, count the answer, keep a finding; return the body."""
        said, told = [], dict(environ)
        try:
            answer = self.application(environ, lambda status, headers, exc_info=None: said.append((status, headers)))
            try:
                body = b"".join(answer)
            finally:
                if hasattr(answer, "close"):
                    answer.close()
        except Exception as error:
            self.outcome.find(f"raised {where(error)}", described(told))
            return b""
        status, headers = said[-1]
        code = int(status[:3])
        self.outcome.statuses[code] += 1
        self.outcome.methods[told["REQUEST_METHOD"]] += 1
        self.outcome.addresses.add(told["PATH_INFO"])
        if code >= 500:
            self.outcome.find(f"{code} {self.faults.last()}", described(told))
        elif told["REQUEST_METHOD"] not in KNOWN_METHODS and code not in (400, 405):
            self.outcome.find(f"{told['REQUEST_METHOD']!a} answered {code}", described(told))
        elif (
            told["HTTP_HOST"] == "evil.example"
            and code not in (400, 405)
            and not told["PATH_INFO"].startswith("/static/")
        ):
            self.outcome.find(f"a forged host answered {code}", described(told))
        elif any("\n" in value or "\r" in value for _name, value in headers):
            self.outcome.find("a header of two lines", described(told))
        return body


class Faults(logging.Handler):
    """The last fault that Django logged, while it is in use; nothing is printed meanwhile."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.told = ""

    def emit(self, record):
        """Note where it was raised."""
        if record.exc_info:
            self.told = where(record.exc_info[1])

    def last(self):
        """The last one, once."""
        told, self.told = self.told, ""
        return told

    def __enter__(self):
        root = logging.getLogger()
        self.handlers, root.handlers = root.handlers, [self]

    def __exit__(self, *failure):
        logging.getLogger().handlers = self.handlers


def where(error):
    """The kind of an error and the line of ours, or else the last one, that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if str(settings.BASE_DIR) in one.filename and "site-packages" not in one.filename]
    ours = [one for one in ours if not one.filename.endswith("fuzzing.py")] or frames
    last = ours[-1]
    return f"{type(error).__name__}: {str(error)[:120]!a} at {'/'.join(last.filename.split('/')[-2:])}:{last.lineno}"


def described(environ):
    """A request in one line, to be made again."""
    path = quote_from_bytes(environ["PATH_INFO"].encode("latin-1"))
    odd = {name: value for name, value in environ.items() if name in HEADERS and value != HOST}
    return (
        f"{environ['REQUEST_METHOD']!a} {path}?{environ['QUERY_STRING'][:300]!a} {odd!a} "
        f"{environ['CONTENT_TYPE']!a} {environ['fuzz.body']!a}"
    )
