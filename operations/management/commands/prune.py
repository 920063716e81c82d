"""`manage.py prune`: erases what has been kept long enough."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from operations import clock, retention
from operations.runs import recorded


class Command(BaseCommand):
    """Applies the retention periods; to run every day."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --dry-run and --yes."""
        parser.description = _("Apply the retention periods: what each application has kept long enough is erased.")
        parser.add_argument("--dry-run", action="store_true", help=_("say what would be done and do nothing"))
        parser.add_argument("--yes", action="store_true", help=_("the clock is right, whatever it seems to have done"))

    @recorded
    def handle(self, *args: Any, dry_run: bool, yes: bool, verbosity: int, **options: Any) -> None:
        """Do it, and say how many of each; refuse when time has jumped, as nothing that is erased comes back."""
        if not yes and (found := clock.jump(timezone.now())):
            if not dry_run:
                raise CommandError(" ".join((f"{clock.told(found)}.", _("Nothing is erased."), clock.mend())))
            self.stderr.write(f"{clock.told(found)}.")
        done = retention.prune(dry_run=dry_run)
        if verbosity:
            told = _("%(what)s (to do): %(count)s") if dry_run else _("%(what)s (done): %(count)s")
            for what, count in done.items():
                self.stdout.write(told % {"what": what, "count": count})
