from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from newsletter.schedule import next_digest

PARIS = ZoneInfo("Europe/Paris")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("frequency", "now", "then"),
    [
        ("weekly", "2026-11-24 09:00", "2026-11-30 07:00"),
        ("weekly", "2026-11-30 06:59", "2026-11-30 07:00"),
        ("weekly", "2026-11-30 07:00", "2026-12-07 07:00"),
        ("weekly", "2026-10-21 09:00", "2026-10-26 07:00"),
        ("monthly", "2026-11-24 09:00", "2026-12-01 07:00"),
        ("monthly", "2026-12-01 06:00", "2026-12-01 07:00"),
        ("monthly", "2026-12-01 07:00", "2027-01-01 07:00"),
        ("monthly", "2027-01-31 23:59", "2027-02-01 07:00"),
    ],
)
def test_digests_leave_on_mondays_or_the_first_of_the_month_at_seven_whatever_the_season(frequency, now, then):
    assert next_digest(frequency, at(now)) == at(then)


def test_who_wants_no_digest_has_no_next_one():
    assert next_digest("", at("2026-11-24 09:00")) is None
