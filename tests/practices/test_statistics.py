import threading
from datetime import date, timedelta

import pytest
import time_machine
from django.db import DatabaseError
from django.utils import timezone

from accounts.roles import CONTRIBUTOR, EDITOR
from operations.pagecache import PageCache
from practices import statistics
from practices.models import DailyCount, Status, Unanswered
from practices.statistics import Readership
from tests.factories import make_person, make_practice

TODAY = date(2026, 11, 24)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
LISTING = "/bonnes-pratiques/"
FOUND, NOTHING = [("X-Total-Count", "3")], [("X-Total-Count", "0")]


@pytest.fixture(autouse=True)
def day():
    with time_machine.travel("2026-11-24 12:00+01:00", tick=False) as clock:
        yield clock


@pytest.fixture
def ears():
    """A readership that writes only when it is told to."""
    one = Readership("session", every=3600)
    yield one
    if one.timer:
        one.timer.cancel()


def request(path=f"{LISTING}envie/", query="", **headers):
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_USER_AGENT": BROWSER,
        **headers,
    }


def counted():
    return {(one.day, one.kind, one.practice): one.count for one in DailyCount.objects.all()}


@pytest.mark.django_db
def test_views_are_counted_by_day_and_practice_in_any_language(ears, day):
    envie, other = make_practice(slug="envie"), make_practice(slug="autre", status=Status.DRAFT)

    for path in (f"{LISTING}envie/", f"/en{LISTING}envie/", f"{LISTING}autre/", f"{LISTING}inconnue/", "/", LISTING):
        ears.hear(request(path), [])
    ears.flush()
    day.shift(timedelta(days=1))
    ears.hear(request(), [])
    ears.hear(request(), [])
    ears.flush()
    ears.flush()

    assert counted() == {
        (TODAY, "view", envie.pk): 2,
        (TODAY, "view", other.pk): 1,
        (TODAY + timedelta(days=1), "view", envie.pk): 2,
    }


@pytest.mark.parametrize(
    "refusal",
    [
        {"HTTP_DNT": "1"},
        {"HTTP_SEC_GPC": "1"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_COOKIE": "a=1; session=xyz"},
        {"REQUEST_METHOD": "HEAD"},
        {"HTTP_USER_AGENT": ""},
        {"HTTP_USER_AGENT": "curl/8.5.0"},
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"HTTP_USER_AGENT": "Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/140.0"},
    ],
    ids=str,
)
def test_who_does_not_want_to_be_counted_or_is_no_person_is_not(ears, refusal):
    ears.hear(request(**refusal), [])
    ears.hear(request(LISTING, "q=vélo", **refusal), FOUND)

    assert (ears.views, ears.searches, ears.timer) == ({}, {}, None)


def test_a_zero_in_do_not_track_is_no_refusal(ears):
    ears.hear(request(HTTP_DNT="0", HTTP_SEC_GPC="0"), [])

    assert ears.views == {(TODAY, "envie"): 1}


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("q=V%C3%A9lo++Cargo", "velo cargo"),
        ("q=velo&tri=titre", "velo"),
        ("q=velo&pays=france", ""),
        ("q=velo&page=2", ""),
        ("q=", ""),
        ("pays=france", ""),
        (f"q={'a' * 81}", ""),
    ],
)
def test_a_search_is_words_alone(query, words):
    assert statistics.searched(query) == words


@pytest.mark.django_db
def test_searches_are_counted_and_those_being_typed_are_not(ears):
    for words, headers in (
        ("rec", FOUND),
        ("recy", NOTHING),
        ("recycl", NOTHING),
        ("recyclage", FOUND),
        ("velo", NOTHING),
    ):
        ears.hear(request(LISTING, f"q={words}"), headers)
    ears.hear(request(LISTING), FOUND)

    ears.flush()

    assert counted() == {(TODAY, "search", 0): 2, (TODAY, "vain", 0): 1}


@pytest.mark.django_db
def test_words_are_kept_once_they_were_searched_in_vain_on_three_days(ears, day):
    known = []

    for hours in (1, 23, 24, 24):
        for _time in range(2):
            ears.hear(request(LISTING, "q=Énergie+citoyenne"), NOTHING)
        ears.flush()
        known.append([(one.words, one.days) for one in Unanswered.objects.all()])
        day.shift(timedelta(hours=hours))

    assert known == [[("", 1)], [("", 1)], [("", 2)], [("energie citoyenne", 3)]]
    assert [one.words for one in statistics.to_write(5)] == ["energie citoyenne"]


@pytest.mark.django_db
def test_words_that_find_something_at_last_are_no_longer_to_write(ears):
    Unanswered.objects.create(digest=statistics.digest_of("velo"), words="velo", days=4, last_on=TODAY)

    ears.hear(request(LISTING, "q=Vélo"), FOUND)
    ears.flush()

    assert statistics.to_write(5) == []


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["colette@example.org", "06 12 34 56 78", "+33-612345678"])
def test_what_may_be_an_address_or_a_number_is_not_kept_even_as_a_hash(ears, day, words):
    for _day in range(4):
        ears.hear(request(LISTING, f"q={words}".replace("+", "%2B").replace(" ", "+")), NOTHING)
        ears.flush()
        day.shift(timedelta(days=1))

    assert not Unanswered.objects.exists()
    assert DailyCount.objects.filter(kind="vain").count() == 4


@pytest.mark.django_db
def test_nobody_fills_the_table_with_nonsense(ears, monkeypatch):
    monkeypatch.setattr(statistics, "NOTED", 3)
    monkeypatch.setattr(statistics, "KNOWN", 5)
    ears.held = 20

    for batch in range(4):
        for number in range(40):
            ears.hear(request(LISTING, f"q={chr(97 + batch)}x{number:02}z"), NOTHING)
        assert len(ears.searches) == 20
        ears.flush()

    assert Unanswered.objects.count() == 6


@pytest.mark.django_db
def test_a_database_that_is_down_costs_the_counts_and_nothing_else(ears, monkeypatch):
    make_practice(slug="envie")

    def refuse(*args):
        raise DatabaseError

    with monkeypatch.context() as broken:
        broken.setattr(statistics, "write", refuse)
        ears.hear(request(), [])
        ears.flush()
    ears.hear(request(), [])
    ears.flush()

    assert sum(counted().values()) == 1


def test_counts_are_written_by_a_thread_of_their_own_and_once(monkeypatch):
    written, done = [], threading.Event()

    def write(views, searches):
        written.append((threading.current_thread() is threading.main_thread(), dict(views)))
        done.set()

    monkeypatch.setattr(statistics, "write", write)
    monkeypatch.setattr(statistics.connection, "close", lambda: None)
    ears = Readership("session", every=0.01)

    ears.hear(request(), [])

    assert done.wait(10)
    assert written == [(False, {(TODAY, "envie"): 1})]


def test_the_cache_of_pages_tells_of_each_page_it_sends_kept_or_not():
    heard = []

    def application(environ, start_response):
        path = environ["PATH_INFO"]
        start_response("404 Not Found" if "absente" in path else "200 OK", [("Content-Type", "text/html"), *FOUND])
        return [b"<p>"]

    class AnIndex:
        def current(self, fresh):
            return type("Snapshot", (), {"token": "1"})

    cache = PageCache(
        application, AnIndex(), params={}, private=["/admin/"], limit=1 << 20, hear=lambda *told: heard.append(told)
    )
    for path in (f"{LISTING}envie/", f"{LISTING}envie/", f"{LISTING}absente/", "/admin/"):
        b"".join(cache(request(path), lambda *answer: None))

    assert [environ["PATH_INFO"] for environ, _headers in heard] == [f"{LISTING}envie/"] * 2
    assert [statistics.total(headers) for _environ, headers in heard] == [3, 3]


@pytest.mark.django_db
def test_a_list_says_how_many_it_has_found(client):
    make_practice(title="Un vélo")

    assert client.get(f"{LISTING}?q=velo").headers["X-Total-Count"] == "1"
    assert client.get(f"{LISTING}?q=recyclage").headers["X-Total-Count"] == "0"


@pytest.mark.django_db
def test_old_counts_are_erased(settings):
    settings.STATISTICS_DAYS = 100
    for days in (100, 101):
        day = TODAY - timedelta(days=days)
        DailyCount.objects.create(day=day, kind="view", practice=1, count=1)
        Unanswered.objects.create(digest=f"a{days}", words=f"mots {days}", days=3, last_on=day)
        Unanswered.objects.create(digest=f"b{days}", last_on=day)
    Unanswered.objects.create(digest="c", last_on=TODAY - timedelta(days=90))

    planned = statistics.prune(timezone.now(), dry_run=True)
    done = statistics.prune(timezone.now(), dry_run=False)

    assert planned == done == {"Compteurs de lecture effacés": 1, "Recherches vaines effacées": 3}
    assert [one.day for one in DailyCount.objects.all()] == [TODAY - timedelta(days=100)]
    assert {one.digest for one in Unanswered.objects.all()} == {"a100", "c"}


@pytest.mark.django_db
def test_editors_see_what_is_read_and_what_ought_to_be_written(client):
    practice = make_practice(title="Très lue")
    hidden = make_practice(title="Retirée", status=Status.DRAFT)
    for kind, key, count in (("view", practice.pk, 7), ("view", hidden.pk, 9), ("search", 0, 5), ("vain", 0, 2)):
        DailyCount.objects.create(day=TODAY, kind=kind, practice=key, count=count)
    DailyCount.objects.create(day=TODAY - timedelta(days=31), kind="view", practice=practice.pk, count=50)
    Unanswered.objects.create(digest="a", words="energie citoyenne", days=3, last_on=TODAY)
    Unanswered.objects.create(digest="b", words="", days=2, last_on=TODAY)
    client.force_login(make_person("colette", EDITOR))

    response = client.get("/admin/")
    page = " ".join(response.content.decode().split())

    assert response.context["totals"] == {"view": 16, "search": 5, "vain": 2}
    assert [(bar.label, bar.count) for bar in response.context["read"].first] == [("Très lue", 7)]
    assert '<a href="/bonnes-pratiques/?q=energie%20citoyenne">energie citoyenne</a>' in page
    assert "cherché en vain 3 jours" in page

    client.force_login(make_person("denis", CONTRIBUTOR))
    assert "energie citoyenne" not in client.get("/admin/").content.decode()
