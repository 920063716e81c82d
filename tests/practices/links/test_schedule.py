import socket
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.roles import EDITOR
from practices.links import schedule
from practices.links.http import Fetcher, Outcome, Pace, is_public
from practices.models import Organisation, Practice, Status
from practices.models.links import LinkCheck
from tests.factories import make_person, make_practice

AGENT = "BonnesPratiques/1.0 (test)"
START = "2026-11-24 03:00+01:00"


class Site(BaseHTTPRequestHandler):
    """A site with a page of each kind; `asked` keeps what it was asked, `robots` is its robots.txt or None."""

    asked: list
    robots: str | None

    def answer(self):
        self.asked.append((self.command, self.path, self.headers["User-Agent"]))
        name, _slash, rest = self.path.strip("/").partition("/")
        if self.path == "/robots.txt":
            return self.say(200 if self.robots is not None else 404, body=self.robots or "")
        if name == "status":
            return self.say(int(rest))
        if name == "headless":
            return self.say(404 if self.command == "HEAD" else 200)
        if name == "moved":
            return self.say(301, Location="/status/200")
        if name == "loop":
            return self.say(302, Location="/loop")
        if name == "inside":
            return self.say(302, Location=f"http://localhost:{self.server.server_port}/status/200")
        if name == "odd":
            self.wfile.write(b"not HTTP at all\r\n\r\n")
        if name == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            while not self.server.gone.wait(0.05):
                self.wfile.write(b".")
        return None

    do_GET = do_HEAD = answer

    def say(self, status, body="", **headers):
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body.encode())

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def site():
    """A server of Site on the loopback, and its address."""
    handler = type("Handler", (Site,), {"asked": [], "robots": None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handler, server.gone, server.daemon_threads = handler, threading.Event(), True
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.gone.set()
    server.shutdown()
    server.server_close()
    thread.join()


def fetcher(**options):
    return Fetcher(AGENT, **{"pace": Pace(0), "timeout": 5, "allow_private": True, **options})


@pytest.mark.parametrize(
    ("path", "outcome"),
    [
        ("/status/200", Outcome(True, 200)),
        ("/status/404", Outcome(False, 404)),
        ("/status/410", Outcome(False, 410)),
        ("/status/500", Outcome(False, 500)),
        ("/status/403", Outcome(None, 403)),
        ("/status/429", Outcome(None, 429)),
        ("/headless", Outcome(True, 200)),
        ("/moved", Outcome(True, 200)),
        ("/loop", Outcome(False, 302, "too many redirects")),
    ],
    ids=str,
)
def test_an_address_is_asked_as_far_as_it_leads(site, path, outcome):
    assert fetcher().look(site.url + path) == outcome


def test_the_head_is_asked_first_then_the_page_under_our_own_name(site):
    fetcher().look(f"{site.url}/status/200")
    fetcher().look(f"{site.url}/headless")

    assert site.handler.asked == [
        ("GET", "/robots.txt", AGENT),
        ("HEAD", "/status/200", AGENT),
        ("GET", "/robots.txt", AGENT),
        ("HEAD", "/headless", AGENT),
        ("GET", "/headless", AGENT),
    ]


def test_a_robots_txt_that_says_no_is_obeyed_and_read_once(site):
    site.handler.robots = "User-agent: *\nDisallow: /status/\nCrawl-delay: 3\n"
    one = fetcher()

    outcomes = [one.look(f"{site.url}{path}") for path in ("/status/200", "/status/404")]

    assert outcomes == [Outcome(None, None, "robots.txt")] * 2
    assert [path for _verb, path, _agent in site.handler.asked] == ["/robots.txt"]
    assert one.pace.delays == {"127.0.0.1": 3.0}


def test_a_server_that_drips_or_talks_nonsense_is_left(site):
    outcomes = [fetcher(timeout=0.2).look(f"{site.url}/{page}") for page in ("drip", "odd")]

    assert [outcome.works for outcome in outcomes] == [False, False]


def test_what_nobody_answers_has_a_reason():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]

    assert fetcher().look(f"http://127.0.0.1:{port}/").works is False
    assert fetcher().look("http://nulle-part.invalid/") == Outcome(False, None, "no such host")
    assert fetcher().look("http://[::1/") == Outcome(False, None, "not a web address")
    assert fetcher().look("https://example.org:99999/") == Outcome(False, None, "not a web address")


def test_nothing_inside_this_network_is_asked(site):
    refused = Outcome(False, None, "private address")

    for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "2130706433"):
        assert fetcher(allow_private=False).look(f"http://{host}:{site.server_port}/status/200") == refused, host
    assert site.handler.asked == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07::1", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("2002:5db8:d70e::1", True),
        ("64:ff9b::5db8:d70e", True),
        ("::ffff:93.184.215.14", True),
        ("fec0::1", False),
        ("feff:ffff::1", False),
        ("::127.0.0.1", False),
        ("::10.0.0.1", False),
        ("::93.184.215.14", False),
        ("::ffff:0:7f00:1", False),
        ("64:ff9b:1::1", False),
        ("64:ff9b:1:ffff::a00:1", False),
        ("::", False),
        ("::1", False),
        ("100::1", False),
        ("5f00::1", False),
        ("2001:db8::1", False),
        ("3fff::1", False),
        ("4000::1", False),
        ("ff0e::1", False),
        ("192.88.99.1", False),
        ("255.255.255.255", False),
    ],
)
def test_an_address_is_public_or_not_whatever_it_is_wrapped_in(address, public):
    assert is_public(address) is public


def test_a_redirect_to_the_inside_is_refused(site, monkeypatch):
    # The first address stands for a public one; the one it leads to is looked at like any other.
    public = iter([True, True, False])
    monkeypatch.setattr("practices.links.http.is_public", lambda address: next(public))

    outcome = fetcher(allow_private=False).look(f"{site.url}/inside")

    assert outcome == Outcome(False, None, "private address")
    assert [path for _verb, path, _agent in site.handler.asked] == ["/robots.txt", "/inside"]


def test_two_requests_to_one_host_are_apart_and_hosts_take_turns():
    now, slept = [0.0], []

    def sleep(seconds):
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(1, sleep=sleep, clock=lambda: now[0])
    for host in ("a", "b", "a", "a"):
        with pace.turn(host):
            now[0] += 0.25

    assert slept == [0.75, 1.0]


def answering(*answers):
    """A fetcher that gives these answers in turn, then the last one."""
    left = list(answers)
    one = fetcher()
    one.look = lambda url: left.pop(0) if len(left) > 1 else left[0]
    return one


DEAD, FINE, REFUSED = Outcome(False, 404), Outcome(True, 200), Outcome(None, 403)


@pytest.mark.django_db
def test_an_address_is_dead_after_failures_on_three_days_only():
    url, days = "https://example.org/", []

    with time_machine.travel(START, tick=False) as clock:
        for outcome, hours in ((DEAD, 1), (DEAD, 23), (DEAD, 24), (REFUSED, 24), (DEAD, 24), (FINE, 24), (DEAD, 24)):
            [check] = schedule.check([url], answering(outcome), every=7)
            days.append((check.failed_days, check.dead))
            clock.shift(timedelta(hours=hours))

    assert days == [(1, False), (1, False), (2, False), (2, False), (3, True), (0, False), (1, False)]


@pytest.mark.django_db
def test_an_address_is_asked_again_after_a_day_if_it_failed_and_a_week_if_it_works():
    make_practice(website="https://a.example/")
    make_practice(website="https://b.example/")
    asked = []

    with time_machine.travel(START, tick=False) as clock:
        for _night in range(8):
            urls = schedule.due(timezone.now())
            asked.append([url[8] for url in urls])
            for url in urls:
                list(schedule.check([url], answering(DEAD if url[8] == "a" else FINE), every=7))
            clock.shift(timedelta(days=1))

    assert asked == [["a", "b"], ["a"], ["a"], [], [], [], [], ["b"]]


@pytest.mark.django_db
def test_the_addresses_of_practices_that_live_are_asked_and_the_others_forgotten():
    practice = make_practice(website="https://site.example/", status=Status.DRAFT)
    practice.links.create(title="Une source", url="https://source.example/")
    practice.organisations.add(Organisation.objects.create(name="Une asso", website="https://asso.example/"))
    make_practice(website="https://archive.example/", status=Status.ARCHIVED)
    Organisation.objects.create(name="Sans pratique", website="https://seule.example/")
    list(schedule.check([*schedule.in_use(), "https://ancien.example/"], answering(FINE), every=7))

    gone = schedule.forget_unused()

    assert schedule.in_use() == {"https://site.example/", "https://source.example/", "https://asso.example/"}
    assert gone == 1
    assert set(LinkCheck.objects.values_list("url", flat=True)) == schedule.in_use()


@pytest.mark.django_db
def test_a_run_stops_when_it_has_had_enough():
    urls = [f"https://{number}.example/" for number in range(5)]

    asked = list(schedule.check(urls, answering(FINE), 7, lambda: LinkCheck.objects.count() == 2))

    assert len(asked) == 2


@pytest.mark.django_db
def test_the_command_asks_what_is_due_and_says_what_fails(site, settings):
    settings.LINK_CHECK_ALLOW_PRIVATE = True
    make_practice(website=f"{site.url}/status/404")
    make_practice(website=f"{site.url}/status/200")
    said = [StringIO(), StringIO(), StringIO()]

    for out in said[:2]:
        call_command("check_links", delay=0, stdout=out)
    call_command("check_links", f"{site.url}/status/200", delay=0, stdout=said[2])

    assert (
        said[0].getvalue()
        == f"échec 1/3\u00a0: {site.url}/status/404 (404)\nAdresses demandées\u00a0: 2\u202f; en échec\u00a0: 1.\n"
    )
    assert said[1].getvalue() == "Adresses demandées\u00a0: 0\u202f; en échec\u00a0: 0.\n"
    assert said[2].getvalue() == "Adresses demandées\u00a0: 1\u202f; en échec\u00a0: 0.\n"


@pytest.mark.django_db
def test_by_default_the_command_asks_nothing_inside_this_network(site):
    make_practice(website=f"{site.url}/status/200")

    call_command("check_links", delay=0, stdout=StringIO())

    assert LinkCheck.objects.get().reason == "private address"
    assert site.handler.asked == []


@pytest.mark.django_db
def test_editors_see_which_practices_have_dead_links_and_which_links(client):
    client.force_login(make_person("colette", EDITOR))
    now = timezone.now()
    dead, failing = "https://mort.example/", "https://en-echec.example/"
    for url, days in ((dead, 3), (failing, 1)):
        LinkCheck.objects.create(url=url, checked_at=now, due_at=now, failed_days=days, status=404)
    by_website = make_practice(title="Par son site", website=dead)
    by_link = make_practice(title="Par un lien")
    by_link.links.create(title="Une source", url=dead)
    by_link.links.create(title="Une autre", url=failing)
    by_organisation = make_practice(title="Par son organisme")
    by_organisation.organisations.add(Organisation.objects.create(name="Une asso", website=dead))
    make_practice(title="Seulement en échec", website=failing)
    make_practice(title="Archivée", website=dead, status=Status.ARCHIVED)

    found = set(client.get("/admin/practices/practice/?besoin=liens-morts").context["cl"].queryset)
    form = client.get(f"/admin/practices/practice/{by_link.pk}/change/").content.decode()
    listed = client.get("/admin/practices/linkcheck/?etat=morts").context["cl"].queryset

    assert found == {by_website, by_link, by_organisation}
    assert f"{dead}</a> — mort (404)" in form
    assert f"{failing}</a> — en échec 1 jour (404)" in form
    assert form.count('<div class="readonly">mort</div>') == 1
    assert [one.url for one in listed] == [dead]
    assert Practice.objects.filter(schedule.with_dead_links()).count() == 3
