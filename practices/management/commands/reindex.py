"""`manage.py reindex`: writes the search index again, while the site is up."""

import sys

from django.core.management.base import BaseCommand

from practices.models import Practice
from practices.reindexing import index_all


class Command(BaseCommand):
    """Indexes every practice, in batches, each in a transaction; can be stopped and taken up with --from."""

    help = "Write the search index again, while the site is up."

    def add_arguments(self, parser):
        """Declare where to start, and the size of a batch."""
        parser.add_argument("--from", dest="start", type=int, default=0, help="the primary key to start after")
        parser.add_argument("--batch", type=int, default=500, help="practices a transaction")

    def handle(self, *args, start, batch, **options):
        """Go through the practices by primary key."""
        total = Practice.objects.filter(pk__gt=start).count()
        done = 0
        for done, last in index_all(start, batch):
            if sys.stderr.isatty():
                self.stderr.write(f"\r{done}/{total} ({100 * done // total} %), reprise : --from {last}", ending="")
        self.stdout.write(f"{done} pratiques indexées.")
