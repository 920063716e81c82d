"""Every public change moves the version of the library, in its own transaction, whoever writes it."""

import pytest
from django.db import connection
from django.db.models import F

from facets.triggers import CHILD, ITEM, OTHER, TERM
from tests.library.index import library_version, triggers
from tests.library.models import Book, Chapter, Genre
from tests.library.shelves import make_book, make_genre

pytestmark = pytest.mark.django_db

CHANGES = {
    "a save": lambda book: book.save(),
    "an update": lambda book: Book.objects.update(blurb="Autre"),
    "SQL": lambda book: connection.cursor().execute("UPDATE library_book SET blurb = 'Autre'"),
    "a deletion": lambda book: book.delete(),
    "a genre more": lambda book: book.genres.add(make_genre("essai")),
    "a chapter": lambda book: Chapter.objects.create(book=book, name="Un"),
    "a shelf": lambda book: Book.objects.update(lent=True),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_public_change_moves_the_version_and_names_the_book(change):
    book = make_book(genres=["conte"])
    make_genre("essai")
    before, pk = library_version.current(), book.pk

    CHANGES[change](book)

    after = library_version.current()
    assert (after > before, library_version.changed_since(before, after)) == (True, {pk})


def test_a_term_may_stand_on_every_page():
    make_book(genres=["conte"])
    before = library_version.current()

    Genre.objects.update(name_fr="Autre")

    assert library_version.changed_since(before, library_version.current()) is None


@pytest.mark.parametrize("change", [one for one in CHANGES if one != "a shelf"])
def test_what_nobody_sees_moves_nothing(change):
    book = make_book(lent=True)
    make_genre("essai")
    before = library_version.current()

    CHANGES[change](book)

    assert library_version.current() == before


def test_many_changes_are_counted_once():
    books = [make_book(f"Livre {rank}") for rank in range(3)]
    before = library_version.current()

    with triggers.counted_once() as changed:
        Book.objects.update(year=F("year"))
        changed.update(book.pk for book in books)

    after = library_version.current()
    assert (after.number, library_version.changed_since(before, after)) == (
        before.number + 1,
        {book.pk for book in books},
    )


def test_the_models_say_what_is_watched():
    roles = {table: role for table, (role, _column) in triggers.watched.items()}

    assert roles == {
        "library_book": ITEM,
        "library_book_genres": CHILD,
        "library_chapter": CHILD,
        "library_genre": TERM,
        "library_shelf": TERM,
    }
    assert OTHER not in roles.values()


def test_a_trigger_that_is_gone_is_named_and_comes_back():
    triggers.remove()
    lacking = triggers.lacking()

    triggers.install()

    assert (len(lacking), triggers.lacking()) == (3 * len(triggers.watched), [])
