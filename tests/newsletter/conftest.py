"""What the newsletter's tests share: a form that a person has taken the time to read, and a way to send."""

import time

import pytest
from django.core import mail
from django.test import Client

from accounts.roles import EDITOR
from mail.honeypot import SHOWN
from newsletter.delivery.sender import Sender
from practices.filters import catalogue_index
from tests.factories import make_person

FORM = {"letters": "on", "frequency": "", "language": "fr", "homepage_url": ""}


@pytest.fixture(autouse=True)
def clean_index():
    catalogue_index.forget()


def filled(email, **fields):
    """What a browser sends for the form, read for a minute."""
    age = SHOWN.sign(f"{time.time() - 60:.1f}")
    return {**FORM, "age": age, "email": email, **fields}


@pytest.fixture
def sign_up(client):
    """Call it with an address: it sends the form and returns the answer."""

    def send(email, headers=None, **fields):
        return client.post("/newsletter/", filled(email, **fields), headers=headers or {})

    return send


@pytest.fixture
def send_mail():
    """Call it: it sends what is due and returns the messages."""

    def send():
        mail.outbox.clear()
        Sender().run()
        return list(mail.outbox)

    return send


@pytest.fixture
def editor(db):
    return make_person("edith", EDITOR)


@pytest.fixture
def editor_client(editor):
    client = Client()
    client.force_login(editor)
    return client
