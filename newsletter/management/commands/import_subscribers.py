"""`manage.py import_subscribers FILE`: takes readers who have agreed elsewhere, with the proof."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from newsletter.readers import csv_files

TOLD = 50


class Command(BaseCommand):
    """Reads everything first; one problem, and nothing is written."""

    help = f"Import readers from a CSV file with the columns {', '.join(csv_files.REQUIRED)}."

    def add_arguments(self, parser):
        """Declare the file and --dry-run."""
        parser.add_argument("file", type=Path, help="a CSV file in UTF-8")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and write nothing")

    def handle(self, *args, file, dry_run, **options):
        """Say what is wrong, line and column; without a fault, take the readers."""
        try:
            reading = csv_files.read(file)
        except OSError as error:
            raise CommandError(f"Le fichier ne se lit pas : {error}") from error
        for line, column, what in reading.problems[:TOLD]:
            self.stderr.write(f"ligne {line}{', ' if column else ''}{column} : {what}")
        if len(reading.problems) > TOLD:
            self.stderr.write(f"… et {len(reading.problems) - TOLD} autres problèmes")
        self.stdout.write(
            f"À ajouter : {len(reading.rows)} ; déjà connues, laissées telles quelles : {reading.known} ; "
            f"effacées, tenues dehors : {reading.erased} ; désinscrites, laissées dehors : {reading.left} ; "
            f"problèmes : {len(reading.problems)}."
        )
        if reading.problems:
            raise CommandError("Rien n’a été écrit : corrigez le fichier.")
        if dry_run:
            self.stdout.write("Rien n’a été écrit : c’était un essai.")
        else:
            csv_files.take(reading.rows)
            self.stdout.write(f"Lecteurs ajoutés : {len(reading.rows)}.")
