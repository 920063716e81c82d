"""The index follows the database: a snapshot that was patched answers as one that was read afresh."""

from datetime import timedelta

import pytest
import time_machine
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.library.index import BookFilterSet, library
from tests.library.models import Book
from tests.library.shelves import OUT, make_book, make_genre


def told(snapshot):
    """What a snapshot answers, whatever its slots: the options, and in each order the books and their neighbours."""
    asked = [BookFilterSet(QueryDict(f"sort={sort}"), None, snapshot=snapshot) for sort in ("new", "title", "genre")]
    options = {facet.param: facet.options for facet in asked[0].facets}
    lists = [one.results[0:50] for one in asked]
    return options, lists, [[one.results.around(pk) for pk in pks] for one, pks in zip(asked, lists, strict=True)]


def lend(rank):
    Book.objects.filter(pk__in=Book.objects.order_by("pk").values("pk")[rank : rank + 1]).update(lent=True)


def regenre(rank):
    for book in Book.objects.order_by("pk")[rank : rank + 1]:
        book.genres.set([make_genre("essai")])


def rename(rank):
    make_genre("conte")
    type(make_genre("conte")).objects.filter(slug="conte").update(name_fr=f"Conte {rank}")


CHANGES = {
    "add": lambda rank: make_book(f"Livre {rank}", genres=["conte"], day=rank),
    "lend": lend,
    "change": regenre,
    "delete": lambda rank: [book.delete() for book in Book.objects.order_by("pk")[rank : rank + 1]],
    "rename": rename,
}


class FollowingTheDatabase(TestCase):
    @settings(max_examples=settings.default.max_examples // 10)
    @given(st.lists(st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 5)), max_size=8))
    def test_a_patched_snapshot_is_one_read_afresh(self, changes):
        for rank in range(4):
            make_book(f"Premier {rank}", genres=["conte"], day=rank)
        snapshot = library.read()

        for change, rank in changes:
            CHANGES[change](rank)
            snapshot = library.follow(snapshot)

            assert told(snapshot) == told(library.read()), change


@pytest.mark.django_db
def test_what_comes_out_by_the_clock_alone_is_counted_from_that_moment():
    moment = timezone.now() + timedelta(days=1)
    make_book("Demain", published_at=moment)
    before = library.read()

    with time_machine.travel(moment + timedelta(seconds=1)):
        after = library.follow(before)

    assert (len(before.live), before.expires_at, len(after.live)) == (0, moment, 1)


@pytest.mark.django_db
def test_moments_are_compared_to_the_microsecond():
    first = make_book("Un", published_at=OUT + timedelta(microseconds=999_501))
    second = make_book("Deux", published_at=OUT + timedelta(microseconds=999_502))

    snapshot = library.read()

    assert snapshot.page(snapshot.live, "newest_first", 0, 2) == [second.pk, first.pk]


@pytest.mark.django_db
def test_reading_costs_the_same_number_of_queries_whatever_there_is(django_assert_num_queries):
    for rank in range(30):
        make_book(f"Livre {rank}", genres=["conte", "essai"])

    # The version, two vocabularies, what their terms were called before, the books, their genres, the next to come out.
    with django_assert_num_queries(7):
        library.read()
