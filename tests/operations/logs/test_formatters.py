import json
import logging
import sys

import pytest
from django.conf import settings
from django.core import signing
from django.db import connection
from django.db.backends.signals import connection_created
from django.test import Client, RequestFactory

from newsletter import tokens
from operations.logs import requests, sentry, slow_queries
from operations.logs.formatters import Json, KeyValue
from operations.logs.privacy import scrubbed
from practices.views import pages
from tests.operations.conftest import manage

SECRET = "lea@example.org at 203.0.113.9 or 2001:db8::1 through postgresql://lea:hush@db.example.org/site"


@pytest.fixture
def named():
    token = requests._current.set("r1")
    yield
    requests._current.reset(token)


def record(message, *args, level=logging.WARNING, **extra):
    one = logging.LogRecord("django.request", level, __file__, 1, message, args, extra.pop("exc_info", None))
    vars(one).update(extra, created=0)
    return one


def failing():
    try:
        raise ValueError(SECRET)
    except ValueError:
        return sys.exc_info()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (lambda client: client.get("/?q=%00"), 400),
        (lambda client: client.get("/bonnes-pratiques/?pays=a%00b&q=x"), 400),
        (lambda client: client.get("/", headers={"host": "evil.example"}), 400),
        (lambda client: client.post("/newsletter/", b"x", content_type="multipart/form-data; boundary="), 400),
        (lambda client: client.get("/", QUERY_STRING="q=\x00"), 400),
        (lambda client: client.get("/nowhere\x00/"), 404),
        (lambda client: client.put("/"), 405),
    ],
)
@pytest.mark.parametrize("form", [KeyValue(), Json()])
@pytest.mark.django_db
def test_a_request_that_is_refused_is_one_line_without_a_traceback(client, caplog, asked, status, form):
    answer = asked(client)

    lines = [form.format(one) for one in caplog.records]
    assert answer.status_code == status
    assert len(lines) <= 1
    assert not [line for line in lines if "Traceback" in line or "\n" in line]


@pytest.mark.parametrize("status", [500, 503, None])
@pytest.mark.parametrize("form", [KeyValue(), Json()])
def test_a_fault_of_ours_keeps_its_traceback(status, form):
    line = form.format(record("Internal Server Error", status_code=status, exc_info=failing()))

    assert "Traceback" in line
    assert "ValueError" in line


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("To lea+x@example.org: refused", "To …: refused"),
        ("from 203.0.113.9:443", "from …:443"),
        ("from 2001:db8::1", "from …"),
        ("Django 5.2.19 at 16:45:12, 127.0.0.1", "Django 5.2.19 at 16:45:12, 127.0.0.1"),
        ("redis://:hush@cache:6379/0", "redis://…@cache:6379/0"),
        ("Not Found: /bonnes-pratiques/?q=lea+martin&page=2", "Not Found: /bonnes-pratiques/?…"),
        ("practices.workflow: 12 practices", "practices.workflow: 12 practices"),
    ],
)
def test_what_is_of_people_or_secret_is_left_out(text, clean):
    assert scrubbed(text) == clean


def test_a_signed_link_is_left_out():
    assert scrubbed(f"Not Found: /apercu/{signing.dumps('x')}/") == "Not Found: /apercu/…/"
    assert scrubbed(f"/x/{tokens.make(tokens.LEAVE, 'key')}/") == "/x/…/"


def test_a_line_of_json_says_what_happened_in_which_request(named):
    line = Json().format(record("Not Found: %s", "/x/", status_code=404))

    assert json.loads(line) == {
        "time": "1970-01-01T00:00:00.000+00:00",
        "level": "WARNING",
        "logger": "django.request",
        "request": "r1",
        "status": 404,
        "message": "Not Found: /x/",
    }


def test_a_line_of_text_says_the_same_and_cannot_be_forged_into_two(named):
    line = KeyValue().format(record("Not Found: /x/\nERROR forged"))

    assert line == (
        '1970-01-01T00:00:00.000+00:00 WARNING django.request request=r1 message="Not Found: /x/\\nERROR forged"'
    )


@pytest.mark.parametrize("form", [Json, KeyValue])
def test_the_trace_of_a_fault_is_scrubbed_too(form):
    line = form().format(record("Failed", exc_info=failing()))

    assert "ValueError" in line
    assert not any(word in line for word in ("lea", "203.0", "2001:db8", "hush"))


@pytest.mark.parametrize("name", ["stderr"])
def test_the_site_logs_through_one_of_these_forms(name):
    handler = settings.LOGGING["handlers"][name]

    assert settings.LOGGING["formatters"][handler["formatter"]] == {"()": "operations.logs.formatters.KeyValue"}


def asked(trusted, **headers):
    """The name in the answer, and the one that the logs had meanwhile."""
    seen = []

    def application(environ, start_response):
        seen.append(requests.current_request())
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [b""]

    said = []
    site = requests.NamedRequests(application, trusted=trusted)
    site(RequestFactory().get("/", headers=headers).environ, lambda status, given, exc_info=None: said.extend(given))
    return dict(said)["X-Request-ID"], seen[0]


def test_a_request_has_one_name_in_the_answer_and_in_the_logs():
    first, logged = asked(trusted=False)
    second, _logged = asked(trusted=False)

    assert first == logged
    assert first != second
    assert len(first) == 16


def test_the_name_of_a_request_is_believed_from_our_proxy_alone_and_only_a_plain_word():
    assert asked(True, **{"X-Request-ID": "from-proxy.1"}) == ("from-proxy.1", "from-proxy.1")
    assert asked(False, **{"X-Request-ID": "forged"})[0] != "forged"
    assert asked(True, **{"X-Request-ID": 'a" b'})[0] != 'a" b'


def test_a_kept_page_carries_no_name():
    from bonnespratiques import wsgi

    assert isinstance(wsgi.application, requests.NamedRequests)
    assert wsgi.application.application is wsgi.pages


@pytest.mark.django_db
def test_a_slow_query_is_logged_without_its_values(caplog):
    slow_queries.watch(0)
    connection_created.send(type(connection), connection=connection)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s AS one", ["lea@example.org"])
    finally:
        connection_created.disconnect(dispatch_uid="operations.logs.slow_queries")
        connection.execute_wrappers.pop()

    assert "SELECT %s AS one" in caplog.text
    assert "lea@" not in caplog.text


def test_sentry_is_told_the_fault_and_nothing_of_who_met_it(named):
    event = {
        "user": {"id": 1, "ip_address": "203.0.113.9"},
        "server_name": "machine",
        "breadcrumbs": [1],
        "extra": {"form": SECRET},
        "request": {
            "url": "https://example.org/bonnes-pratiques/?q=lea",
            "method": "POST",
            "data": SECRET,
            "cookies": "session=1",
            "headers": {"Cookie": "x"},
            "query_string": "q=lea",
            "env": {"REMOTE_ADDR": "203.0.113.9"},
        },
        "exception": {"values": [{"type": "ValueError", "value": SECRET}]},
    }

    assert sentry.before_send(event, {}) == {
        "request": {"url": "https://example.org/bonnes-pratiques/", "method": "POST"},
        "exception": {"values": [{"type": "ValueError", "value": scrubbed(SECRET)}]},
        "tags": {"request": "r1"},
    }


def test_sentry_is_imported_only_where_it_is_wanted():
    shell = ("shell", "--no-imports", "-c", "import sys; print('sentry_sdk' in sys.modules)")

    assert manage(*shell).stdout.strip() == "False"
    assert manage(*shell, SENTRY_DSN="http://key@127.0.0.1:9/1").stdout.strip() == "True"


@pytest.mark.django_db
def test_an_error_page_and_its_log_show_nothing_of_the_fault(settings, monkeypatch, caplog):
    def explode():
        raise ValueError(f"{SECRET} {settings.SECRET_KEY}")

    settings.DEBUG = False
    monkeypatch.setattr(pages, "indexed", explode)

    response = Client(raise_request_exception=False).get("/?q=lea")

    assert response.status_code == 500
    shown = response.content.decode() + "".join(KeyValue().format(one) for one in caplog.records)
    assert "ValueError" in shown
    assert not any(word in shown for word in ("lea@", "q=lea", "hush", "203.0", settings.SECRET_KEY))
    assert "Traceback" not in response.content.decode()
