"""An index written again holds what it should, however it is cut into batches."""

import pytest
from django.db.migrations import AddField

from content.fields import SortKeyField
from search.reindexing import follow_languages, reindex
from tests.library.index import book_index
from tests.library.shelves import make_book

pytestmark = pytest.mark.django_db


def test_everything_is_written_again_and_taken_up_where_it_stopped():
    books = [make_book(f"Livre {rank}").pk for rank in range(5)]
    book_index.clear()

    assert list(reindex(book_index, batch=2)) == [(2, books[1]), (4, books[3]), (5, books[4])]
    assert book_index.keys() == set(books)
    book_index.clear()
    assert list(reindex(book_index, start=books[2], batch=2)) == [(2, books[4])]


@pytest.mark.parametrize(("name", "written"), [("title_en", True), ("blurb", False)])
def test_a_language_more_writes_all_again(name, written):
    book = make_book()
    book_index.clear()
    migration = type("Migration", (), {"operations": [AddField("book", name, SortKeyField("title_fr"))]})

    follow_languages(book_index, "title", "default", [(migration, False)])

    assert book_index.keys() == ({book.pk} if written else set())
