"""When digests leave: Mondays, or the first of the month, at seven in the morning of the site's own time zone."""

from datetime import timedelta

from django.utils import timezone

HOUR = 7


def next_digest(frequency, now):
    """The next moment of a frequency after `now`, or None when there is none."""
    if not frequency:
        return None
    local = timezone.localtime(now)
    day = local.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if frequency == "weekly":
        day -= timedelta(days=day.weekday())
        return day if day > local else day + timedelta(days=7)
    day = day.replace(day=1)
    return day if day > local else (day + timedelta(days=32)).replace(day=1)
