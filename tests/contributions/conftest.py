"""What the tests of contributions share: answers that a person took the time to give, and a way to send mail."""

import time

import pytest
from django.core import mail
from django.test import Client

from accounts.roles import EDITOR
from contributions.links import follow_token
from mail.honeypot import SHOWN
from newsletter.delivery.sender import Sender
from practices.filters import catalogue_index
from tests.contributions.makers import ANSWERS
from tests.factories import make_person, make_term


@pytest.fixture(autouse=True)
def clean_index():
    catalogue_index.forget()


@pytest.fixture
def kind(db):
    from practices.models import Kind

    return make_term(Kind, "initiative")


def first_answers(**fields):
    """What a browser sends for the first step, read for a minute."""
    age = SHOWN.sign(f"{time.time() - 60:.1f}")
    return {**ANSWERS["essentiel"], "age": age, "homepage_url": "", **fields}


@pytest.fixture
def begin(client, kind):
    """Call it: it sends the first step and returns the path of the draft, up to its token."""

    def send(**fields):
        answer = client.post("/proposer/nouvelle/", first_answers(**fields))
        assert answer.status_code == 302, answer.context["form"].errors
        return answer.url.rsplit("/", 2)[0] + "/"

    return send


@pytest.fixture
def written(client, begin):
    """Call it: it answers every step and returns the path of the draft."""

    def write(**person):
        draft = begin()
        for step, answers in ANSWERS.items():
            answer = client.post(f"{draft}{step}/", {**answers, **(person if step == "vous" else {})})
            assert answer.status_code == 302, answer.context["form"].errors
        return draft

    return write


@pytest.fixture
def send_mail():
    """Call it: it sends what is due and returns the messages."""

    def send():
        mail.outbox.clear()
        Sender().run()
        return list(mail.outbox)

    return send


def follow_path(proposal):
    """The path of the mailed link of a proposal."""
    return f"/proposer/suivi/{follow_token(proposal)}/"


@pytest.fixture
def editor(db):
    return make_person("edith", EDITOR)


@pytest.fixture
def editor_client(editor):
    client = Client()
    client.force_login(editor)
    return client
