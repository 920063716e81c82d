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
    @settings(max_examples=settings.default.max_examples // 10)
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


def ranked_by_sql(query):
    """The primary keys that a search finds by SQL, best first."""
    return list(ENGINE.ranked(ENGINE.narrowed(Book.objects.shown(), query), query).values_list("pk", flat=True))


@pytest.mark.django_db
def test_a_book_stands_in_the_tier_of_the_word_that_is_found_last_and_once():
    last = make_book("Le sel", blurb="Un jardin et du pain", day=9)
    mixed = make_book("Jardin", blurb="Du pain, un jardin, du pain", day=8)
    term = make_book("Jardin", genres=["pain"], day=1)
    older, newer = make_book("Pain au jardin", day=2), make_book("Jardin de pain", blurb="pain", day=3)
    make_book("Jardin", blurb="un jardin", day=9)
    snapshot = library.read()

    expected = [newer.pk, older.pk, term.pk, last.pk, mixed.pk]

    assert found("jardin pain", snapshot) == expected
    assert ranked_by_sql("jardin pain") == expected
    assert [len(bitmap) for bitmap in ENGINE.search("jardin pain", snapshot).ordered(snapshot.live)] == [2, 1, 2]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", " ", "…!", "🌱", '"', "()", "l’"])
def test_what_holds_no_word_finds_every_book_the_newest_first_or_what_its_letters_find(typed):
    book, newer = make_book("Jardin"), make_book("Pain", day=1)

    expected = [] if ENGINE.has_words(typed) else [newer.pk, book.pk]

    assert found(typed, library.read()) == ranked_by_sql(typed) == expected


@pytest.mark.django_db
@pytest.mark.parametrize(
    "typed",
    [
        *("jardin*", '"jardin"', "jardin OR", "NOT jardin", "NEAR(jardin)", "tokens:jardin", "jard-in", "0jardin"),
        *("jardin\x00", "jardin'; --", "jardin & pain | !sel", "%jardin_", "½ jardin", "庭 jardin", "jardin " * 90),
    ],
)
def test_no_operator_of_a_database_is_reached_and_both_find_the_same(typed):
    make_book("Jardin"), make_book("Pain", blurb="un jardin or not"), make_book("½ jardin 庭")

    assert found(typed, library.read()) == ranked_by_sql(typed)
