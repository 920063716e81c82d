"""`manage.py check_links`: asks the web addresses of the catalogue whether they still answer."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.links import schedule
from practices.links.http import Fetcher, Pace
from practices.models.links import DEAD_AFTER


class Command(BaseCommand):
    """Checks what is due, politely; to run every night, or by hand."""

    def add_arguments(self, parser):
        """Declare what bounds a run."""
        parser.description = _(
            "Ask the web addresses of the catalogue whether they still answer; results are in the back office."
        )
        parser.add_argument("urls", nargs="*", metavar="URL", help=_("check these now, due or not"))
        parser.add_argument("--limit", type=int, default=1000, help=_("addresses asked in one run at most (1000)"))
        parser.add_argument("--minutes", type=float, default=30, help=_("after which no other address is asked (30)"))
        parser.add_argument("--delay", type=float, default=1, help=_("seconds between two requests to a host (1)"))

    def handle(self, *args, urls, limit, minutes, delay, verbosity, **options):
        """Ask each in turn, and say which do not work."""
        fetcher = Fetcher(
            agent=f"BonnesPratiques/1.0 (+{settings.SITE_URL}; liens)",
            pace=Pace(delay),
            allow_private=settings.LINK_CHECK_ALLOW_PRIVATE,
        )
        schedule.forget_unused()
        end = time.monotonic() + 60 * minutes
        asked = failed = 0
        wanted = (urls or schedule.due(timezone.now()))[:limit]
        for one in schedule.check(wanted, fetcher, settings.LINK_CHECK_DAYS, lambda: time.monotonic() > end):
            asked += 1
            failed += one.failed_days > 0
            if one.failed_days and verbosity:
                told = (
                    _("dead: %(url)s (%(reason)s)")
                    if one.dead
                    else _("failure %(days)s/%(most)s: %(url)s (%(reason)s)")
                )
                why = {"url": one.url, "reason": one.status or one.reason}
                self.stdout.write(told % {**why, "days": one.failed_days, "most": DEAD_AFTER})
        if verbosity:
            told = _("Addresses asked: %(asked)s; failing: %(failed)s.")
            self.stdout.write(told % {"asked": asked, "failed": failed})
