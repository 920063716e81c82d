"""What an index holds of books, and finds again, the same in both databases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import stems_of
from search.index import Text
from tests.library.index import BLURB, TITLE, book_index
from tests.library.shelves import make_book


def test_a_token_says_where_and_for_which_pages_a_stem_was_found():
    entry = book_index.entry_of([Text(TITLE, "Les ateliers", "fr"), Text(BLURB, "<p>Workshops</p>", "en", ("en",))])

    assert entry.tokens == sorted(["0le", "0ateli", "5en0workshop"])
    assert entry.words == {"ateliers", "workshops"}


@pytest.mark.django_db
def test_books_are_found_by_tier_until_they_are_forgotten():
    first, second = make_book("Le jardin"), make_book("Le pain", blurb="<b>Jardins</b> partagés")

    assert book_index.by_tier(stems_of(["jardin"]), "fr") == [[first.pk], [], [second.pk]]
    assert book_index.keys() == {first.pk, second.pk}
    book_index.forget(first.pk)
    assert book_index.by_tier(stems_of(["jardin"]), "fr") == [[], [], [second.pk]]
    book_index.clear()
    assert (book_index.keys(), list(book_index.words())) == (set(), [])


@given(st.text())
def test_any_text_has_an_entry_that_both_engines_take(text):
    entry = book_index.entry_of([Text(TITLE, text)])

    assert all(token.isalnum() for token in entry.tokens)
