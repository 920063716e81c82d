"""That nothing of what people bring is ever kept with the public pages, by this site or by any cache before it."""

from collections import Counter

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory

from bonnespratiques.wsgi import pages
from contributions.links import FOLLOW, UPDATE, WRITE
from contributions.models import Update
from contributions.models.proposals import State
from tests.contributions.makers import make_proposal
from tests.factories import make_practice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def connection_of_the_test():
    """Leave the connection open between requests, as the test client does: it holds the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def paths():
    practice = make_practice(slug="connue", countries=["france"], themes=["eau"])
    draft = WRITE.make(make_proposal(state=State.DRAFT))
    sent = FOLLOW.make(make_proposal())
    update = UPDATE.make(Update.objects.create(practice=practice, email="a@example.org"))
    steps = ("essentiel", "image-et-documents", "vous", "apercu", "relire", "garder", "envoi")
    return [
        "/proposer/nouvelle/",
        *(f"/proposer/brouillon/{draft}/{step}/" for step in steps),
        f"/proposer/brouillon/{draft}/fichiers/cover/640.webp",
        f"/proposer/suivi/{sent}/",
        f"/proposer/suivi/{sent}/apercu/",
        f"/proposer/mise-a-jour/{update}/",
        "/bonnes-pratiques/connue/signaler/",
        "/bonnes-pratiques/connue/signaler/merci/",
    ]


@pytest.fixture
def asked(monkeypatch):
    """How many times Django was asked for each path, behind the cache of the real site."""
    found, django = Counter(), pages.application

    def count(environ, start_response):
        found[environ["PATH_INFO"]] += 1
        return django(environ, start_response)

    monkeypatch.setattr(pages, "application", count)
    return found


def get(path):
    said = {}
    environ = RequestFactory().get(path).environ
    answer = pages(environ, lambda status, headers, exc_info=None: said.update(headers))
    b"".join(answer)
    return {name.lower(): value for name, value in said.items()}


def test_no_page_of_a_proposal_a_report_or_an_update_is_kept(asked, paths):
    everywhere = [prefix + path for path in paths for prefix in ("", "/en")]

    told = {path: get(path).get("cache-control", "") for path in everywhere for _time in range(2)}

    assert asked == dict.fromkeys(everywhere, 2)
    assert [path for path, words in told.items() if "no-store" not in words] == []


def test_a_page_of_the_catalogue_is_kept_or_this_would_prove_nothing(asked, paths):
    for _time in range(2):
        get("/bonnes-pratiques/connue/")

    assert asked == {"/bonnes-pratiques/connue/": 1}
