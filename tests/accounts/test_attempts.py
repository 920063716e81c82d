from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from axes.models import AccessAttempt
from django.contrib.auth.backends import ModelBackend
from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.roles import ADMINISTRATOR, EDITOR
from operations import retention
from tests.accounts.test_site import HOME, PASSWORD, sign_in
from tests.factories import make_person

pytestmark = pytest.mark.django_db

CHANGE = "/admin/password_change/"
NEW = "Une autre phrase de passe"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-03-02 08:00", tick=False) as clock:
        yield clock


@pytest.fixture
def tried(monkeypatch):
    """The names whose password was looked at."""
    names, authenticate = [], ModelBackend.authenticate

    def look(self, request, username=None, password=None, **kwargs):
        names.append(username)
        return authenticate(self, request, username, password, **kwargs)

    monkeypatch.setattr(ModelBackend, "authenticate", look)
    return names


def statuses(name, count, **extra):
    """What a browser that nobody knows is answered when it tries wrong passwords for a name."""
    return [sign_in(Client(), name, "non", **extra).status_code for _attempt in range(count)]


def test_ones_own_success_forgives_nothing_of_what_was_tried_for_another():
    make_person("colette", EDITOR)
    make_person("adele", ADMINISTRATOR)
    network, seen = {"REMOTE_ADDR": "192.0.2.1"}, []

    for _round in range(4):
        seen += statuses("adele", 9, **network)
        seen.append(sign_in(Client(), "colette", **network).status_code)

    assert seen == [200] * 10 + [429] * 30


@pytest.mark.parametrize("names", [["adele"], ["adele", "colette"], [f"nom-{number}" for number in range(13)]])
def test_one_ipv6_network_is_one_visitor_whatever_address_and_name_it_uses(tried, names):
    seen = [
        sign_in(
            Client(), names[number % len(names)], "non", REMOTE_ADDR=f"2001:db8:0:1:{number:x}::{number}"
        ).status_code
        for number in range(39)
    ]
    beside = sign_in(Client(), "elsewhere", "non", REMOTE_ADDR="2001:db8:0:2::1").status_code

    assert seen == [200] * 9 + [429] * 30
    assert len(tried) == 10 + 1
    assert beside == 200


@pytest.mark.parametrize("agents", [["Firefox"], ["a", "b", ""], [f"agent {number}" for number in range(12)]])
def test_another_browser_or_what_calls_itself_so_is_the_same_visitor(agents):
    seen = [
        sign_in(Client(), "adele", "non", HTTP_USER_AGENT=agents[number % len(agents)]).status_code
        for number in range(12)
    ]

    assert seen == [200] * 9 + [429] * 3
    assert AccessAttempt.objects.count() == 1


def test_many_networks_together_try_one_name_ten_times(tried):
    for number in range(25):
        sign_in(Client(), "adele", "non", REMOTE_ADDR=f"192.0.2.{number}")

    assert tried == ["adele"] * 10


def test_a_door_closed_for_one_name_is_open_to_the_others():
    make_person("colette", EDITOR)
    for number in range(12):
        sign_in(Client(), "adele", "non", REMOTE_ADDR=f"192.0.2.{number}")

    assert HOME in sign_in(Client(), REMOTE_ADDR="192.0.2.1").content.decode()


def test_whoever_insists_keeps_nobody_out_for_longer(clock):
    make_person("colette", EDITOR)
    for _minute in range(14):
        statuses("colette", 10, REMOTE_ADDR="192.0.2.1")
        clock.shift(60)
    closed = sign_in(Client(), REMOTE_ADDR="198.51.100.1").status_code
    clock.shift(2 * 60)

    assert closed == 429
    assert HOME in sign_in(Client(), REMOTE_ADDR="198.51.100.1").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("address", ["192.0.2.{}", "192.0.2.1", "2001:db8:{}::1"])
def test_however_many_try_at_the_same_time_ten_passwords_are_looked_at(tried, address):
    def attempt(number):
        try:
            return sign_in(Client(), "adele", "non", REMOTE_ADDR=address.format(number)).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as visitors:
        seen = list(visitors.map(attempt, range(40)))
    at_once = len(tried)
    for number in range(40, 60):
        seen.append(attempt(number))

    assert set(seen) <= {200, 429}
    assert at_once <= 10
    assert len(tried) == 10


def test_a_right_password_costs_nothing_however_often():
    make_person("colette", EDITOR)

    seen = [HOME in sign_in(Client()).content.decode() for _time in range(15)]

    assert seen == [True] * 15
    assert sum(AccessAttempt.objects.values_list("failures_since_start", flat=True)) == 0


def test_the_old_password_that_a_change_asks_for_is_counted_as_at_the_door(client, tried):
    client.force_login(make_person("colette", EDITOR))
    wrong = {"old_password": "non", "new_password1": NEW, "new_password2": NEW}

    seen = [client.post(CHANGE, wrong).status_code for _attempt in range(12)]
    right = client.post(CHANGE, wrong | {"old_password": PASSWORD})

    assert seen == [200] * 9 + [429] * 3
    assert right.status_code == 429
    assert len(tried) == 10
    assert "Trop d’essais" in right.content.decode()


def test_a_change_of_password_that_is_refused_for_the_new_one_is_no_wrong_password(client):
    client.force_login(make_person("colette", EDITOR))

    seen = [
        client.post(CHANGE, {"old_password": PASSWORD, "new_password1": "court", "new_password2": "court"}).status_code
        for _attempt in range(12)
    ]
    done = client.post(CHANGE, {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})

    assert (seen, done.status_code) == ([200] * 12, 302)


def test_what_is_kept_of_an_attempt_is_a_name_and_a_network():
    sign_in(Client(), "adele", "secret-tapé", REMOTE_ADDR="2001:db8::77", HTTP_USER_AGENT="Firefox", HTTP_ACCEPT="x/y")

    kept = AccessAttempt.objects.values(
        "username", "ip_address", "user_agent", "http_accept", "get_data", "post_data", "failures_since_start"
    )

    assert list(kept) == [
        {
            "username": "adele",
            "ip_address": "2001:db8::",
            "user_agent": "",
            "http_accept": "",
            "get_data": "",
            "post_data": "",
            "failures_since_start": 1,
        }
    ]


def test_attempts_that_count_no_more_are_erased_at_night(clock):
    statuses("adele", 3)
    clock.shift(timedelta(minutes=10))
    statuses("colette", 1)
    clock.shift(timedelta(minutes=6))

    told = retention.prune(dry_run=True)["Essais de connexion effacés"]
    call_command("prune", verbosity=0)

    assert told == 1
    assert [attempt.username for attempt in AccessAttempt.objects.all()] == ["colette"]


def test_a_command_opens_the_door_of_one_account():
    make_person("colette", EDITOR)
    statuses("colette", 10, REMOTE_ADDR="192.0.2.1")

    call_command("axes_reset_username", "colette", stdout=StringIO())

    assert HOME in sign_in(Client(), REMOTE_ADDR="192.0.2.1").content.decode()
