"""`manage.py prune`: erases what has been kept long enough."""

from django.core.management.base import BaseCommand

from operations import retention
from operations.runs import recorded


class Command(BaseCommand):
    """Applies the retention periods; to run every day."""

    help = "Apply the retention periods: what each application has kept long enough is erased."

    def add_arguments(self, parser):
        """Declare --dry-run."""
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and do nothing")

    @recorded
    def handle(self, *args, dry_run, verbosity, **options):
        """Do it, and say how many of each."""
        done = retention.prune(dry_run=dry_run)
        if verbosity:
            verb = "à faire" if dry_run else "fait"
            for label, count in done.items():
                self.stdout.write(f"{label} ({verb}) : {count}")
