"""What the log of changes says, and when it cannot say."""

import pytest

from facets.version import LOGGED, Stamp
from tests.library.index import library_version
from tests.library.models import Change, Version

pytestmark = pytest.mark.django_db


def stamp(number):
    """The stamp of a number in the present epoch."""
    return Stamp(library_version.current().epoch, number)


def test_changes_in_between_are_named_and_others_are_not():
    now = library_version.current().number
    library_version.move("default", [7])
    library_version.move("default", [8, 9])

    assert library_version.current().number == now + 2
    assert library_version.changed_since(stamp(now), stamp(now + 2)) == {7, 8, 9}
    assert library_version.changed_since(stamp(now + 1), stamp(now + 2)) == {8, 9}


def test_a_change_of_everything_a_gap_and_another_epoch_ask_for_a_whole_reading():
    now = library_version.current()
    library_version.move("default", [None])

    assert library_version.changed_since(now, library_version.current()) is None
    Change.objects.all().delete()
    assert library_version.changed_since(now, library_version.current()) is None
    assert library_version.changed_since(Stamp(now.epoch + 1, now.number), library_version.current()) is None
    assert library_version.changed_since(Stamp(now.epoch, now.number + 9), library_version.current()) is None


def test_the_log_is_bounded():
    Version.objects.update(number=LOGGED + 50)
    Change.objects.create(version=10, item=1)

    library_version.move("default", [2])

    assert list(Change.objects.values_list("item", flat=True)) == [2]


def test_another_life_is_comparable_with_none_before():
    before = library_version.current()

    library_version.restart()

    after = library_version.current()
    assert (after.epoch != before.epoch, library_version.changed_since(before, after)) == (True, None)
