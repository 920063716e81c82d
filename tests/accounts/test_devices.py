import pytest
import time_machine
from django.test import Client

from accounts.roles import EDITOR
from tests.accounts.test_attempts import CHANGE, NEW, statuses
from tests.accounts.test_site import HOME, PASSWORD, sign_in
from tests.factories import make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-03-02 08:00", tick=False) as clock:
        yield clock


@pytest.fixture
def colette():
    return make_person("colette", EDITOR)


def known_browser(name="colette"):
    """A browser that somebody has signed in with, and out of."""
    client = Client()
    sign_in(client, name)
    client.post("/admin/logout/")
    return client


def lock(name="colette"):
    """Close the door to a name from twelve networks, this machine's among them."""
    for number in range(12):
        statuses(name, 1, REMOTE_ADDR=f"192.0.2.{number}")
    statuses("nobody", 12)


def enters(client, name="colette", password=PASSWORD):
    return HOME in sign_in(client, name, password).content.decode()


def cookie_of(client):
    (name,) = [name for name in client.cookies if name.startswith("device-")]
    return client.cookies[name]


def test_a_browser_that_an_account_knows_enters_whatever_is_tried_under_its_name(colette, clock):
    browser, stranger = known_browser(), Client()

    for _round in range(3):
        lock()
        assert enters(browser)
        assert sign_in(stranger).status_code == 429
        browser.post("/admin/logout/")
        clock.shift(16 * 60)


def test_a_known_browser_has_ten_attempts_of_its_own_which_close_the_door_to_nobody_else(colette):
    browser, other = known_browser(), known_browser()

    seen = [sign_in(browser, password="non").status_code for _attempt in range(12)]

    assert seen == [200] * 9 + [429] * 3
    assert sign_in(browser).status_code == 429
    assert enters(other)
    assert enters(Client())


def test_a_browser_is_known_to_the_accounts_that_signed_in_with_it_and_to_no_other(colette):
    make_person("rose", EDITOR)
    make_person("anne", EDITOR)
    browser = known_browser()
    sign_in(browser, "rose")
    browser.post("/admin/logout/")
    for name in ("colette", "rose", "anne"):
        lock(name)

    seen = [sign_in(browser, name).status_code for name in ("anne", "colette")]
    browser.post("/admin/logout/")

    assert seen == [429, 200]
    assert enters(browser, "rose")


@pytest.mark.parametrize("forge", ["{}x", "x{}", "", "{}:{}", "a:b:c", "é", "x" * 4000])
def test_a_cookie_that_is_not_ours_makes_no_browser_known(colette, forge):
    browser = known_browser()
    cookie = cookie_of(browser)
    browser.cookies[cookie.key] = forge.format(cookie.value, cookie.value)
    lock()

    assert sign_in(browser).status_code == 429


def test_the_cookie_of_one_account_says_nothing_for_another(colette):
    make_person("rose", EDITOR)
    hers, mine = known_browser(), known_browser("rose")
    mine.cookies[cookie_of(hers).key] = cookie_of(mine).value
    lock()

    assert sign_in(mine).status_code == 429


def test_a_changed_password_leaves_known_the_browser_that_changed_it_alone(colette):
    here, there = known_browser(), known_browser()
    sign_in(here)
    here.post(CHANGE, {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW})
    here.post("/admin/logout/")
    lock()

    assert sign_in(there, password=NEW).status_code == 429
    assert enters(here, password=NEW)


def test_a_browser_is_forgotten_after_four_hundred_days(colette, clock):
    browser, kept = known_browser(), known_browser()
    value = cookie_of(browser).value

    clock.shift(399 * 24 * 3600)
    lock()
    assert enters(kept)
    clock.shift(2 * 24 * 3600)
    lock()
    browser.cookies[cookie_of(browser).key] = value

    assert sign_in(browser).status_code == 429


def test_a_wrong_password_makes_no_browser_known(colette):
    client = Client()

    sign_in(client, password="non")

    assert not [name for name in client.cookies if name.startswith("device-")]


def test_the_cookie_is_for_the_back_office_alone_and_names_nobody(colette, settings):
    settings.SESSION_COOKIE_SECURE = True
    client = Client()
    sign_in(client)
    cookie = cookie_of(client)

    assert {name: cookie[name] for name in ("path", "secure", "httponly", "samesite", "max-age")} == {
        "path": "/admin/",
        "secure": True,
        "httponly": True,
        "samesite": "Strict",
        "max-age": 400 * 24 * 3600,
    }
    assert "colette" not in str(cookie)
