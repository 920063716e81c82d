import re

import pytest
from django.http import QueryDict

from practices.filters import indexed
from tests.factories import make_practice

pytestmark = pytest.mark.django_db

LISTING = "/bonnes-pratiques/"


@pytest.fixture
def four():
    for title, country in (("A", "france"), ("B", "france"), ("C", "malte"), ("D", "france")):
        make_practice(title=title, slug=title.lower(), countries=[country])


def ways(client, address):
    """Where the page of a practice leads in its list, as {rel: address}, and its place."""
    html = client.get(address).content.decode()
    found = dict(re.findall(r'rel="(prev|next)" href="([^"]+)"', html))
    [place] = re.findall(r'<li aria-current="page">([^<]+)</li>', html) or [None]
    return found, place


@pytest.mark.parametrize(
    ("address", "expected", "place"),
    [
        (
            "b/?pays=france&tri=titre",
            {"prev": "a/?pays=france&amp;tri=titre", "next": "d/?pays=france&amp;tri=titre"},
            "2 sur 3",
        ),
        ("a/?pays=france&tri=titre", {"next": "b/?pays=france&amp;tri=titre"}, "1 sur 3"),
        ("d/?pays=france&tri=titre", {"prev": "b/?pays=france&amp;tri=titre"}, "3 sur 3"),
        ("b/", {"prev": "c/", "next": "a/"}, "3 sur 4"),
        ("c/?pays=france", {}, None),
        ("b/?pays=%FF&tri=x", {"prev": "c/", "next": "a/"}, "3 sur 4"),
    ],
)
def test_a_practice_leads_to_its_neighbours_in_the_list_its_address_carries(client, four, address, expected, place):
    expected = {rel: LISTING + path for rel, path in expected.items()}

    assert ways(client, LISTING + address) == (expected, place)


def test_the_links_of_a_list_carry_it_and_the_page_stays_one_for_search_engines(client, four):
    listed = client.get(f"{LISTING}?pays=france&tri=titre").content.decode()
    term = client.get(f"{LISTING}pays/france/").content.decode()
    page = client.get(f"{LISTING}b/?pays=france&tri=titre").content.decode()

    assert f'href="{LISTING}b/?pays=france&amp;tri=titre"' in listed
    assert f'href="{LISTING}b/?pays=france"' in term
    assert f'href="{LISTING}b/"' in client.get(LISTING).content.decode()
    assert f'<link rel="canonical" href="http://testserver{LISTING}b/">' in page
    assert f'href="{LISTING}?pays=france&amp;tri=titre"' in page


def test_one_goes_back_to_the_page_of_the_list_where_the_practice_is(client):
    for number in range(21):
        make_practice(title=f"Pratique {number:02}", slug=f"p{number:02}")

    assert f'href="{LISTING}?tri=titre&amp;page=2"' in client.get(f"{LISTING}p20/?tri=titre").content.decode()


def test_nothing_of_a_query_is_printed_unescaped(client, four):
    html = client.get(LISTING, {"q": '"><script>alert(1)</script>'}).content.decode()

    assert "<script>alert" not in html


@pytest.mark.parametrize("query", ["", "tri=titre", "pays=france", "q=commun", "q=commun&pays=france", "tri=pays"])
def test_the_place_of_each_practice_is_that_of_the_list(query):
    for number in range(9):
        title = f"Un commun {number}" if number % 3 else f"Pratique {9 - number}"
        make_practice(
            title=title, teaser="Un commun." * (number % 2), countries=["france"] if number % 2 else ["malte"]
        )
    found = indexed(QueryDict(query)).results
    pks = list(found[: len(found)])

    around = [found.around(pk) for pk in pks]

    assert around == [
        (place, pks[place - 1] if place else None, pks[place + 1] if place + 1 < len(pks) else None)
        for place in range(len(pks))
    ]
    assert found.around(0) is None
