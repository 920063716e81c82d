import os
import re
import signal
from html import unescape

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from practices.index import search_index
from practices.models import Country, Organisation, Practice, Theme
from search.analysis import asked_words, stems_of
from search.highlighting import highlighted
from search.spelling import known_words
from tests.factories import make_practice, make_term

pytestmark = pytest.mark.django_db

LISTING = "/bonnes-pratiques/"


@pytest.fixture(autouse=True)
def no_words_of_another_test():
    """What a test writes is rolled back, and the next one comes to the same version of the catalogue."""
    known_words.cache_clear()


def found(client, query, **params):
    """The titles of the practices found, in order, without their marks."""
    page = client.get(LISTING, {"q": query, **params}).content.decode()
    if '<h1 tabindex="-1">0 bonne pratique</h1>' in page:
        return []
    titles = re.findall(r'class="card__title"><a href="[^"]*">(.*?)</a>', page)
    return [unescape(re.sub(r"</?mark>", "", title)) for title in titles]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("L’économie sociale", "économie"),
        ("L’économie sociale", "economies"),
        ("L’économie sociale", "ÉCONOMIE"),
        ("Une entreprise d’insertion", "entreprises d'insertion"),
        ("Des entreprises d'insertion", "entreprise d’insertion"),
        ("Des personnes handicapées", "handicap"),
        ("Un lieu pour le handicap", "handicapées"),
        ("La mobilité", "mobilite"),
        ("Des emplois durables", "emploi"),
        ("Une main-d’œuvre", "OEUVRE"),
        ("La coopération", "coopératives"),
    ],
)
def test_a_word_is_found_whatever_its_accents_its_case_its_number_or_its_apostrophe(client, written, asked):
    make_practice(title=written)
    make_practice(title="Autre chose")

    assert found(client, asked) == [written]


def test_every_word_must_be_found_somewhere(client):
    practice = make_practice(title="Atelier", themes=["handicap"], context="<p>On y répare des vélos.</p>")
    practice.organisations.create(name="Les Roues libres")
    make_practice(title="Atelier de couture")

    assert found(client, "atelier vélo roues handicap") == ["Atelier"]
    assert found(client, "atelier couture vélo") == []


def test_the_nearer_the_top_of_the_page_the_earlier_in_the_list_then_the_newest(client):
    make_practice(title="Dans le texte", context="<p>textile</p>")
    make_practice(title="Dans l’accroche", teaser="Du textile.")
    make_practice(title="Dans un terme", themes=["textile"])
    make_practice(title="Dans une organisation").organisations.create(name="Textile et Cie")
    make_practice(title="Le textile ancien")
    make_practice(title="Le textile")

    assert found(client, "textile") == [
        "Le textile",
        "Le textile ancien",
        "Dans une organisation",
        "Dans un terme",
        "Dans l’accroche",
        "Dans le texte",
    ]


def test_a_search_meets_the_facets_and_counts_exactly(client):
    make_practice(title="Recyclage en Finlande", countries=["finlande"])
    make_practice(title="Recyclage en France", countries=["france"])
    make_practice(title="Couture en France", countries=["france"])

    page = client.get(LISTING, {"q": "recyclage", "pays": "france"}).content.decode()

    assert '<h1 tabindex="-1">1 bonne pratique</h1>' in page
    counts = re.findall(r'name="pays" value="([^"]+)".*?<span aria-hidden="true">(\d+)</span>', page, re.S)
    assert counts == [("finlande", "1"), ("france", "1")]


def test_another_order_can_be_asked_of_a_search_and_relevance_only_of_a_search(client):
    make_practice(title="Zoé recycle")
    make_practice(title="Abeille", teaser="Elle recycle.")

    assert found(client, "recycle") == ["Zoé recycle", "Abeille"]
    assert found(client, "recycle", tri="titre") == ["Abeille", "Zoé recycle"]
    assert "Pertinence" in client.get(LISTING, {"q": "recycle"}).content.decode()
    assert "Pertinence" not in client.get(LISTING).content.decode()


def test_a_slip_is_answered_with_the_nearest_word(client):
    make_practice(title="Le recyclage des étoffes", countries=["france"])

    page = client.get(LISTING, {"q": "recylage", "pays": "france"}).content.decode()

    assert 'href="/bonnes-pratiques/?q=recyclage&amp;pays=france" dir="auto">recyclage</a>' in page


@pytest.mark.parametrize(("prefix", "proposed"), [("", "bulgarie"), ("/en", "bulgaria")])
def test_of_two_words_as_near_the_one_of_the_page_is_proposed(client, prefix, proposed):
    make_term(Country, "bulgarie", name="Bulgarie", name_en="Bulgaria")
    make_practice(
        title_fr="Un atelier", title_en="A workshop", context_fr="<p>En Bulgarie.</p>", context_en="<p>In Bulgaria.</p>"
    )

    page = client.get(f"{prefix}{LISTING}", {"q": "bulgarei"}).content.decode()

    assert f'dir="auto">{proposed}</a>' in page


@pytest.mark.parametrize(
    ("asked", "proposed"),
    [
        ("inserton handicp", ["insertion handicap"]),
        ("cooperative ouvriere", ["cooperative"]),
        ("cooprative zzzxq", ["coopérative"]),
        # Each finds something, and both together nothing.
        ("handicp coopérative", []),
        ("zzzxq zzzxw", []),
        ("zzzxq de", []),
    ],
)
def test_each_word_is_mended_or_left_out_and_what_is_proposed_finds_something(client, asked, proposed):
    make_practice(title="Insertion et handicap")
    make_practice(title="Une coopérative")

    page = client.get(LISTING, {"q": asked}).content.decode()

    assert re.findall(r'dir="auto">([^<]+)</a>', page) == proposed


def test_what_was_found_is_marked_and_nothing_can_be_injected(client):
    make_practice(title="Recyclage <script>alert(1)</script>", teaser="On recycle & l’on répare.")

    page = client.get(LISTING, {"q": 'recyclages "<b>'}).content.decode()

    assert "<mark>Recyclage</mark> &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert 'value="recyclages &quot;&lt;b&gt;"' in page


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "*",
        "a OR b",
        "NEAR(a b)",
        "title:x",
        "(",
        ")",
        "-",
        "^",
        "' OR 1=1 --",
        "😀",
        "\u202eabc",
        "%",
        "&|!",
        "le",
        "\\",
        ";",
    ],
)
def test_operators_are_words_like_others(client, query):
    make_practice(title="Recyclage")

    assert client.get(LISTING, {"q": query}).status_code == 200


def test_a_very_long_search_is_cut_with_a_notice(client):
    make_practice()

    page = client.get(LISTING, {"q": "mot " * 300}).content.decode()

    assert "Seuls les 200 premiers caractères de la recherche ont été lus." in page


def test_empty_words_count_only_when_there_is_nothing_else():
    assert asked_words("les entreprises de la ville") == asked_words("entreprises ville")
    assert len(asked_words("le")) == 1
    assert asked_words("") == []


def test_whatever_is_saved_is_found_at_once(client):
    practice = make_practice(title="Avant")
    organisation = Organisation.objects.create(name="Cordée")
    theme = make_term(Theme, "reemploi", name="Réemploi")
    practice.organisations.add(organisation)
    practice.themes.add(theme)
    assert found(client, "avant cordée réemploi") == ["Avant"]

    practice.title = "Après"
    practice.save()
    organisation.name = "Ficelle"
    organisation.save()
    theme.name_fr = theme.name_en = "Seconde vie"
    theme.save()

    assert found(client, "après ficelle vie") == ["Après"]
    assert found(client, "avant") == found(client, "cordée") == found(client, "réemploi") == []
    organisation.delete()
    assert found(client, "ficelle") == []
    practice.delete()
    assert found(client, "après") == []


def test_what_is_rolled_back_is_not_indexed():
    with transaction.atomic():
        practice = make_practice(title="Fantôme")
        assert search_index.by_tier(stems_of(["fantôme"]))[0] == [practice.pk]
        transaction.set_rollback(True)
        pk = practice.pk

    if not connection.needs_rollback:
        assert pk not in search_index.by_tier(stems_of(["fantôme"]))[0]


def test_reindex_finds_again_what_was_written_without_it(client):
    make_practice(title="Atelier")
    Practice.objects.update(title="Jardin")
    assert found(client, "jardin") == []

    call_command("reindex", "--batch", "1", verbosity=0)

    assert found(client, "jardin") == ["Jardin"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_reindex_stops_between_two_batches_and_is_taken_up_where_it_says(client, monkeypatch, capsys, number):
    for rank in range(6):
        make_practice(title=f"Atelier {rank}")
    Practice.objects.update(title="Jardin")
    index, indexed = search_index.update, []

    def interrupted(pks):
        index(pks)
        indexed.extend(pks)
        if len(indexed) == 4:
            os.kill(os.getpid(), number)

    monkeypatch.setattr(search_index, "update", interrupted)
    handler = signal.getsignal(number)
    call_command("reindex", "--batch", "2")
    said = capsys.readouterr().out
    assert len(indexed) == 4
    assert said == f"Arrêté. Pour reprendre\u00a0: manage.py reindex --from {indexed[-1]}\n"
    assert signal.getsignal(number) == handler

    call_command("reindex", "--batch", "2", "--from", indexed[-1])

    assert len(indexed) == len(set(indexed)) == 6
    assert found(client, "jardin") == ["Jardin"] * 6


def test_reindex_tells_how_far_it_is_where_nobody_watches(capsys):
    keys = [make_practice().pk for _rank in range(4)]

    call_command("reindex", "--batch", "1")

    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"{done}/4, reprise\u00a0: --from {keys[done - 1]}" for done in (1, 2, 3)]


def test_a_search_costs_a_few_queries_whatever_it_finds(client, django_assert_max_num_queries):
    for number in range(30):
        make_practice(title=f"Recyclage {number}")

    with django_assert_max_num_queries(45):
        client.get(LISTING, {"q": "recyclage"})


@given(st.text())
def test_any_text_is_analysed(text):
    assert all(isinstance(one, str) and one for stems in asked_words(text) for one in stems)


@given(st.text(), st.text())
def test_marking_keeps_the_text_and_adds_nothing_but_marks(text, query):
    marked = highlighted(text, asked_words(query))

    assert re.sub(r"</?mark>", "", marked) == escape(text)
