import re
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from django.utils import timezone

from practices import index
from practices.models import Practice, Status
from practices.models.publication import HAVING_PAGES, public, readable, scheduled
from tests.factories import make_practice

ROOT = Path(__file__).resolve().parents[3]
APPS = (
    "accounts",
    "content",
    "contributions",
    "facets",
    "mail",
    "newsletter",
    "operations",
    "pages",
    "practices",
    "search",
)
AGAIN = re.compile(r"published_at__lte|status(?:__in)?\s*(?:==|=|IN|in)\s*[\[(]?[\"'](?:published|archived)")
"""How the rule was written again elsewhere."""


def practices_of_every_kind(now):
    """A practice of each status, dated yesterday and tomorrow, never archived or yesterday where it can be."""
    moments = (now - timedelta(days=1), now + timedelta(days=1))
    for status, moment in product(Status, moments):
        for archived_at in (None, now - timedelta(hours=1)) if status == Status.ARCHIVED else (None,):
            yield make_practice(status=status, published_at=moment, archived_at=archived_at)


@pytest.mark.django_db
def test_what_a_row_says_of_itself_is_what_the_database_says():
    now = timezone.now()
    every = list(practices_of_every_kind(now))

    seen = {one.pk for one in every if one.is_public}
    to_come = {one.pk for one in every if one.is_scheduled}

    assert len(every) == 10
    assert len(seen) == len(to_come) == 1
    assert set(Practice.objects.filter(public(now)).values_list("pk", flat=True)) == seen
    assert set(Practice.objects.published().values_list("pk", flat=True)) == seen
    assert set(Practice.objects.published_by_key().values_list("pk", flat=True)) == seen
    assert set(Practice.objects.filter(scheduled(now)).values_list("pk", flat=True)) == to_come


@pytest.mark.django_db
def test_what_is_readable_is_in_the_statuses_that_the_triggers_watch():
    now = timezone.now()
    list(practices_of_every_kind(now))

    found = Practice.objects.filter(readable(now))

    assert sorted(found.values_list("status", flat=True)) == ["archived", "archived", "published"]
    assert set(found) == set(Practice.objects.readable())
    assert set(found.values_list("status", flat=True)) == set(HAVING_PAGES)
    assert index.PUBLIC == "{row}.status IN ('published', 'archived')"


@pytest.mark.django_db
def test_what_appeared_between_two_moments_is_public_at_the_second_and_was_not_at_the_first():
    now = timezone.now()
    [new, on_time, *_others] = [make_practice(published_at=now - timedelta(hours=hours)) for hours in (1, 0, 2, 30)]
    make_practice(published_at=now + timedelta(hours=1))
    make_practice(published_at=now - timedelta(hours=1), status=Status.DRAFT)

    assert set(Practice.objects.appeared_between(now - timedelta(hours=2), now)) == {new, on_time}


def test_nobody_writes_the_rule_again():
    modules = (path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)

    found = {path.relative_to(ROOT).as_posix() for path in modules if AGAIN.search(path.read_text(encoding="utf-8"))}

    # Triggers give an example in their documentation.
    assert found == {"facets/triggers.py", "practices/models/publication.py"}
