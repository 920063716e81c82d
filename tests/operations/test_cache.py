import pickle
import socket
import threading

import pytest
from django.conf import settings as site
from django.core.cache import caches
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.throttling import SimpleRateThrottle

from operations.cache import SEAL, SealedClient, SharedCache
from operations.monitoring import probes
from operations.pagecache import PageCache
from operations.postgresql.watchdog import Watchdog
from practices.filters import catalogue_index
from practices.open_data.throttling import NetworkThrottle
from tests.bonnespratiques.test_settings import manage
from tests.factories import make_practice
from tests.redis_server import OK, RedisServer


@pytest.fixture
def of():
    """A shared cache at an address, that no failure before has put to rest."""
    SharedCache.away_until = 0.0
    yield lambda port: SharedCache(f"redis://127.0.0.1:{port}/0", {"OPTIONS": {"socket_timeout": 0.1}})
    SharedCache.away_until = 0.0


def answers(cache):
    return [
        cache.set("a", 1),
        cache.get("a", "empty"),
        cache.add("a", 1),
        cache.touch("a"),
        cache.delete("a"),
        cache.get_many(["a"]),
        cache.set_many({"a": 1}),
    ]


def test_a_server_that_is_away_is_an_empty_cache(of):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    assert answers(of(port)) == [None, "empty", False, False, False, {}, ["a"]]


def test_a_silent_server_is_asked_once_then_left_alone(of):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        arrived = []

        def accept():
            while True:
                try:
                    arrived.append(silent.accept())
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()

        assert answers(of(silent.getsockname()[1])) == [None, "empty", False, False, False, {}, ["a"]]
        silent.shutdown(socket.SHUT_RDWR)
        thread.join()

    for connection, _address in arrived:
        connection.close()
    assert len(arrived) == 1


class Bomb:
    """What a pickle can do to whoever reads it."""

    blown = []

    def __reduce__(self):
        return Bomb.blown.append, ("executed",)


@pytest.fixture
def server():
    server = RedisServer()
    Bomb.blown.clear()
    SealedClient.told_at = float("-inf")
    yield server
    server.stop()


@pytest.fixture
def shared(settings, server):
    """The site's cache, shared; the one before comes back after the test."""
    SharedCache.away_until = 0.0
    settings.CACHES = {"default": {"BACKEND": "operations.cache.SharedCache", "LOCATION": server.url}}
    yield caches["default"]
    caches["default"].close()


def forgeries(sealed):
    """Names of what a neighbour may put in the place of a value, with the bytes."""
    pickled = pickle.dumps(Bomb())
    return {
        "pickle": pickled,
        "pickle under a false seal": bytes(SEAL) + pickled,
        "pickle after the seal": sealed[:SEAL] + b"b" + pickled,
        "noise": bytes(range(256)) + b"\xff" * 44,
        "nothing": b"",
        "a number": b"1",
        "JSON": b"[1, 2]",
        "JSON under a false seal": b"x" * SEAL + b"j[]",
        "cut": sealed[:-1],
        "longer": sealed + b"x",
        "another kind": sealed[:SEAL] + (b"b" if sealed[SEAL:].startswith(b"j") else b"j") + sealed[SEAL + 1 :],
        "a list": [b"a"],
        "too deep": b"x" * SEAL + b"j" + b"[" * 100_000,
    }


FORGERIES = list(forgeries(b""))


@pytest.mark.parametrize(
    "value", [b"", b"bytes", b"\x80\x05.", bytes(range(256)), [], [1.5, 2.25], True, 0, "é", {"a": [None]}]
)
def test_what_is_put_in_comes_out(shared, server, value):
    shared.set("a", value, 60)
    shared.set_many({"b": value}, 30)

    assert (shared.get("a"), shared.get_many(["a", "b", "c"])) == (value, {"a": value, "b": value})
    assert (shared.add("a", "other"), shared.add("c", value), shared.get("c")) == (False, True, value)
    assert server.ages == {b":1:a": 60, b":1:b": 30, b":1:c": 300}


def test_the_other_questions_have_the_answers_of_any_cache(shared):
    shared.set("count", 1)

    assert (shared.incr("count"), shared.decr("count", 3), shared.has_key("count"), "b" in shared) == (
        2,
        -1,
        True,
        False,
    )
    assert (shared.get_or_set("c", "made"), shared.touch("c", 5), shared.delete("c"), shared.get("c")) == (
        "made",
        True,
        True,
        None,
    )
    shared.delete_many(["count"])
    assert shared.get("count") is None


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_this_site_did_not_write_is_not_there_and_is_never_run(shared, server, forgery):
    shared.set("a", b"ours")
    server.values[b":1:a"] = forgeries(server.values[b":1:a"])[forgery]

    assert (shared.get("a", "empty"), shared.get_many(["a"])) == ("empty", {})
    assert Bomb.blown == []
    shared.set("a", b"again")
    assert shared.get("a") == b"again"


@given(st.binary(max_size=400))
def test_no_bytes_whatever_are_taken_for_ours(noise):
    client = SealedClient(["redis://127.0.0.1:1/0"])

    assert client._opened("a", noise, "empty") == "empty"


def test_a_value_copied_under_another_key_is_not_that_ones(shared, server):
    shared.set("a", b"ours")
    server.values[b":1:b"] = server.values[b":1:a"]

    assert (shared.get("a"), shared.get("b", "empty")) == (b"ours", "empty")


def test_a_site_with_another_secret_is_a_neighbour(settings, shared, server):
    shared.set("a", b"ours")
    settings.SECRET_KEY = "Another secret, that is long enough as well, of another site."

    other = SharedCache(server.url, {})

    assert other.get("a", "empty") == "empty"


def test_a_neighbour_is_told_of_once_a_minute(shared, server, caplog):
    server.values[b":1:a"] = b"noise"

    for _time in range(3):
        shared.get("a")

    assert [record.getMessage() for record in caplog.records] == [
        "The shared cache holds a value that this site did not write: taken for none."
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_visitor_is_given_pages_of_ours_alone(shared, server, forgery):
    practice = make_practice(title="La vraie page")
    catalogue_index.forget()

    def visit():
        """The page as a process that has just started gives it."""
        cache = PageCache(
            WSGIHandler(), catalogue_index, params={}, private=(), limit=1 << 20, watchdog=Watchdog(), shared="default"
        )
        said = []
        environ = RequestFactory().get(practice.get_absolute_url()).environ
        body = b"".join(cache(environ, lambda status, headers, exc_info=None: said.append(status)))
        return said, body.decode()

    first = visit()
    (key,) = [key for key in server.values if b"page:" in key]
    kept = server.values[key]
    server.values[key] = forgeries(kept)[forgery]

    assert visit() == first
    assert "La vraie page" in first[1]
    assert server.values[key] == kept
    assert Bomb.blown == []


@pytest.mark.django_db
@pytest.mark.parametrize("forgery", FORGERIES)
def test_the_interface_for_programs_answers_whatever_is_in_its_counts(client, shared, server, forgery, monkeypatch):
    monkeypatch.setattr(SimpleRateThrottle, "cache", shared)
    monkeypatch.setattr(NetworkThrottle, "rate", "2/min", raising=False)
    client.get("/api/v1/facets/")
    (key,) = [key for key in server.values if b"throttle" in key]
    server.values[key] = forgeries(server.values[key])[forgery]

    assert [client.get("/api/v1/facets/").status_code for _time in range(3)] == [200, 200, 429]
    assert Bomb.blown == []


def test_health_tells_of_a_cache_that_keeps_nothing_of_ours(shared, server, monkeypatch):
    assert probes.cache() == "ok"
    monkeypatch.setattr(server, "set", lambda key, value, *options: server.values.update({key: b"noise"}) or OK)

    assert probes.cache() == "forgets"


@pytest.mark.parametrize(
    "address", ["filecache:///tmp/pages", "dbcache://pages", "memcache://127.0.0.1:11211", "pymemcache://h", "garbage"]
)
def test_a_cache_that_would_run_what_neighbours_put_in_it_is_refused_in_a_sentence(address):
    result = manage("check", SECRET_KEY=site.SECRET_KEY, CACHE_URL=address)

    assert result.returncode != 0
    assert "CACHE_URL is the address of a Redis server" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("", "LocMemCache 1"),
        ("redis://127.0.0.1:1/0", "SharedCache None"),
        ("rediss://127.0.0.1:1/0?socket_timeout=1", "SharedCache None"),
    ],
)
def test_the_shared_cache_of_the_settings_is_a_sealed_one_and_a_server_away_is_no_error(address, told):
    code = "from django.core.cache import caches; cache = caches['default']; cache.set('a', 1); "
    code += "print(type(cache).__name__, cache.get('a'))"

    result = manage("shell", "--no-imports", "-c", code, SECRET_KEY=site.SECRET_KEY, CACHE_URL=address)

    assert result.stdout.strip() == told
