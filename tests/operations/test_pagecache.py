import gzip
from collections import Counter
from types import SimpleNamespace

import brotli
import pytest
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.db import OperationalError
from django.test import RequestFactory

from operations.pagecache import PageCache
from operations.postgresql.watchdog import Watchdog
from practices.filters import PracticeFilterSet, catalogue_index
from practices.models import Practice
from tests.factories import make_practice

LISTING = "/bonnes-pratiques/"
PARAMS = {
    "bonnes-pratiques": (*PracticeFilterSet.base_filters, "page"),
    "bonnes-pratiques/": tuple(PracticeFilterSet.base_filters),
}


class Site:
    """A page cache before an application that counts what it is asked."""

    def __init__(self, application=None, index=None, limit=1 << 20, **options):
        self.asked = Counter()
        self.application = application or self.echo
        index = index or SimpleNamespace(current=lambda fresh: SimpleNamespace(token="1"))
        # A watchdog of its own: a database that a test takes away is not away for the next one.
        options = {"params": PARAMS, "private": ["/admin/"], "limit": limit, "watchdog": Watchdog(), **options}
        self.cache = PageCache(self.count, index, **options)

    def count(self, environ, start_response):
        self.asked[environ["PATH_INFO"]] += 1
        return self.application(environ, start_response)

    @staticmethod
    def echo(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
        return [f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}".encode()]

    def get(self, address, method="GET", **headers):
        environ = RequestFactory().generic(method, address, headers=headers).environ
        said = []
        body = b"".join(self.cache(environ, lambda status, given, exc_info=None: said.extend([status, dict(given)])))
        return SimpleNamespace(status=int(said[0][:3]), headers=said[1], body=body)


def answering(status="200 OK", headers=(), body=b"x"):
    def application(environ, start_response):
        start_response(status, [("Content-Type", "text/html"), *headers])
        return [body]

    return application


def test_a_page_is_made_once():
    site = Site()

    bodies = {site.get("/").body for _request in range(3)}

    assert (bodies, site.asked) == ({b"/?"}, {"/": 1})


def test_a_new_version_is_a_new_page():
    tokens = iter(["1", "1", "2", "2"])
    site = Site(index=SimpleNamespace(current=lambda fresh: SimpleNamespace(token=next(tokens))))

    for _request in range(4):
        site.get("/")

    assert site.asked == {"/": 2}


@pytest.mark.parametrize(
    ("address", "same"),
    [
        (f"{LISTING}?theme=a&pays=b", f"{LISTING}?pays=b&theme=a"),
        (f"{LISTING}?pays=b&utm_source=x&page=2", f"{LISTING}?page=2&pays=b"),
        (f"/en{LISTING}?x=1", f"/en{LISTING}"),
        ("/a-propos/?pays=b", "/a-propos/"),
        (f"{LISTING}envie/?fbclid=x", f"{LISTING}envie/"),
        (f"{LISTING}envie/?tri=titre&page=2&pays=b", f"{LISTING}envie/?pays=b&tri=titre"),
        (f"{LISTING}pays/france/?tri=titre&page=2", f"{LISTING}pays/france/?page=2"),
    ],
)
def test_addresses_that_ask_the_same_share_a_page(address, same):
    site = Site()

    assert site.get(address).body == site.get(same).body
    assert sum(site.asked.values()) == 1


@pytest.mark.parametrize("query", ["pays=a&pays=b", "pays=%00", "pays=%E9", "pays=é"])
def test_what_is_not_plain_reaches_the_site_as_it_came(query):
    site = Site()
    environ = RequestFactory().get(LISTING, QUERY_STRING=query).environ

    body = b"".join(site.cache(environ, lambda status, headers, exc_info=None: None))

    assert body.decode() == f"{LISTING}?{query}"


@pytest.mark.parametrize(
    "application",
    [
        answering(headers=[("Set-Cookie", "a=b")]),
        answering(headers=[("Cache-Control", "private, no-store")]),
        answering(headers=[("Cache-Control", "private, no-cache")]),
        answering(headers=[("Vary", "Accept-Encoding, Cookie")]),
        answering(status="404 Not Found"),
        answering(status="302 Found"),
        answering(status="500 Error"),
        answering(headers=[("Content-Type", "application/json")]),
        answering(body=b"x" * (2 << 20)),
    ],
    ids=["cookie", "no-store", "private", "varies", "404", "302", "500", "json", "large"],
)
def test_what_is_not_the_same_page_for_everybody_is_never_kept(application):
    site = Site(application)

    first, second = site.get("/"), site.get("/")

    assert site.asked == {"/": 2}
    assert first.body == second.body


def test_a_file_is_passed_on_piece_by_piece_as_it_is_made():
    made = []

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/csv")])
        for number in range(3):
            made.append(number)
            yield b"%d" % number

    cache = PageCache(
        application,
        SimpleNamespace(current=lambda fresh: SimpleNamespace(token="1")),
        params=PARAMS,
        private=[],
        limit=1 << 20,
        streamed=["/export.csv"],
    )
    environ = RequestFactory().get(f"{LISTING}export.csv").environ

    pieces = iter(cache(environ, lambda status, headers, exc_info=None: None))

    assert (next(pieces), made) == (b"0", [0])


@pytest.mark.parametrize("kind", ["application/atom+xml; charset=utf-8", "application/xml"])
def test_feeds_and_maps_of_the_site_are_kept_too(kind):
    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", kind)])
        return [b"x"]

    site = Site(application)

    assert site.get("/sitemap.xml").body == site.get("/sitemap.xml").body == b"x"
    assert site.asked == {"/sitemap.xml": 1}


@pytest.mark.parametrize(("address", "method"), [("/admin/", "GET"), ("/", "POST"), ("/", "OPTIONS")])
def test_the_back_office_and_what_writes_pass_through(address, method):
    site = Site()

    site.get(address, method)
    site.get(address, method)

    assert site.asked == {address: 2}


def test_who_is_signed_in_never_waits_for_a_version_to_come():
    asked = []
    site = Site(index=SimpleNamespace(current=lambda fresh: asked.append(fresh) or SimpleNamespace(token="1")))

    site.get("/")
    site.get("/", cookie="session=abc")

    assert asked == [False, True]


def test_a_page_is_kept_for_the_host_that_was_asked():
    site = Site()

    site.get("/", host="testserver")
    site.get("/", host="pirate.example")

    assert site.asked == {"/": 2}


def test_each_visitor_gets_the_encoding_it_reads():
    site = Site(answering(body=b"word " * 500))

    plain, gzipped, brotlied = (site.get("/", accept_encoding=one) for one in ("", "gzip", "gzip, deflate, br"))

    assert gzip.decompress(gzipped.body) == brotli.decompress(brotlied.body) == plain.body
    assert [one.headers.get("Content-Encoding") for one in (plain, gzipped, brotlied)] == [None, "gzip", "br"]
    assert len({one.headers["ETag"] for one in (plain, gzipped, brotlied)}) == 3
    assert all(one.headers["Content-Length"] == str(len(one.body)) for one in (plain, gzipped, brotlied))
    assert {one.headers["Vary"] for one in (plain, gzipped, brotlied)} == {"Accept-Encoding"}


def test_a_visitor_who_has_the_page_gets_304_and_another_one_the_page():
    site = Site()
    etag = site.get("/").headers["ETag"]

    again, other = site.get("/", if_none_match=etag), site.get("/", if_none_match='"other"')

    assert (again.status, again.body) == (304, b"")
    assert (other.status, other.body) == (200, b"/?")


def test_head_is_the_page_without_its_body_whichever_came_first():
    site = Site()

    head, page, again = site.get("/", "HEAD"), site.get("/"), site.get("/", "HEAD")

    assert (head.body, page.body, again.body) == (b"", b"/?", b"")
    assert head.headers == page.headers == again.headers
    assert site.asked == {"/": 1}


def test_memory_is_bounded_and_the_pages_asked_for_last_stay():
    site = Site(answering(body=b"x" * 10_000), limit=100_000)

    for number in range(50):
        site.get(f"/{number}/")
        site.get("/kept/")

    assert site.cache.local.size <= 100_000
    assert (site.asked["/kept/"], len(site.cache.local.pages)) == (1, 6)


def test_while_the_database_is_away_pages_already_made_are_served():
    answers = [
        "1",
        OperationalError("gone"),
        OperationalError("gone"),
        OperationalError("gone"),
        OperationalError("gone"),
    ]

    def current(fresh):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(token=answer)

    site = Site(index=SimpleNamespace(current=current))

    made, stale, other = site.get("/"), site.get("/"), site.get("/autre/")

    assert (stale.body, other.body) == (made.body, b"/autre/?")
    assert site.asked == {"/": 1, "/autre/": 1}


def test_processes_share_pages_where_there_is_a_common_cache(settings):
    caches["default"].clear()
    first, second = Site(shared="default"), Site(shared="default")

    first.get("/")

    assert second.get("/").body == b"/?"
    assert second.asked == {}


def test_a_common_cache_that_fails_is_an_empty_one(monkeypatch):
    monkeypatch.setattr("operations.pagecache.caches", {})
    site = Site(shared="default")

    assert site.get("/").body == site.get("/").body == b"/?"
    assert site.asked == {"/": 1}


@pytest.mark.django_db(transaction=True)
def test_an_edit_shows_at_the_next_request():
    catalogue_index.forget()
    practice = make_practice(title="Avant")
    site = Site(WSGIHandler(), catalogue_index)
    before = [site.get(address).body.decode() for address in (LISTING, practice.get_absolute_url())]

    Practice.objects.filter(pk=practice.pk).update(title="Après")

    after = [site.get(address).body.decode() for address in (LISTING, practice.get_absolute_url())]
    assert all("Avant" in page for page in before)
    assert all("Après" in page and "Avant" not in page for page in after)
    assert site.asked == {LISTING: 2, practice.get_absolute_url(): 2}


@pytest.mark.django_db(transaction=True)
def test_the_public_pages_of_the_site_are_all_kept():
    catalogue_index.forget()
    practice = make_practice(countries=["france"])
    site = Site(WSGIHandler(), catalogue_index)
    addresses = ["/", "/en/", LISTING, f"{LISTING}pays/france/", practice.get_absolute_url()]

    for address in addresses * 2:
        assert site.get(address).status == 200

    assert site.asked == dict.fromkeys(addresses, 1)
