"""What is suggested while a search is typed: what is public and begins so, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from content.folding import fold
from practices.filters import catalogue_index
from practices.models import Organisation, Status
from practices.views.suggestions import suggestions
from tests.factories import make_practice

ADDRESS = "/bonnes-pratiques/suggestions.json"


def labels(typed):
    return [one.label for one in suggestions(catalogue_index.current(), typed)]


def test_terms_organisations_and_titles_that_begin_so_are_suggested_with_where_they_lead(client, db):
    practice = make_practice(title="L’école du recyclage", themes=["reemploi-et-recyclage"])
    practice.organisations.add(Organisation.objects.create(name="Recyclerie du Port"))

    answer = client.get(ADDRESS, {"q": "Récyc"}).json()

    assert answer == {
        "status": "3 suggestions",
        "suggestions": [
            {
                "group": "Thème",
                "label": "Reemploi et recyclage",
                "url": "/bonnes-pratiques/?theme=reemploi-et-recyclage",
            },
            {"group": "Organisme", "label": "Recyclerie du Port", "url": "/bonnes-pratiques/?q=Recyclerie+du+Port"},
            {"group": "Pratique", "label": "L’école du recyclage", "url": "/bonnes-pratiques/l-ecole-du-recyclage/"},
        ],
    }


def test_addresses_and_words_follow_the_language_of_the_page(client, db):
    make_practice(title="Recycler ensemble", slug="recycler")
    make_practice(title_fr="Réparer", title_en="Recycle together", slug="reparer")

    answer = client.get(f"/en{ADDRESS}", {"q": "recy"}).json()

    assert answer["status"] == "2 suggestions"
    assert answer["suggestions"] == [
        {"group": "Practice", "label": "Recycle together", "url": "/en/bonnes-pratiques/reparer/"},
        {"group": "Practice", "label": "Recycler ensemble", "url": "/en/bonnes-pratiques/recycler/", "lang": "fr"},
    ]


def test_nothing_of_a_draft_is_suggested(db):
    draft = make_practice(title="Recyclage secret", themes=["recyclage"], status=Status.DRAFT)
    draft.organisations.add(Organisation.objects.create(name="Recyclerie secrète"))

    assert labels("recyc") == []


def test_every_word_typed_must_begin_one_of_the_title_in_whatever_order(db):
    make_practice(title="Un jardin pour tous les quartiers")
    make_practice(title="Un jardin de montagne")

    assert labels("quart jardin") == ["Un jardin pour tous les quartiers"]
    assert labels("ardin") == []


def test_a_title_that_begins_so_comes_before_one_that_holds_it(db):
    make_practice(title="Recycler des vélos")
    make_practice(title="Un vélo à recycler")

    assert labels("recyc") == ["Recycler des vélos", "Un vélo à recycler"]


def test_a_title_is_suggested_at_the_version_of_the_moment(db):
    practice = make_practice(title="Recycler")
    assert labels("recyc") == ["Recycler"]

    practice.title = "Réparer"
    practice.save()

    assert labels("recyc") == []
    assert labels("repa") == ["Réparer"]


@pytest.mark.parametrize("typed", ["", " ", "'", "%", "\n", "🙂", "*", '"'])
def test_nothing_is_suggested_for_what_is_no_word(client, db, typed):
    make_practice(title="Recycler")

    assert client.get(ADDRESS, {"q": typed}).json()["suggestions"] == []


def test_a_nul_character_is_refused_as_everywhere(client, db):
    assert client.get(ADDRESS, {"q": "re\0"}).status_code == 400


WORDS = st.sampled_from(["recycler", "récup", "œuvre", "jardin", "l’eau", "re", "École", "rejouer", "½"])


class TitlesAgreeWithAPlainReading(TestCase):
    """The text of all titles gives what reading them one by one gives."""

    @given(
        titles=st.lists(st.lists(WORDS, min_size=1, max_size=4), max_size=5),
        typed=st.lists(WORDS, min_size=1, max_size=2),
    )
    def test_titles(self, titles, typed):
        for words in titles:
            make_practice(title=" ".join(words))
        asked = fold(" ".join(typed)[:12])

        found = [
            one.label for one in suggestions(catalogue_index.current(), asked) if one.group in ("Pratique", "Practice")
        ]

        def words_of(text):
            return "".join(char if char.isalnum() else " " for char in fold(text)).split()

        expected = [
            title
            for title in (" ".join(words) for words in titles)
            if all(any(word.startswith(one) for word in words_of(title)) for one in words_of(asked))
        ]
        assert set(found) <= set(expected)
        assert len(found) == min(len(expected), 5)
