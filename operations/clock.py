"""Whether the clock can be believed before anything is erased by it: a jump shows as days that left no trace.

Days pass, and the database sees them: rows are made, and `prune` itself ends well every night. Between what is known
and now, a clock that was set wrong shows a hole, which stays however long it is wrong.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from operations.doctor import Finding, broken, fine
from operations.models import Run

LONGEST = timedelta(days=30)
"""How long a site may have seen nothing at all before its clock is doubted: the shortest time that people are kept."""


def jump(now: datetime) -> tuple[datetime, datetime] | None:
    """Return the last moment before the clock jumped and the first one after; None where it did not jump.

    What `prune` was last told to erase by is believed, and so is all before it, unless it lies in the future.
    """
    run = Run.objects.filter(name="prune", succeeded_at__lte=now).first()
    since = run.succeeded_at if run else None
    if since and now - since <= LONGEST:
        return None
    last = since
    for moment in [*_days(since, now), now]:
        if last and moment - last > LONGEST:
            return last, moment
        last = moment
    return None


def _days(since: datetime | None, now: datetime) -> list[datetime]:
    """The days on which rows were made, whatever they are of, as sorted moments."""
    found: set[datetime] = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.DateTimeField) and (field.auto_now_add or field.default is timezone.now):
                made = model._base_manager.filter(**{f"{field.name}__lte": now})
                if since:
                    made = made.filter(**{f"{field.name}__gt": since})
                found.update(made.datetimes(field.name, "day"))
    return sorted(found)


def mend() -> str:
    """Return what to do about a jump."""
    return _(
        "Look at the clock (timedatectl). If it is right: manage.py prune --dry-run, then manage.py prune --yes. "
        "If it is wrong: set it, and delete what bears a date in the future."
    )


def told(found: tuple[datetime, datetime]) -> str:
    """Return a jump as a sentence without its full stop, for whoever holds the installation."""
    before, after = (date_format(timezone.localtime(one), "d/m/Y") for one in found)
    return _("Nothing is known between %(before)s and %(after)s: the clock may have jumped") % {
        "before": before,
        "after": after,
    }


def examination() -> Iterator[Finding]:
    """Yield whether `prune` would refuse to erase, as a finding of `doctor`."""
    if found := jump(timezone.now()):
        yield broken(_("%(jump)s, and nothing is erased any more.") % {"jump": told(found)}, mend())
    else:
        yield fine(_("Time has passed without a gap since what the database knows."))
