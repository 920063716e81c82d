"""The proof that a crash loses nothing: the real command, a real server; `bench/delivery.py` is the full size."""

import asyncio
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from newsletter.models import Delivery
from newsletter.models.deliveries import DeliveryState
from tests.newsletter.makers import make_letter
from tests.newsletter.storm import Server, storm

pytestmark = pytest.mark.django_db(transaction=True)
READERS, SENDERS, KILLS = 120, 2, 3


@pytest.fixture
def environ():
    """The environment in which the command finds the test's own database."""
    of = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{of['NAME']}"
    else:
        password = f":{quote(of['PASSWORD'], safe='')}" if of["PASSWORD"] else ""
        url = f"postgresql://{of['USER']}{password}@{quote(of['HOST'], safe='')}:{of['PORT']}/{of['NAME']}"
    return {"DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY, "NEWSLETTER_PER_MINUTE": "0"}


async def slowly(_server, _envelope):
    await asyncio.sleep(0.008)


def states():
    found = {}
    for address, state in Delivery.objects.values_list("subscriber__email", "state"):
        found[address] = state
    return found


def test_two_senders_killed_at_random_lose_nothing_and_repeat_no_more_than_one_message_a_kill(environ):
    make_letter(readers=READERS)

    with Server(slowly) as server:
        outcome = storm(server, environ, expected=READERS, senders=SENDERS, kills=KILLS, seed=1)

    assert outcome.kills == KILLS
    assert set(outcome.ids) == set(states())
    assert set(states().values()) == {DeliveryState.SENT}
    assert outcome.duplicates <= KILLS
    assert outcome.message_ids_per_address == 1


def test_in_the_cautious_setting_nothing_is_repeated_and_each_doubtful_message_is_listed(environ):
    make_letter(readers=READERS)

    with Server(slowly) as server:
        outcome = storm(
            server,
            environ | {"NEWSLETTER_WHEN_UNCERTAIN": "list"},
            expected=READERS,
            senders=SENDERS,
            kills=KILLS,
            seed=2,
        )

    doubtful = {address for address, state in states().items() if state == DeliveryState.UNCERTAIN}
    assert outcome.duplicates == 0
    assert set(outcome.ids) | doubtful == set(states())
    assert set(states().values()) <= {DeliveryState.SENT, DeliveryState.UNCERTAIN}
    assert len(doubtful) <= KILLS


def test_two_senders_at_once_send_each_message_exactly_once(environ):
    make_letter(readers=READERS)

    with Server() as server:
        outcome = storm(server, environ, expected=READERS, senders=SENDERS, kills=0, seed=3)

    assert {address: len(copies) for address, copies in outcome.ids.items()} == dict.fromkeys(states(), 1)
    assert set(states().values()) == {DeliveryState.SENT}
    assert set(outcome.codes) == {0}
