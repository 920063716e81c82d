import socket
import threading

import pytest

from practices.sharedcache import SharedCache


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
