"""What matches a search of books, in memory and by SQL, and how what was found follows changes."""

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from search.engine import Engine
from tests.library.index import book_index, library
from tests.library.models import Book
from tests.library.shelves import make_book, make_genre

ENGINE = Engine(book_index)
WORDS = ["Jardins", "été", "ETE", "cœur", "school", "l’étoile", "pain"]


def found(query, snapshot):
    """The primary keys that a search finds in memory, best first."""
    search = ENGINE.search(query, snapshot)
    ranked = search.ordered(snapshot.live)
    return [pk for bitmap in ranked for pk in snapshot.page(bitmap, "newest_first", 0, 50) if bitmap]


class TheTwoSearches(TestCase):
    @settings(max_examples=15)
    @given(
        st.lists(st.tuples(*[st.lists(st.sampled_from(WORDS), max_size=3)] * 2), min_size=1, max_size=5),
        st.lists(st.sampled_from([*WORDS, "conte"]), min_size=1, max_size=2),
        st.sampled_from(["fr", "en"]),
    )
    def test_memory_and_sql_find_the_same_in_the_same_order(self, books, asked, language):
        for rank, (title, blurb) in enumerate(books):
            make_book(" ".join(title) or "Rien", blurb=" ".join(blurb), genres=["conte"] if rank % 2 else [], day=rank)
        query, snapshot = " ".join(asked), library.read()

        with translation.override(language):
            by_sql = ENGINE.ranked(ENGINE.narrowed(Book.objects.shown(), query), query)

            assert found(query, snapshot) == list(by_sql.values_list("pk", flat=True))


@pytest.mark.django_db
def test_titles_come_before_terms_and_terms_before_the_rest():
    blurb = make_book("Le pain", blurb="un jardin", day=3)
    term = make_book("Le sel", genres=["jardin"], day=2)
    title = make_book("Jardins", day=1)

    assert found("jardin", library.read()) == [title.pk, term.pk, blurb.pk]


@pytest.mark.django_db
def test_a_text_is_found_by_the_pages_that_tell_it():
    book = make_book("École", title_en="School")
    alone = make_book("Écoles")
    snapshot = library.read()

    with translation.override("en"):
        assert found("school", snapshot) == [book.pk]
        assert found("école", snapshot) == [alone.pk]
    with translation.override("fr"):
        assert found("school", snapshot) == []


@pytest.mark.django_db
def test_what_was_found_follows_a_change_without_being_asked_again(django_assert_num_queries):
    book, other = make_book("Jardin"), make_book("Pain")
    before = library.read()
    assert found("jardin", before) == [book.pk]

    Book.objects.filter(pk=other.pk).update(title_fr="Jardins")
    book_index.update([other.pk])
    after = library.follow(before)

    with django_assert_num_queries(0):
        assert set(found("jardin", after)) == {book.pk, other.pk}


@pytest.mark.django_db
def test_a_renamed_term_needs_no_indexing():
    book = make_book("Pain", genres=["conte"])
    genre = make_genre("conte")
    genre.name_fr = "Légende"
    genre.save()

    assert found("legende", library.read()) == [book.pk]
