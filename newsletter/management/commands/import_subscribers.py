"""`manage.py import_subscribers FILE`: takes readers who have agreed elsewhere, with the proof."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.readers import csv_files

TOLD = 50


class Command(BaseCommand):
    """Reads everything first; one problem, and nothing is written."""

    def add_arguments(self, parser):
        """Declare the file and --dry-run."""
        told = _("Import readers from a CSV file with the columns %(columns)s.")
        parser.description = told % {"columns": ", ".join(csv_files.REQUIRED)}
        parser.add_argument("file", type=Path, help=_("a CSV file in UTF-8"))
        parser.add_argument("--dry-run", action="store_true", help=_("say what would be done and write nothing"))

    def handle(self, *args, file, dry_run, **options):
        """Say what is wrong, line and column; without a fault, take the readers."""
        try:
            reading = csv_files.read(file)
        except OSError as error:
            raise CommandError(_("The file cannot be read: %(error)s") % {"error": error}) from error
        for line, column, what in reading.problems[:TOLD]:
            told = _("row %(row)s, %(column)s: %(what)s") if column else _("row %(row)s: %(what)s")
            self.stderr.write(told % {"row": line, "column": column, "what": what})
        if len(reading.problems) > TOLD:
            more = len(reading.problems) - TOLD
            told = ngettext("… and %(count)s other problem", "… and %(count)s other problems", more)
            self.stderr.write(told % {"count": more})
        told = _(
            "To add: %(new)s; known already, left as they are: %(known)s; erased, kept out: %(erased)s; "
            "unsubscribed, left out: %(left)s; problems: %(problems)s."
        )
        counts = {"new": len(reading.rows), "problems": len(reading.problems)}
        counts |= {"known": reading.known, "erased": reading.erased, "left": reading.left}
        self.stdout.write(told % counts)
        if reading.problems:
            raise CommandError(_("Nothing was written: mend the file."))
        if dry_run:
            self.stdout.write(_("Nothing was written: it was a trial."))
        else:
            csv_files.take(reading.rows)
            self.stdout.write(_("Readers added: %(count)s.") % {"count": len(reading.rows)})
