import random

import pytest

from operations.postgresql.watchdog import watchdog
from practices.filters import catalogue_index
from practices.models import Country, Sector, Theme
from tests.factories import make_practice
from tests.fuzzing import Forms, Fuzzer, routes
from tests.fuzzing_data import good_arguments


@pytest.fixture
def application():
    from bonnespratiques.wsgi import application

    watchdog.stop()
    catalogue_index.forget()
    return application


@pytest.mark.django_db(transaction=True)
def test_no_odd_request_is_a_fault(application):
    make_practice(slug="connue", countries=["france"], sectors=["textile"], themes=["eau"])
    assert all(model.objects.exists() for model in (Country, Sector, Theme))

    outcome = Fuzzer(random.Random(1), application, good_arguments()).run(300)

    assert outcome.findings == {}
    assert outcome.statuses.total() > 300


@pytest.mark.django_db
def test_a_fault_would_be_found():
    def application(environ, start_response):
        if environ["REQUEST_METHOD"] == "POST":
            raise ZeroDivisionError
        start_response("200 OK" if environ["REQUEST_METHOD"] != "PUT" else "500 Oops", [])
        return [b""]

    make_practice()
    found = Fuzzer(random.Random(1), application, good_arguments()).run(300).findings

    kinds = {kind.split()[0] for kind in found}
    assert {"raised", "500", "'TRACE'", "a"} <= kinds


def test_every_route_of_the_site_is_asked_in_every_language():
    found = routes()

    assert ["/bonnes-pratiques/", ("slug",), "/"] in found
    assert ["/en/newsletter/confirmer/", ("token",), "/"] in found
    assert ["/healthz/ready"] in found


def test_the_forms_of_a_page_are_read():
    forms = Forms("/here/")
    forms.feed('<form><input name="a" value="1"></form><input name="c">')
    forms.feed('<form action="/there/"><select name="b"></select></form>')

    assert forms.found == {"/here/": {"a": "1"}, "/there/": {"b": ""}}
