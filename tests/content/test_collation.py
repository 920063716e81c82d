import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from content.collation import sort_key
from content.folding import fold

LETTERS = "abcdeéèêëàâçîïôùûüœæzZÉÀÇ "
words = st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(bool).map(lambda word: " ".join(word.split()))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ÉCONOMIE", "economie"),
        ("Œuvre", "oeuvre"),
        ("L’Haÿ", "l'hay"),
        ("Århus", "arhus"),
        ("à\u00a0la carte", "a la carte"),
        ("Straße", "strasse"),
    ],
)
def test_folding_forgets_case_accents_ligatures_and_typographic_apostrophes(text, folded):
    assert fold(text) == folded


def test_titles_sort_as_in_a_french_dictionary():
    titles = ["Zoé", "« Écoles »", "Cote", "côté", "Ecole", "École", "cœur", "Coter", "Côte", "coté", "Été", "Abeille"]

    assert sorted(titles, key=sort_key) == [
        "Abeille",
        "cœur",
        "Cote",
        "coté",
        "Côte",
        "côté",
        "Coter",
        "Ecole",
        "École",
        "« Écoles »",
        "Été",
        "Zoé",
    ]


@given(words, words)
def test_two_different_words_never_have_the_same_place(one, other):
    assert (sort_key(one) == sort_key(other)) == (one == other)


WORDS = (
    "œuvre ouvrir Œuvres oeuvrer été étal état Etat États eteindre cafe café Café cafés côte cote coté côté cotes "
    "Århus aride âge agé âgé agence ça ca çà cane naïf naif naïve noël Noël noel noëls l'eau leau"
).split()

ICU_ORDER = (
    "agé âge âgé agence Århus aride ca ça çà cafe café Café cafés cane cote coté côte côté cotes étal Etat état États "
    "été eteindre l'eau leau naif naïf naïve noel noël Noël noëls œuvre oeuvrer Œuvres ouvrir"
).split()


@pytest.mark.django_db
def test_the_order_is_the_one_of_the_french_collation_of_icu():
    ours = sorted(WORDS, key=sort_key)

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute('SELECT word FROM unnest(%s::text[]) AS word ORDER BY word COLLATE "fr-x-icu"', [WORDS])
            assert ours == [word for (word,) in cursor.fetchall()]
    assert ours == ICU_ORDER
