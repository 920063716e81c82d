"""What the home of the back office owes to everybody; a GET of it writes nothing, as this site refuses."""

import pytest
from django.conf import settings
from django.test import Client

from accounts.roles import EDITOR
from tests.browser.screens import PHONE
from tests.browser.test_accessibility import OPEN_EVERYTHING, TOO_WIDE
from tests.factories import make_person


@pytest.fixture(scope="module")
def session(site, django_db_blocker):
    """The session of an editor, in the database that the server reads: a test's own writes stay in its transaction."""
    client = Client()
    with django_db_blocker.unblock():
        client.force_login(make_person("colette", EDITOR))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def desk(site, session, page):
    """The page, signed in as an editor, on the home."""
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site.url}])
    page.goto("/admin/")
    return page


def test_the_home_of_the_editors_is_for_everybody(desk, assert_accessible):
    desk.evaluate(OPEN_EVERYTHING)
    for colours in ("light", "dark"):
        assert_accessible(desk, colours)

    desk.set_viewport_size(PHONE)

    assert desk.locator(".desk__tiles a").count() >= 5
    assert desk.evaluate(TOO_WIDE) == []


def test_a_common_screen_shows_the_whole_list_and_each_box_beside_its_label(desk):
    desk.set_viewport_size({"width": 1280, "height": 900})

    desk.goto("/admin/practices/practice/")
    table = desk.locator("#result_list").evaluate("one => [one.scrollWidth, one.parentElement.clientWidth]")
    desk.goto("/admin/practices/practice/add/")
    left = {desk.locator(f"#id_{name}").bounding_box()["x"] for name in ("title_fr", "slug", "teaser_fr")}

    assert table[0] <= table[1]
    assert len(left) == 1
