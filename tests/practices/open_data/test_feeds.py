import feedparser
import pytest
from django.utils import timezone

from practices.models import Organisation
from tests.factories import make_practice

pytestmark = pytest.mark.django_db

FEED = "/bonnes-pratiques/flux.atom"


def read(client, query="", prefix=""):
    """A feed, as a feed reader understands it."""
    return feedparser.parse(client.get(f"{prefix}{FEED}{query}").content)


def test_a_reader_understands_the_feed_of_a_filtered_list(client):
    practice = make_practice(
        title="L’une & l’autre", teaser="Une <b>accroche</b>.", countries=["france"], themes=["sante"]
    )
    practice.organisations.add(Organisation.objects.create(name="La coopérative"))
    make_practice(title="Ailleurs", countries=["malte"])

    feed = read(client, "?pays=france")

    assert (feed.bozo, feed.version) == (False, "atom10")
    assert feed.feed.title == "Bonnes pratiques\u00a0: France — Bonnes pratiques"
    assert feed.feed.link == "http://testserver/bonnes-pratiques/?pays=france"
    assert {one.rel: one.href for one in feed.feed.links}["self"] == f"http://testserver{FEED}?pays=france"
    [entry] = feed.entries
    assert (entry.title, entry.summary) == ("L’une & l’autre", "Une &lt;b&gt;accroche&lt;/b&gt;.")
    assert (entry.link, entry.author) == (f"http://testserver{practice.get_absolute_url()}", "La coopérative")
    assert [tag.term for tag in entry.tags] == ["Initiative", "France", "Sante"]
    assert entry.published == "2026-01-05T08:00:00+00:00"


def test_the_newest_come_first_whatever_the_order_of_the_list(client):
    make_practice(title="A", published_at=timezone.now() - timezone.timedelta(days=2))
    make_practice(title="B", published_at=timezone.now() - timezone.timedelta(days=1))

    titles = [[entry.title for entry in read(client, query).entries] for query in ("", "?tri=titre", "?q=pratique")]

    assert titles == [["B", "A"], ["B", "A"], []]


def test_an_entry_keeps_its_name_when_its_address_or_the_language_changes(client):
    practice = make_practice(slug="avant")
    before, english = read(client).entries[0].id, read(client, prefix="/en").entries[0].id

    practice.slug = "apres"
    practice.save()

    assert {before, english, read(client).entries[0].id} == {before}
    assert before.startswith("tag:testserver,")


def test_what_the_address_says_that_is_not_known_is_told(client):
    assert "atlantide" in read(client, "?pays=atlantide").feed.subtitle


def test_the_feed_of_an_empty_list_is_a_feed(client):
    feed = read(client, "?pays=nulle-part")

    assert (feed.bozo, feed.entries) == (False, [])


@pytest.mark.django_db
@pytest.mark.parametrize("character", ["\x0b", "\x1b", "\ufffe"])
def test_a_search_of_characters_that_xml_cannot_hold_is_a_feed_all_the_same(client, character):
    response = client.get("/bonnes-pratiques/flux.atom", {"q": f"eau{character}", "theme": f"x{character}"})

    assert response.status_code == 200
    assert feedparser.parse(response.content).bozo is False
