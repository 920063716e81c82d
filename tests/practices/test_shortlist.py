import csv
import io
import json
import re
from html import unescape

import pytest
from django.http import QueryDict

from bonnespratiques import wsgi
from practices.models import KeyFigure, Link, Organisation, Status
from practices.shortlist import MOST, Shortlist
from tests.factories import make_practice

pytestmark = pytest.mark.django_db

SELECTION = "/ma-selection/"
VIEWS = ["", "comparer/", "livret/"]
FILES = ["export.csv", "export.xlsx", "export.json"]


def kept(query):
    return Shortlist(QueryDict(query))


def asked(slugs, **others):
    return "&".join([*(f"p={slug}" for slug in slugs), *(f"avec={slug}" for slug in others.get("avec", ()))])


def words(html):
    """What a page says, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def headings(response, level=2):
    return [words(one) for one in re.findall(rf"<h{level}[^>]*>(.*?)</h{level}>", response.text, re.DOTALL)]


def test_the_order_is_that_of_the_address_and_nobody_is_there_twice():
    for name in ("a", "b", "c"):
        make_practice(slug=name)

    selection = kept("p=c&p=a&p=c&p=&p=b")

    assert (selection.slugs, selection.query, selection.notices) == (["c", "a", "b"], "?p=c&p=a&p=b", [])


def test_each_practice_knows_how_to_leave_and_to_move():
    for name in ("a", "b", "c"):
        make_practice(slug=name)

    ways = [(one.without, one.earlier, one.later) for one in kept("p=a&p=b&p=c").items]

    assert ways == [
        ("?p=b&p=c", "", "?p=b&p=a&p=c"),
        ("?p=a&p=c", "?p=b&p=a&p=c", "?p=a&p=c&p=b"),
        ("?p=a&p=b", "?p=a&p=c&p=b", ""),
    ]
    assert [one.without for one in kept("p=a").items] == ["."]


def test_what_is_unknown_or_not_public_is_left_out_and_told_alike(client):
    make_practice(slug="a")
    make_practice(slug="brouillon", status=Status.DRAFT, title="Secret")

    for view in VIEWS:
        page = client.get(f"{SELECTION}{view}?p=atlantide&p=a&p=brouillon").text

        assert "« atlantide », « brouillon » ne sont pas, ou ne sont plus," in words(page).replace("\u00a0", " ")
        assert "Secret" not in page


def test_a_notice_names_a_few_and_counts_the_others():
    [named, counted] = kept(asked(f"inconnue-{number}" for number in range(8))).notices

    assert named.count("inconnue") == 5
    assert counted == "Et 3 autres."


def test_a_selection_is_bounded_and_says_so():
    for number in range(3):
        make_practice(slug=f"a-{number}")

    selection = kept(asked([*(f"x-{number}" for number in range(MOST - 2)), "a-0", "a-1", "a-2"]))

    assert selection.slugs == ["a-0", "a-1"]
    assert selection.notices[-1].startswith("Une sélection contient 50 pratiques au plus")


def test_a_practice_whose_address_changed_is_still_kept():
    practice = make_practice(slug="ancienne")
    practice.slug = "nouvelle"
    practice.save()

    selection = kept("p=ancienne&p=nouvelle")

    assert (selection.slugs, selection.notices) == (["nouvelle"], [])


def test_four_at_most_are_compared_those_asked_for_first():
    slugs = [f"a-{number}" for number in range(6)]
    for slug in slugs:
        make_practice(slug=slug)

    def compared(**others):
        selection = kept(asked(slugs, **others))
        return [record["id"] for _practice, record in selection.compared], selection.not_compared

    assert compared() == (slugs[:4], True)
    assert compared(avec=["a-5", "a-2", "inconnue"]) == (["a-2", "a-5"], False)
    assert compared(avec=slugs[1:]) == (slugs[1:5], True)


def test_a_comparison_has_a_line_for_each_fact_that_one_of_them_has():
    first = make_practice(slug="a", countries=["france"], start_year=2004, results="<p>Dix emplois.</p>")
    make_practice(slug="b", kind="reseau", place="Lille")
    first.organisations.add(Organisation.objects.create(name="Envie"))
    KeyFigure.objects.create(practice=first, value="10", label="emplois", year=2020, according_to_source=True)

    lines = {
        row.label.capitalize(): [[str(one.text) for one in told] for _record, told in row.cells]
        for row in kept("p=a&p=b").comparison
    }

    assert lines == {
        "Pays": [["France"], []],
        "Type": [["Initiative"], ["Reseau"]],
        "Année de départ": [["2004"], []],
        "Organismes": [["Envie"], []],
        "Lieu": [[], ["Lille"]],
        "Chiffres clés": [["10 emplois (2020), selon la source"], []],
        "Résultats": [["<p>Dix emplois.</p>"], []],
    }


def test_a_booklet_tells_each_practice_whole_under_its_contents(client):
    practice = make_practice(
        slug="a", title="Un atelier", countries=["france"], themes=["handicap"], context="<p>Il pleut.</p>"
    )
    make_practice(slug="b", title="Deux ateliers")
    Link.objects.create(practice=practice, title="Le rapport", url="https://example.org/rapport", is_source=True)

    page = client.get(f"{SELECTION}livret/?p=b&p=a")

    assert headings(page) == ["Sommaire", "Deux ateliers", "Un atelier"]
    assert [words(one) for one in re.findall(r'href="#[ab]">(.*?)</a>', page.text)] == [
        "Deux ateliers",
        "Un atelier France",
    ]
    for told in ("Il pleut.", "Handicap", "https://example.org/rapport", "http://testserver/bonnes-pratiques/a/"):
        assert told in words(page.text)


def test_the_files_hold_the_selection_in_its_order(client):
    for name in ("a", "b", "c"):
        make_practice(slug=name, title=f"Pratique {name}")

    table = client.get(f"{SELECTION}export.csv?p=c&p=a").getvalue().decode("utf-8-sig")
    document = json.loads(client.get(f"{SELECTION}export.json?p=c&p=a&p=x").getvalue())
    book = client.get(f"{SELECTION}export.xlsx?p=c&p=a").getvalue()

    assert [row["Titre"] for row in csv.DictReader(io.StringIO(table))] == ["Pratique c", "Pratique a"]
    assert [one["title"] for one in document["practices"]] == ["Pratique c", "Pratique a"]
    assert document["about"]["Liste"] == "Ma sélection"
    assert document["about"]["Adresse web"] == "http://testserver/ma-selection/?p=c&p=a"
    assert "« x »" in document["about"]["Laissé de côté"].replace("\u00a0", " ")
    assert book.startswith(b"PK")


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize(
    "query", ["", "p=", "p=%F0%9F%8D%8B", "p=%22%3E%3Cscript%3E", "p=a&avec=zz", "avec=a", "p=" + "é" * 3000]
)
def test_odd_selections_are_pages_that_no_search_engine_keeps(client, view, query):
    make_practice(slug="a")

    page = client.get(f"{SELECTION}{view}?{query}")

    assert page.status_code == 200
    assert '<meta name="robots" content="noindex">' in page.text
    assert "<script>" not in page.text
    assert page.cookies == {}


def test_a_selection_leaves_the_page_cache_to_the_pages_of_everybody(client):
    make_practice(slug="a")

    assert client.get(f"{SELECTION}?p=a").headers["Cache-Control"] == "private, no-cache"
    assert "Cache-Control" not in client.get(SELECTION).headers
    assert wsgi.pages.params["ma-selection"] == ("p",)
