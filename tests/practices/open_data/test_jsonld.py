import json
import re

import pytest
from django.test import override_settings

from practices.models import Country, Organisation
from tests.factories import make_practice, make_term

pytestmark = pytest.mark.django_db

LISTING = "/bonnes-pratiques/"


def page(client, address):
    return client.get(address).content.decode()


def blocks(html):
    """The data blocks of a page."""
    return [json.loads(one) for one in re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)]


def properties(html):
    """The Open Graph properties of a page."""
    return dict(re.findall(r'<meta property="og:([a-z_]+)" content="([^"]*)">', html))


def test_a_practice_is_told_in_the_words_of_schema_org(client):
    make_term(Country, "france", code="FR")
    practice = make_practice(title="Envie", countries=["france"], themes=["insertion"], start_year=1984)
    practice.organisations.add(Organisation.objects.create(name="Fédération"))
    practice.links.create(title="La source", url="https://example.org/")

    [data] = blocks(page(client, practice.get_absolute_url()))

    article, crumbs = data["@graph"]
    assert data["@context"] == "https://schema.org"
    assert {name: article[name] for name in ("@type", "headline", "url", "temporalCoverage", "keywords")} == {
        "@type": "Article",
        "headline": "Envie",
        "url": f"http://testserver{practice.get_absolute_url()}",
        "temporalCoverage": "1984/..",
        "keywords": ["Insertion"],
    }
    assert article["spatialCoverage"] == [{"@type": "Country", "name": "France", "identifier": "FR"}]
    assert article["about"] == [{"@type": "Organization", "name": "Fédération"}]
    assert article["citation"] == [{"@type": "CreativeWork", "name": "La source", "url": "https://example.org/"}]
    assert [one["name"] for one in crumbs["itemListElement"]] == ["Accueil", "Toutes les bonnes pratiques", "Envie"]


def test_a_picture_and_documents_are_told_where_there_are(client):
    practice = make_practice(cover="images/a/1600x900.jpg", cover_alt="Un atelier", cover_credit="Photo : Anne")
    practice.documents.create(title="Guide", file="documents/a.pdf", size=1200, language="en")
    without = make_practice()

    html = page(client, practice.get_absolute_url())
    bare = page(client, without.get_absolute_url())

    article = blocks(html)[0]["@graph"][0]
    assert article["image"] == {
        "@type": "ImageObject",
        "url": "http://testserver/media/images/a/1600x900.jpg",
        "width": 1600,
        "height": 900,
        "caption": "Un atelier",
        "creditText": "Photo : Anne",
    }
    assert article["associatedMedia"] == [
        {
            "@type": "DigitalDocument",
            "name": "Guide",
            "url": "http://testserver/media/documents/a.pdf",
            "encodingFormat": "application/pdf",
            "inLanguage": "en",
        }
    ]
    assert '<meta property="og:image" content="http://testserver/media/images/a/1600x900.jpg">' in html
    assert '<meta property="og:image:alt" content="Un atelier">' in html
    assert f'{without.get_absolute_url()}partage.png">' in bare
    assert not {"image", "associatedMedia"} & set(blocks(bare)[0]["@graph"][0])


def test_nothing_in_a_practice_can_end_its_data_block(client):
    practice = make_practice(title="</script><script>alert(1)</script>")

    html = page(client, practice.get_absolute_url())

    assert "<script>alert" not in html
    assert blocks(html)[0]["@graph"][0]["headline"] == "</script><script>alert(1)</script>"


def test_the_collection_is_a_dataset_with_its_files_on_the_whole_list_only(client):
    make_practice(countries=["france"])

    with override_settings(CONTENT_LICENCE_URL="https://example.org/by"):
        [data] = blocks(page(client, LISTING))

    assert (data["@type"], data["size"], data["license"]) == ("Dataset", 1, "https://example.org/by")
    assert data["dateModified"] == "2026-01-05T08:00:00+00:00"
    assert [one["contentUrl"] for one in data["distribution"]] == [
        f"http://testserver{LISTING}export.{extension}" for extension in ("csv", "xlsx", "json")
    ]
    assert 50 <= len(data["description"]) <= 5000
    assert blocks(page(client, f"{LISTING}?pays=france")) == []


@pytest.mark.parametrize(
    ("address", "kind", "title"),
    [
        (LISTING, "website", "Toutes les bonnes pratiques"),
        (f"{LISTING}pays/france/", "website", "France"),
        (f"{LISTING}envie/", "article", "Envie"),
        ("/", "website", "Bonnes pratiques de l’économie sociale et solidaire"),
    ],
)
def test_an_address_that_is_shared_says_what_it_leads_to(client, address, kind, title):
    make_practice(slug="envie", title="Envie", countries=["france"])

    html = page(client, address)

    told = properties(html)
    assert (told["type"], told["title"], told["url"]) == (kind, title, f"http://testserver{address}")
    assert len(told["description"]) > 10
    assert f'<link rel="canonical" href="http://testserver{address}">' in html


def test_a_page_names_itself_in_the_other_languages_unless_search_engines_leave_it_alone(client):
    make_practice(countries=["france"], themes=["sante"])

    french, english, filtered = (page(client, one) for one in (LISTING, f"/en{LISTING}", f"{LISTING}?theme=sante"))

    names = [
        ("fr", f"http://testserver{LISTING}"),
        ("en", f"http://testserver/en{LISTING}"),
        ("x-default", f"http://testserver{LISTING}"),
    ]
    found = [
        re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', one)
        for one in (french, english, filtered)
    ]
    assert found == [names, names, []]


def test_a_term_page_describes_its_term(client):
    make_practice(countries=["france"])

    assert '<meta name="description" content="France\u00a0: 1 bonne pratique de l’économie sociale' in page(
        client, f"{LISTING}pays/france/"
    )
