"""What is proposed in the place of words that find nothing."""

import pytest

from search.spelling import known_words, nearest
from tests.library.index import book_index, library
from tests.library.shelves import make_book


@pytest.fixture(autouse=True)
def no_words_of_another_test():
    """What a test writes is rolled back, and the next one comes to the same version of the library."""
    known_words.cache_clear()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("typed", "proposed"),
    [("jardni", "jardin"), ("jardin", ""), ("pain jardni", "pain jardin"), ("zzzzzz", ""), ("abc", "")],
)
def test_a_word_that_finds_nothing_is_mended_where_another_is_near(typed, proposed):
    make_book("Jardin", blurb="pain")
    make_book("Jardon", lent=True)

    assert nearest(typed, library.read(), book_index) == proposed
