"""A whole choice of books, answered from memory, by SQL and by brute force: three times the same."""

from itertools import product

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from facets.declaration import Option
from facets.filterset import MAX_VALUES, Chip, Removal
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
    @settings(max_examples=settings.default.max_examples // 25)
    @given(BOOKS, st.sampled_from(["fr", "en"]))
    def test_memory_sql_and_brute_force_count_the_same(self, books, language):
        for slug in GENRES:
            make_genre(slug)
        # A value that nothing has is known all the same: the choice of an unknown one would be left out.
        for slug in SHELVES:
            make_book(shelf=slug, lent=True)
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


@pytest.fixture(params=["memory", "sql"])
def asking(request):
    """A function of a query: its filterset over the books that are there, answered in one of the two ways."""

    def ask(query):
        snapshot = library.read() if request.param == "memory" else None
        return BookFilterSet(QueryDict(query), Book.objects.shown(), snapshot=snapshot)

    return ask


@pytest.mark.django_db
def test_what_is_not_understood_is_left_out_and_told(asking):
    make_book(genres=["conte"])

    with translation.override("en"):
        asked = asking("genre=roman&genre=conte&sort=hasard")

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


@pytest.mark.django_db
def test_removals_tell_what_each_would_bring_the_most_fruitful_first(asking):
    make_book("Pain", genres=["conte"], shelf="cave", year=1950)
    make_book("Pain", genres=["essai"], shelf="cave", year=1950)
    make_book("Sel", genres=["essai"], shelf="salon", year=1950)

    with translation.override("en"):
        none_found = asking("q=pain&genre=conte&genre=essai&shelf=salon&year=1950&sort=title")

        assert none_found.removals == [
            Removal("Shelf", ("Salon",), 2, "?q=pain&genre=conte&genre=essai&year=1950&sort=title"),
            Removal("Search", ("“pain”",), 1, "?genre=conte&genre=essai&shelf=salon&year=1950&sort=title"),
        ]


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "q=zzz", "genre=inconnu", "sort=title"])
def test_nothing_is_to_be_removed_where_no_facet_is_chosen(asking, query):
    make_book("Pain", genres=["conte"])

    assert asking(query).removals == []


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["genre=ancien", "genre=ancien&genre=conte", "genre=conte"])
def test_a_term_is_found_under_its_former_slug_and_told_under_its_present_one(asking, query):
    make_genre("conte", former_slug="ancien")
    book, _other = make_book(genres=["conte"]), make_book(genres=["essai"])

    asked = asking(query)

    assert (list(asked.results[:9]), asked.selection.query(), asked.notices) == ([book.pk], "?genre=conte", [])
    assert asked.moved == ({"genre": {"ancien": "conte"}} if "ancien" in query else {})


@pytest.mark.django_db
def test_a_former_slug_is_one_of_its_own_vocabulary_only(asking):
    make_genre("conte", former_slug="ancien")
    make_book(genres=["conte"])

    asked = asking("shelf=ancien&year=ancien")

    assert (asked.moved, len(asked.selection), len(asked.notices)) == ({}, 0, 2)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    [
        *(
            "genre=%00",
            "genre=%ED%A0%80",
            "genre[]=conte",
            "genre=conte%20",
            "genre=CONTE",
            "genre",
            "=",
            "&&",
            "genre==",
        ),
        *("year=abc", "year=-1", "year=%D9%A2%D9%A0%D9%A0%D9%A1", "year=99999999999999999999", "year=2001.0"),
        *("q=%00", "q=%20", "q=%E2%80%A6!", "q=%F0%9F%8C%B1", "q=%22*%20OR%20NOT%20(", "q=&q=pain", "q=" + "a" * 5000),
        *("sort=best", "sort=&sort=title", "sort=title&sort=new", "sort=by_title", "sort=%00", "page=2", "inconnu=1"),
        *("q=%E2%80%A6!&genre=conte", "q=%E2%80%A6!&sort=title", "genre='%20OR%201=1--"),
    ],
)
def test_nothing_in_an_address_is_an_error(query):
    make_book("Pain", genres=["conte"], year=2001)
    make_book("Sel", genres=["essai"], day=1)

    by_index, by_sql = answer(query, library.read()), answer(query)

    assert by_index == by_sql
    assert sum(option.count for option in by_index["options"]["shelf"]) == by_index["count"]


@pytest.mark.django_db
def test_a_choice_is_made_under_the_names_of_the_declaration():
    selection = BookFilterSet.select({"genre": ("conte",)}, sort="title", search="pain")

    assert selection.query() == "?q=pain&genre=conte&sort=title"
    assert BookFilterSet.select().query() == ""
    make_genre("conte")
    assert BookFilterSet(QueryDict(selection.query()[1:]), Book.objects.shown()).selection.query() == selection.query()


@pytest.mark.django_db
def test_every_order_leads_to_itself_and_the_default_one_is_not_in_an_address():
    make_book("Pain", genres=["conte"])

    orders = [
        (one.label, one.query, one.current)
        for one in BookFilterSet(QueryDict("genre=conte&sort=title"), None, snapshot=library.read()).sort.options
    ]

    assert orders == [
        ("Newest", "?genre=conte", False),
        ("Title", "?genre=conte&sort=title", True),
        ("Genre", "?genre=conte&sort=genre", False),
    ]
