"""A whole choice of books, answered from memory, by SQL and by brute force: three times the same."""

from itertools import product

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from facets.declaration import Option
from facets.filterset import MAX_VALUES, Chip
from tests.library.index import BookFilterSet, library
from tests.library.models import Book
from tests.library.shelves import make_book, make_genre

GENRES, SHELVES, YEARS = ("conte", "essai", "poesie"), ("salon", "cave"), (1950, 2001, None)
BOOKS = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.sampled_from(["Le jardin", "Jardin d’été", "Étoile", "Le pain"]),
            "genres": st.sets(st.sampled_from(GENRES)),
            "shelf": st.sampled_from(SHELVES),
            "year": st.sampled_from(YEARS),
            "lent": st.booleans(),
            "day": st.integers(0, 3),
        }
    ),
    max_size=8,
)
QUERIES = [
    "&".join(filter(None, parts))
    for parts in product(
        ("", "genre=conte", "genre=conte&genre=essai", "genre=inconnu"),
        ("", "shelf=cave"),
        ("", "year=2001"),
        ("", "q=jardin"),
        ("", "sort=title", "sort=genre"),
    )
]


def answer(query, snapshot=None):
    """All that a page shows of a choice, from memory or by SQL."""
    asked = BookFilterSet(QueryDict(query), Book.objects.shown(), snapshot=snapshot)
    return {
        "options": {facet.param: facet.options for facet in asked.facets},
        "chips": asked.chips,
        "notices": asked.notices,
        "removals": asked.removals,
        "found": list(asked.results[0:20]),
        "count": len(asked.results),
    }


class TheTwoAnswers(TestCase):
    @settings(max_examples=12)
    @given(BOOKS, st.sampled_from(["fr", "en"]))
    def test_memory_sql_and_brute_force_count_the_same(self, books, language):
        for slug in GENRES:
            make_genre(slug)
        made = [(make_book(**fields), fields) for fields in books]
        snapshot = library.read()

        with translation.override(language):
            for query in QUERIES:
                assert answer(query, snapshot) == answer(query), query

        shown = [(book, fields) for book, fields in made if not fields["lent"]]
        counted = {
            option.value: option.count
            for option in BookFilterSet(QueryDict("shelf=cave&genre=conte"), None, snapshot=snapshot).facets[0].options
        }
        for genre in GENRES:
            expected = sum(genre in fields["genres"] and fields["shelf"] == "cave" for _book, fields in shown)
            assert counted.get(genre, 0) == expected


@pytest.mark.django_db
def test_a_facet_ignores_its_own_choice_and_no_other():
    make_book(genres=["conte"], shelf="cave")
    make_book(genres=["conte"], shelf="salon")
    make_book(genres=["essai"], shelf="cave")

    [genre, shelf, _year] = BookFilterSet(QueryDict("genre=conte"), None, snapshot=library.read()).facets

    assert genre.options == [Option("genre", "conte", "Conte", 2, True), Option("genre", "essai", "Essai", 1, False)]
    assert [(one.value, one.count) for one in shelf.options] == [("cave", 1), ("salon", 1)]


@pytest.mark.django_db
def test_chips_say_what_removing_them_asks():
    make_book(genres=["conte", "essai"])

    asked = BookFilterSet(QueryDict("genre=conte&genre=essai"), None, snapshot=library.read())

    assert asked.chips == [Chip("Genre", "Conte", "?genre=essai"), Chip("Genre", "Essai", "?genre=conte")]


@pytest.mark.django_db
@pytest.mark.parametrize("snapshot", [True, False], ids=["memory", "sql"])
def test_what_is_not_understood_is_left_out_and_told(snapshot):
    make_book(genres=["conte"])
    held = library.read() if snapshot else None

    with translation.override("en"):
        asked = BookFilterSet(QueryDict("genre=roman&genre=conte&sort=hasard"), Book.objects.shown(), snapshot=held)

        assert asked.selection.values["genre"] == ("conte",)
        assert asked.notices == [
            "“roman” is not known under Genre and was left out.",
            "“hasard” is not known under Sort by and was left out.",
        ]


@pytest.mark.django_db
def test_a_request_reads_no_more_than_a_bounded_number_of_values():
    query = QueryDict(mutable=True)
    query.setlist("genre", [f"genre-{number}" for number in range(MAX_VALUES + 20)])

    asked = BookFilterSet(query, Book.objects.shown())

    assert (len(asked.data.getlist("genre")), asked.left_out) == (MAX_VALUES, 20)
