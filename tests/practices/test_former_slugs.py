import pytest

from practices.models import FormerAddress, Practice, Status, Theme
from tests.factories import make_practice, make_term

pytestmark = pytest.mark.django_db

BASE = "/bonnes-pratiques/"


def rename(one, *slugs):
    for slug in slugs:
        one.slug = slug
        one.save()


def where(client, path):
    response = client.get(path)
    return response.status_code, response.headers.get("Location")


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_each_former_address_of_a_practice_leads_straight_to_the_present_one(client, prefix):
    rename(make_practice(slug="un"), "deux", "trois")

    found = [where(client, f"{prefix}{BASE}{slug}/") for slug in ("un", "deux", "trois")]

    assert found == [(301, f"{prefix}{BASE}trois/"), (301, f"{prefix}{BASE}trois/"), (200, None)]


def test_going_back_to_a_former_address_makes_no_loop(client):
    rename(make_practice(slug="un"), "deux", "un")

    assert where(client, f"{BASE}un/") == (200, None)
    assert where(client, f"{BASE}deux/") == (301, f"{BASE}un/")


def test_the_former_address_of_a_term_leads_to_it(client):
    make_practice(themes=["handicap"])
    rename(Theme.objects.get(slug="handicap"), "inclusion")

    assert where(client, f"{BASE}theme/handicap/") == (301, f"{BASE}theme/inclusion/")
    assert where(client, f"{BASE}theme/inclusion/") == (200, None)
    assert where(client, f"{BASE}secteur/handicap/") == (404, None)


def test_a_former_address_says_nothing_of_what_is_not_public(client):
    rename(make_practice(slug="un", status=Status.DRAFT), "deux")

    assert where(client, f"{BASE}un/") == (404, None)


def test_an_address_taken_by_another_page_is_that_page(client):
    first = make_practice(slug="un")
    rename(first, "deux")
    make_practice(slug="un", title="Une autre")

    assert "Une autre" in client.get(f"{BASE}un/").content.decode()
    assert not FormerAddress.objects.exists()


def test_former_addresses_go_with_what_they_led_to(client):
    term = make_term(Theme, "handicap")
    rename(term, "inclusion")
    practice = make_practice(slug="un")
    rename(practice, "deux")

    term.delete()
    Practice.objects.all().delete()

    assert not FormerAddress.objects.exists()
    assert where(client, f"{BASE}un/") == (404, None)
