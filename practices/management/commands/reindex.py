"""`manage.py reindex`: writes the search index again, while the site is up."""

import signal
import sys
import threading

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.index import search_index
from practices.models import Practice
from search.reindexing import reindex

BAR = 40


class Command(BaseCommand):
    """Indexes every practice, in batches, each in a transaction; ends after a batch on SIGTERM or SIGINT.

    However it stopped, `--from` takes it up where it was; what is told says from where.
    """

    def add_arguments(self, parser):
        """Declare where to start, and the size of a batch."""
        parser.description = _("Write the search index again, while the site is up.")
        parser.add_argument("--from", dest="start", type=int, default=0, help=_("the primary key to start after"))
        parser.add_argument("--batch", type=int, default=500, help=_("practices a transaction"))

    def handle(self, *args, start, batch, **options):
        """Go through the practices by primary key."""
        stop = threading.Event()
        former = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGTERM, signal.SIGINT)}
        try:
            self._index(start, batch, stop)
        finally:
            for one, handler in former.items():
                signal.signal(one, handler)

    def _index(self, start, batch, stop):
        total, done, tenths = Practice.objects.filter(pk__gt=start).count(), 0, 0
        for done, last in reindex(search_index, start, batch):
            where = _("%(done)s/%(total)s, to go on: --from %(last)s") % {"done": done, "total": total, "last": last}
            if sys.stderr.isatty():
                bar = "█" * (BAR * done // total)
                self.stderr.write(f"\r{bar:░<{BAR}} {where}", ending="" if done < total else "\n")
            elif tenths < 10 * done // total < 10:
                tenths = 10 * done // total
                self.stderr.write(where)
            if stop.is_set() and done < total:
                self.stdout.write(_("Stopped. To go on: manage.py reindex --from %(last)s") % {"last": last})
                return
        told = ngettext("%(count)s practice indexed.", "%(count)s practices indexed.", done)
        self.stdout.write(told % {"count": done})
