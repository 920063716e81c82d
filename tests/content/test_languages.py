"""What a visitor reads in each language: her own where it exists, else French, said to be French."""

import re

import pytest
from django.utils import translation

from practices.models import Document, KeyFigure, Link
from tests.factories import make_practice

pytestmark = pytest.mark.django_db

WHOLE = "This practice has not been translated yet: it is shown in French."
PART = "Parts of this practice have not been translated yet: they are shown in French."


def page_of(client, practice, language="en"):
    with translation.override(language):
        return client.get(practice.get_absolute_url()).content.decode()


def french_parts(page):
    """The texts of a page that say they are French, links to the French page left out."""
    main = re.search(r"<main.*</main>", page, re.DOTALL)[0]
    return [
        " ".join(re.sub(r"<[^>]+>", " ", one).split())
        for one in re.findall(r'<(?:\w+)[^>]* lang="fr"[^>]*>(.*?)</(?:h1|h2|h3|p|div|dd|span|a)>', main, re.DOTALL)
    ]


def english(**fields):
    """A practice of which every text exists in English."""
    practice = make_practice(
        **{
            "title_fr": "L’atelier",
            "title_en": "The workshop",
            "teaser_fr": "Une accroche.",
            "teaser_en": "A teaser.",
            "place_fr": "Wallonie",
            "place_en": "Wallonia",
            "years_note_fr": "Selon la source.",
            "years_note_en": "Says the source.",
            "context_fr": "<p>Un contexte.</p>",
            "context_en": "<p>A context.</p>",
            "cover": "images/a/1600x900.jpg",
            "cover_alt_fr": "Des gens trient.",
            "cover_alt_en": "People sort.",
            "cover_credit_fr": "Photo : Anne",
            "cover_credit_en": "Photo: Anne",
            **fields,
        }
    )
    KeyFigure.objects.create(
        practice=practice, value_fr="12 000", value_en="12,000", label_fr="emplois", label_en="jobs"
    )
    Link.objects.create(practice=practice, title_fr="La source", title_en="The source", url="https://example.org/")
    Document.objects.create(
        practice=practice, title_fr="Guide du tri", title_en="Sorting", file="documents/a.pdf", size=1
    )
    return practice


def test_a_translated_page_has_nothing_french_and_no_notice(client):
    page = page_of(client, english())

    assert french_parts(page) == []
    assert (WHOLE in page, PART in page) == (False, False)
    for text in (
        "The workshop",
        "A teaser.",
        "Wallonia",
        "Says the source.",
        "A context.",
        "12,000",
        "jobs",
        "The source",
        'alt="People sort."',
        "<figcaption>Photo: Anne</figcaption>",
        'download="sorting.pdf"',
        "Sorting",
    ):
        assert text in page


def test_a_page_translated_in_part_says_which_parts_are_french(client):
    page = page_of(client, english(teaser_en="", context_en=None, years_note_en=""))

    assert french_parts(page) == ["Une accroche.", "Un contexte.", "Selon la source."]
    assert (WHOLE in page, PART in page) == (False, True)


@pytest.mark.parametrize(
    ("part", "text"), [("links", "La source"), ("documents", "Guide du tri"), ("key_figures", "emplois")]
)
def test_a_figure_a_document_or_a_link_alone_makes_a_part(client, part, text):
    practice = english()
    getattr(practice, part).update(**{"label_en" if part == "key_figures" else "title_en": ""})

    page = page_of(client, practice)

    assert french_parts(page) == [text]
    assert PART in page


@pytest.mark.parametrize(
    ("lacking", "figure", "image"),
    [
        ("cover_alt", 'aria-label="Photo: Anne">', 'alt="Des gens trient." lang="fr"'),
        ("cover_credit", 'aria-label="Photo : Anne" lang="fr">', 'alt="People sort." lang="en"'),
    ],
)
def test_the_words_of_a_picture_say_their_language_each_for_itself(client, lacking, figure, image):
    page = page_of(client, english(**{f"{lacking}_en": ""}))

    assert figure in page
    assert image in page
    assert PART in page


def test_data_tells_the_words_of_files_in_the_language_of_its_address(client):
    english(cover_credit_en="")

    told = {prefix: client.get(f"{prefix}/api/v1/practices/").json()["results"][0] for prefix in ("", "/en")}

    assert [
        (told[one]["picture"]["alt"], told[one]["picture"]["credit"], told[one]["documents"][0]["title"])
        for one in ("", "/en")
    ] == [("Des gens trient.", "Photo : Anne", "Guide du tri"), ("People sort.", "Photo : Anne", "Sorting")]


def test_a_page_that_is_not_translated_is_french_and_says_so(client):
    practice = make_practice(title="L’atelier", teaser="Une accroche.", response="<p>Une réponse.</p>")

    page = page_of(client, practice)

    assert french_parts(page) == ["L’atelier", "Une accroche.", "Une réponse."]
    assert (WHOLE in page, PART in page) == (True, False)
    assert '<html lang="en">' in page


def test_a_french_page_never_speaks_of_translations(client):
    page = page_of(client, make_practice(), "fr")

    assert 'lang="fr"' not in page.partition("<main")[2]
    assert "traduit" not in page


def links_of(page):
    canonical = re.search(r'rel="canonical" href="([^"]+)"', page)[1]
    return canonical, dict(re.findall(r'rel="alternate" hreflang="([^"]+)" href="([^"]+)"', page))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_translated_practice_is_a_page_of_each_language(client, language):
    practice = english(slug="atelier", context_en="")
    french, own = "http://testserver/bonnes-pratiques/atelier/", "http://testserver/en/bonnes-pratiques/atelier/"

    canonical, alternates = links_of(page_of(client, practice, language))

    assert canonical == {"fr": french, "en": own}[language]
    assert alternates == {"fr": french, "en": own, "x-default": french}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_untranslated_practice_is_the_french_page_wherever_it_is_read(client, language):
    practice = make_practice(slug="atelier")
    french = "http://testserver/bonnes-pratiques/atelier/"

    page = page_of(client, practice, language)

    assert links_of(page) == (french, {"fr": french, "x-default": french})
    assert "noindex" not in page


def test_a_card_marks_what_is_french_text_by_text(client):
    english(slug="both")
    make_practice(slug="title", title_fr="Un titre", title_en="A title", teaser="Une accroche.")
    make_practice(slug="none", title="Rien", teaser="Une autre accroche.")

    page = client.get("/en/bonnes-pratiques/?tri=titre").content.decode()

    assert french_parts(page) == ["Une accroche.", "Rien", "Une autre accroche."]
    assert re.findall(r"card__title.*?>([^<]+)</a>", page) == ["A title", "Rien", "The workshop"]


def test_the_list_is_in_the_alphabetical_order_of_the_language(client):
    for french, own in (("Abeilles", "Bees"), ("Zoo", "Animals"), ("École", None)):
        make_practice(title_fr=french, title_en=own)

    found = {
        prefix: re.findall(
            r"card__title.*?>([^<]+)</a>", client.get(f"{prefix}/bonnes-pratiques/?tri=titre").content.decode()
        )
        for prefix in ("", "/en")
    }

    assert found == {"": ["Abeilles", "École", "Zoo"], "/en": ["Animals", "Bees", "École"]}


def test_the_neighbours_of_a_page_are_told_in_its_language(client):
    first, last = english(title_en="A", title_fr="Z"), make_practice(title="B")

    with translation.override("en"):
        pages = {one: client.get(f"{one.get_absolute_url()}?tri=titre").content.decode() for one in (first, last)}

    assert re.search(r'neighbours__way">Next</span> <span lang="fr">B<', pages[first])
    assert re.search(r'neighbours__way">Previous</span> <span>A<', pages[last])


def test_data_takes_the_language_of_its_address(client):
    english(slug="atelier")
    make_practice(slug="autre", title="Autre")

    told = {
        address: [(one["title"], one["teaser"]) for one in client.get(address).json()["results"]]
        for address in ("/api/v1/practices/?tri=titre", "/en/api/v1/practices/?tri=titre")
    }
    feed = client.get("/en/bonnes-pratiques/flux.atom").content.decode()
    export = b"".join(client.get("/en/bonnes-pratiques/export.csv")).decode()

    assert told == {
        "/api/v1/practices/?tri=titre": [("Autre", "Une accroche."), ("L’atelier", "Une accroche.")],
        "/en/api/v1/practices/?tri=titre": [("Autre", "Une accroche."), ("The workshop", "A teaser.")],
    }
    assert "The workshop" in feed
    assert "The workshop" in export
    assert "L’atelier" not in feed + export


def found(client, prefix, words):
    page = (
        client.get(f"{prefix}/bonnes-pratiques/", {"q": words, "tri": "titre"})
        .content.decode()
        .partition('id="newest"')[0]
    )
    return [re.sub(r"</?mark>", "", one) for one in re.findall(r"card__title.*?>((?:[^<]|</?mark>)+)</a>", page)]


@pytest.mark.parametrize(
    ("prefix", "words", "titles"),
    [
        ("", "menuisier", ["L’atelier du menuisier", "Menuiserie"]),
        ("", "carpenter", []),
        ("/en", "carpenters", ["The carpenters’ workshop"]),
        ("/en", "menuisiers", ["Menuiserie"]),
        ("/en", "accroche", ["Menuiserie", "The carpenters’ workshop"]),
        ("", "accroche", ["L’atelier du menuisier", "Menuiserie"]),
    ],
)
def test_a_search_finds_what_the_page_tells(client, prefix, words, titles):
    make_practice(title_fr="L’atelier du menuisier", title_en="The carpenters’ workshop")
    make_practice(title="Menuiserie", response="<p>Un menuisier forme.</p>")

    assert found(client, prefix, words) == titles


def test_a_search_marks_the_words_of_the_language(client):
    make_practice(title_fr="Les écoles", title_en="Working schools")

    page = client.get("/en/bonnes-pratiques/?q=school+work").content.decode()

    assert "<mark>Working</mark> <mark>schools</mark></a>" in page


def test_a_mistyped_word_is_mended_by_one_that_the_page_finds(client):
    make_practice(title_fr="Le recyclage", title_en="Recycling")

    pages = {prefix: client.get(f"{prefix}/bonnes-pratiques/?q=recyclang").content.decode() for prefix in ("", "/en")}

    assert re.search(r'q=recyclage" dir="auto">recyclage<', pages[""])
    assert re.search(r'q=recycling" dir="auto">recycling<', pages["/en"])


def test_a_translation_that_comes_or_goes_is_found_at_once_and_the_french_no_more(client):
    practice = make_practice(title="Le jardin")
    before = found(client, "/en", "jardins")

    practice.title_en = "The garden"
    practice.save()

    assert before == ["Le jardin"]
    assert (found(client, "/en", "jardins"), found(client, "/en", "gardens")) == ([], ["The garden"])
    assert (found(client, "", "jardins"), found(client, "", "gardens")) == (["Le jardin"], [])
