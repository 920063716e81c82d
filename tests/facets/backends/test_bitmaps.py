"""A list from memory: its slices and the neighbours of each book are those of the whole list, which is that of SQL."""

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.library.index import BookFilterSet, library
from tests.library.models import Book
from tests.library.shelves import make_book

ORDERS = ["", "sort=new", "sort=title", "sort=genre", "q=jardin", "q=jardin&sort=title", "q=jardin&sort=genre"]
BOOKS = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.sampled_from(["Jardin", "Le pain", "Été", "Jardins d’été"]),
            "title_en": st.sampled_from([None, "Garden", "Jardin"]),
            "blurb": st.sampled_from(["", "Un jardin"]),
            "genres": st.sets(st.sampled_from(["conte", "jardin"])),
            "shelf": st.sampled_from(["cave", "salon"]),
            "day": st.integers(0, 2),
        }
    ),
    min_size=1,
    max_size=9,
)


def found(query, snapshot):
    return BookFilterSet(QueryDict(query), Book.objects.shown(), snapshot=snapshot).results


class TheListFromMemory(TestCase):
    @settings(max_examples=12)
    @given(BOOKS, st.sampled_from(["", "shelf=cave"]), st.sampled_from(["fr", "en"]))
    def test_slices_and_neighbours_are_those_of_the_whole_list_in_every_order(self, books, choice, language):
        for fields in books:
            make_book(**fields)
        snapshot = library.read()

        with translation.override(language):
            for order in ORDERS:
                query = f"{choice}&{order}"
                whole, results = list(found(query, None)), found(query, snapshot)

                assert len(results) == len(whole), query
                for size in range(1, len(whole) + 2):
                    pages = [results[start : start + size] for start in range(0, len(whole) + size, size)]
                    assert pages == [whole[start : start + size] for start in range(0, len(whole) + size, size)], query
                assert [results.around(pk) for pk in whole] == [
                    (place, whole[place - 1] if place else None, [*whole, None][place + 1])
                    for place in range(len(whole))
                ], query


@pytest.mark.django_db
@pytest.mark.parametrize("query", ORDERS)
def test_a_book_that_is_not_in_the_list_has_no_place_in_it(query):
    make_book("Jardin")
    other, lent = make_book("Jardin", shelf="cave"), make_book("Jardin", lent=True)

    results = found(f"shelf=salon&{query}", library.read())

    assert [results.around(pk) for pk in (other.pk, lent.pk, 0, -1)] == [None] * 4


@pytest.mark.django_db
@pytest.mark.parametrize("query", ORDERS)
def test_an_empty_list_has_empty_slices(query):
    make_book("Jardin")

    results = found(f"year=1950&{query}", library.read())
    empty = found(f"shelf=inconnu&q=zzz&{query.removeprefix('q=jardin')}", library.read())

    assert (len(results), results[0:10], results[5:9]) == (1, results[0:1], [])
    assert (len(empty), empty[0:10], empty[:0]) == (0, [], [])
