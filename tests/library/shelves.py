"""Short ways to make books, with valid defaults."""

from datetime import UTC, datetime, timedelta

from tests.library.index import book_index
from tests.library.models import Book, Genre, Shelf

OUT = datetime(2026, 1, 5, 8, tzinfo=UTC)


def make_genre(slug, **fields):
    """A genre called by its slug, made once."""
    return Genre.objects.get_or_create(slug=slug, defaults={"name_fr": slug.capitalize(), **fields})[0]


def make_book(title="Un livre", *, genres=(), shelf="salon", day=0, **fields):
    """A book that came out some days after the first, indexed for the search."""
    book = Book.objects.create(
        title_fr=title,
        shelf=Shelf.objects.get_or_create(slug=shelf, defaults={"name_fr": shelf.capitalize()})[0],
        **{"published_at": OUT + timedelta(days=day), **fields},
    )
    book.genres.set([make_genre(slug) for slug in genres])
    book_index.update([book.pk])
    return book
