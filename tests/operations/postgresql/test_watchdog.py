"""A real server, stopped and frozen; `bench/faults` is the whole site under load."""

import time
from types import SimpleNamespace

import psycopg
import pytest
from django.db import DatabaseError, connections
from django.test import RequestFactory

from operations.pagecache import PageCache
from operations.postgresql.watchdog import Watchdog
from tests.cluster import Cluster
from tests.run import find_server

ALIAS = "of its own"


@pytest.fixture(scope="module")
def cluster():
    if find_server() is None:
        pytest.skip("No PostgreSQL server is installed that this test could stop.")
    with Cluster(fsync="off") as server:
        yield server


def test_a_server_is_made_frozen_and_stopped_where_the_path_names_no_tool(cluster, monkeypatch):
    monkeypatch.setenv("PATH", "")

    with Cluster(fsync="off") as server:
        server.freeze()
        server.thaw()
        with psycopg.connect(server.url) as own:
            assert own.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize(
    ("user", "accounts", "found"),
    [(0, [], False), (0, ["postgres"], True), (1000, [], True), (1000, ["postgres"], True)],
)
def test_root_needs_an_account_that_may_run_a_server(cluster, monkeypatch, user, accounts, found):
    monkeypatch.setattr("tests.run.os.geteuid", lambda: user)
    monkeypatch.setattr("tests.run.has_account", accounts.__contains__)

    assert (find_server() is not None) is found


@pytest.fixture
def site(cluster, django_db_blocker):
    """A page cache over the cluster: each page it makes asks the database for something."""
    connections.databases[ALIAS] = {
        **connections.databases["default"],
        **{"ENGINE": "operations.postgresql", "NAME": "postgres", "USER": "postgres", "PASSWORD": ""},
        **{"HOST": "127.0.0.1", "PORT": cluster.port, "OPTIONS": {"connect_timeout": 2}, "CONN_HEALTH_CHECKS": True},
    }
    connections.configure_settings(connections.databases)
    watchdog = Watchdog(ALIAS)
    watchdog.start()

    def ask(sql="SELECT 1"):
        with connections[ALIAS].cursor() as cursor:
            cursor.execute(sql)

    def application(environ, start_response):
        if watchdog.lost:
            start_response("503 Service Unavailable", [("Content-Type", "text/html")])
            return [b""]
        ask()
        start_response("200 OK", [("Content-Type", "text/html")])
        return [environ["PATH_INFO"].encode()]

    def current(fresh):
        ask()
        return SimpleNamespace(token="1")

    cache = PageCache(
        application, SimpleNamespace(current=current), params={}, private=["/admin/"], limit=1 << 20, watchdog=watchdog
    )

    def get(path):
        said = []
        body = cache(RequestFactory().get(path).environ, lambda status, headers, exc_info=None: said.append(status))
        return int(said[0][:3]), b"".join(body)

    with django_db_blocker.unblock():
        yield SimpleNamespace(get=get, ask=ask, watchdog=watchdog, cluster=cluster)
        connections[ALIAS].close()
    watchdog.stop()
    del connections[ALIAS], connections.databases[ALIAS]


def until(fact):
    """Wait for what must come, for as long as a slow machine may need."""
    for _attempt in range(600):
        if fact():
            return
        time.sleep(0.05)
    raise TimeoutError


def test_while_the_server_is_stopped_the_pages_made_are_served_and_its_return_is_noticed(site):
    assert site.get("/faite/") == (200, b"/faite/")

    site.cluster.stop("immediate")
    away = [site.get("/faite/"), site.get("/autre/")]
    site.cluster.start()
    until(lambda: not site.watchdog.lost)

    assert away == [(200, b"/faite/"), (503, b"")]
    assert site.get("/autre/") == (200, b"/autre/")


def test_a_frozen_server_is_given_up_and_found_again(site):
    assert site.get("/faite/") == (200, b"/faite/")

    site.cluster.freeze()
    away = [site.get("/faite/"), site.get("/autre/")]
    site.cluster.thaw()
    until(lambda: not site.watchdog.lost)

    assert away == [(200, b"/faite/"), (503, b"")]
    assert site.get("/autre/") == (200, b"/autre/")


def test_a_query_on_which_the_server_works_is_not_a_server_that_is_lost(site, monkeypatch):
    monkeypatch.setattr("operations.postgresql.watchdog.SILENCE", 0.1)

    site.ask("SELECT pg_sleep(0.6)")

    assert not site.watchdog.lost


def test_a_query_that_no_page_is_worth_is_given_up_though_the_server_lives(site, monkeypatch):
    monkeypatch.setattr("operations.postgresql.watchdog.LONGEST", 0.3)

    with pytest.raises(DatabaseError, match="said nothing"):
        site.ask("SELECT pg_sleep(30)")

    assert not site.watchdog.lost
