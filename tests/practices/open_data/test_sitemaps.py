import re
from xml.etree import ElementTree

import pytest
from django.test import override_settings

from practices.filters import PracticeFilterSet
from tests.factories import make_practice

pytestmark = pytest.mark.django_db

NAMES = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def tree(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return ElementTree.fromstring(response.content)


def places(client, address):
    """What a map names, as {address: date}."""
    root = tree(client, address)
    return {one.find("s:loc", NAMES).text: one.findtext("s:lastmod", namespaces=NAMES) for one in root}


def test_every_address_of_the_maps_is_a_page_and_every_practice_and_term_in_use_is_there(client):
    practice = make_practice(
        title_en="A practice", countries=["france"], sectors=["textile"], themes=["sante"], audiences=["jeunes"]
    )

    found = {}
    for section in places(client, "/sitemap.xml"):
        found |= places(client, section.removeprefix("http://testserver"))

    expected = {"/", "/bonnes-pratiques/", "/api/", practice.get_absolute_url(), practice.kind.get_absolute_url()}
    for field in ("countries", "sectors", "themes", "audiences"):
        expected.add(getattr(practice, field).get().get_absolute_url())
    expected |= {f"/en{path}" for path in expected}
    assert set(found) == {f"http://testserver{path}" for path in expected}
    assert all(re.match(r"\d{4}-\d\d-\d\d", date) for date in found.values())
    assert {client.get(address.removeprefix("http://testserver")).status_code for address in found} == {200}


def test_what_is_not_public_is_on_no_map(client):
    make_practice(status="draft", countries=["france"])

    assert places(client, "/sitemap-pratiques.xml") == places(client, "/sitemap-pays.xml") == {}


def test_each_address_names_the_same_page_in_every_language(client):
    path = f"/bonnes-pratiques/{make_practice(title_en='A practice').slug}/"

    assert len(tree(client, "/sitemap-pratiques.xml")) == 2
    for entry in tree(client, "/sitemap-pratiques.xml"):
        alternates = {one.get("hreflang"): one.get("href") for one in entry.findall("x:link", NAMES)}
        assert alternates == {
            "fr": f"http://testserver{path}",
            "en": f"http://testserver/en{path}",
            "x-default": f"http://testserver{path}",
        }


def test_a_practice_is_on_the_map_of_the_languages_it_has_a_title_in(client):
    for number, title_en in enumerate(("One", "", "Three", None)):
        make_practice(slug=f"p{number}", title_en=title_en)

    languages = {}
    for entry in tree(client, "/sitemap-pratiques.xml"):
        path = entry.find("s:loc", NAMES).text.removeprefix("http://testserver").replace("bonnes-pratiques/", "")
        languages[path] = [one.get("hreflang") for one in entry.findall("x:link", NAMES)]

    assert languages == {
        "/p0/": ["fr", "en", "x-default"],
        "/p1/": ["fr", "x-default"],
        "/p2/": ["fr", "en", "x-default"],
        "/p3/": ["fr", "x-default"],
        "/en/p0/": ["fr", "en", "x-default"],
        "/en/p2/": ["fr", "en", "x-default"],
    }


def test_a_large_map_is_cut_into_files(client, monkeypatch):
    monkeypatch.setattr("practices.open_data.sitemaps.SiteSitemap.limit", 5)
    practices = [make_practice(title_en="A practice") for _number in range(7)]

    pages = [places(client, f"/sitemap-pratiques.xml?p={number}") for number in (1, 2, 3)]

    assert [len(page) for page in pages] == [5, 5, 4]
    assert len(set().union(*pages)) == 2 * len(practices)
    assert sum("pratiques.xml?p=" in address for address in places(client, "/sitemap.xml")) == 2
    assert client.get("/sitemap-pratiques.xml?p=4").status_code == 404


def test_every_vocabulary_has_its_map(client):
    for facet in PracticeFilterSet.term_facets():
        assert client.get(f"/sitemap-{facet.param}.xml").status_code == 200
    assert client.get("/sitemap-inconnu.xml").status_code == 404


def test_a_map_gives_the_public_address_of_the_site(client):
    make_practice(title_en="A practice")

    with override_settings(SITE_URL="https://example.org"):
        [french, english] = places(client, "/sitemap-pratiques.xml")

    assert (french[:20], english[:23]) == ("https://example.org/", "https://example.org/en/")


def test_robots_are_told_where_the_map_is_and_what_to_leave(client):
    response = client.get("/robots.txt")

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /*/export.",
        "Disallow: /*proposer/*",
        "Disallow: /*/signaler/",
        "",
        "Sitemap: http://testserver/sitemap.xml",
    ]
