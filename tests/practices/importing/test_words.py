import pytest

from practices.importing.countries import code_of
from practices.importing.reading.headings import guess
from practices.importing.words import CREATE, Vocabulary
from practices.models import Country, Theme
from tests.factories import make_term

CALLED = {
    "GB": "UK, Royaume-Uni, Angleterre, Great Britain, GBR, Vereinigtes Königreich, Écosse",
    "AT": "Österreich, Autriche, AUT, at, Itävalta",
    "GR": "EL, Grèce, Ελλάδα",
    "CZ": "République tchèque, Czechia, Česko",
    "": "Atlantide, 12, -",
}


@pytest.mark.parametrize(("code", "words"), CALLED.items(), ids=CALLED)
def test_a_country_is_known_by_its_codes_and_its_names_in_many_languages(code, words):
    assert {word: code_of(word) for word in words.split(", ")} == dict.fromkeys(words.split(", "), code)


@pytest.mark.django_db
def test_a_term_is_found_by_slug_name_in_any_language_or_code():
    make_term(Country, "belgique", name="Belgique", name_en="Belgium", code="BE")
    known = Vocabulary(Country)

    found = {word: known.find(word) for word in ("belgique", "BELGIQUE", "Belgium", "BE", "België", "Royaume-Uni")}

    pk = Country.objects.get().pk
    assert found == {**dict.fromkeys(found, pk), "Royaume-Uni": None}


@pytest.mark.django_db
def test_a_name_that_two_terms_have_is_written_by_its_slug():
    one, two = (make_term(Theme, slug, name="Emploi") for slug in ("emploi-1", "emploi-2"))
    known = Vocabulary(Theme)

    assert (known.find("Emploi"), known.word(one.pk), known.word(two.pk)) == (None, "emploi-1", "emploi-2")


@pytest.mark.django_db
def test_an_unknown_word_becomes_what_was_decided():
    handicap = make_term(Theme, "handicap")
    themes = Vocabulary(Theme, {"Situations de handicap": "handicap", "Océans": CREATE})
    countries = Vocabulary(Country, {"Suomi": CREATE, "Atlantide": CREATE})

    assert (themes.find("situations de handicap"), themes.find("océans")) == (handicap.pk, -1)
    assert themes.new == {-1: {"name": "Océans"}}
    assert countries.new == {-1: {"name": "Finlande", "name_fr": "Finlande", "name_en": "Finland", "code": "FI"}}
    assert (countries.find("Finlande"), countries.find("FI"), countries.find("Atlantide")) == (-1, -1, None)


def test_headings_are_understood_in_french_in_english_and_as_the_public_export_writes_them():
    french = guess(["Intitulé", "Pays", "THEMES", "Résumé", "Année de départ", "Couleur", "Titre (EN)"])
    english = guess(["Title", "Countries", "Themes", "Teaser", "Start year", "Colour"])

    assert french == {"title_fr": 0, "countries": 1, "themes": 2, "teaser_fr": 3, "start_year": 4, "title_en": 6}
    assert english == {"title_fr": 0, "countries": 1, "themes": 2, "teaser_fr": 3, "start_year": 4}
