import errno
import sqlite3

import psycopg
import pytest
from django.db import InterfaceError, OperationalError

from bonnespratiques.outage import kind_of
from operations.postgresql.watchdog import watchdog

AWAY = "Le site est indisponible un instant"


def of_sqlite(name):
    error = OperationalError()
    error.__cause__ = sqlite3.OperationalError()
    error.__cause__.sqlite_errorname = name
    return error


def of_postgresql(cause):
    error = OperationalError()
    error.__cause__ = cause
    return error


@pytest.fixture
def lost(monkeypatch):
    monkeypatch.setattr(watchdog, "lost", True)


@pytest.mark.parametrize(
    ("path", "heading", "language"),
    [("/bonnes-pratiques/", AWAY, "fr"), ("/en/newsletter/", "The site is unavailable for a moment", "en")],
)
def test_while_the_database_is_lost_every_page_says_so_in_its_language_and_when_to_return(
    client, lost, path, heading, language
):
    response = client.get(path)

    page = response.content.decode()
    assert response.status_code == 503
    assert (response["Retry-After"], response["Cache-Control"]) == ("5", "no-store")
    assert f"<h1>{heading}</h1>" in page
    assert f'<html lang="{language}">' in page
    assert 'class="site-header"' in page


def test_who_was_sending_something_is_told_that_it_may_be_lost(client, lost):
    response = client.post("/newsletter/", {"email": "colette@example.org"})

    assert response.status_code == 503
    assert "n’a peut-être pas été enregistré" in response.content.decode()


def test_a_program_is_told_in_its_own_format(client, lost):
    response = client.get("/api/v1/practices/")

    assert (response.status_code, response.json(), response["Retry-After"]) == (503, {"detail": AWAY}, "5")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (of_postgresql(psycopg.OperationalError("server closed the connection unexpectedly")), "away"),
        (of_postgresql(psycopg.errors.ConnectionTimeout()), "away"),
        (of_postgresql(psycopg.errors.AdminShutdown()), "away"),
        (of_postgresql(psycopg.errors.CannotConnectNow()), "away"),
        (of_postgresql(psycopg.errors.TooManyConnections()), "away"),
        (of_postgresql(psycopg.errors.DeadlockDetected()), "away"),
        (of_postgresql(psycopg.errors.DiskFull()), "full"),
        (InterfaceError("connection already closed"), "away"),
        (of_sqlite("SQLITE_BUSY"), "away"),
        (of_sqlite("SQLITE_CANTOPEN"), "away"),
        (of_sqlite("SQLITE_FULL"), "full"),
        (of_sqlite("SQLITE_IOERR_WRITE"), "full"),
        (of_sqlite("SQLITE_READONLY"), "full"),
        (of_sqlite("SQLITE_ERROR"), None),
        (OSError(errno.ENOSPC, "No space left on device"), "full"),
        (FileNotFoundError(errno.ENOENT, "No such file"), None),
        (ValueError(), None),
    ],
    ids=lambda value: repr(getattr(value, "__cause__", None) or value)[:40],
)
def test_an_outage_is_told_from_a_fault(error, kind):
    assert kind_of(error) == kind


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (OperationalError("gone"), 503, AWAY),
        (of_sqlite("SQLITE_FULL"), 503, "Rien ne peut être enregistré pour l’instant"),
        (ValueError(), 500, "Le site a connu une panne"),
    ],
    ids=["away", "full", "fault"],
)
def test_what_a_view_raises_is_answered_for_what_it_is(client, monkeypatch, error, status, words):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr("newsletter.views.indexed", fail)
    client.raise_request_exception = False

    response = client.post("/newsletter/", {"email": "colette@example.org", "age": "1"})

    assert response.status_code == status
    assert words in response.content.decode()
