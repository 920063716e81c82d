"""`manage.py import_practices FILE`: takes practices from a CSV or XLSX file, all or nothing."""

from collections import Counter
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from practices.importing.comparing import CHANGED, NEW, SAME, Comparison
from practices.importing.problems import Unreadable
from practices.importing.reading import files
from practices.importing.reading.headings import guess
from practices.importing.reading.layout import Layout
from practices.importing.saving.preparing import Overtaken
from practices.importing.saving.writing import write
from practices.importing.survey import survey
from practices.importing.words import CREATE

BAR = 40
TOLD, NAMED = 50, 8
"""Problems and changes, and terms to be made, that are printed; the rest is counted."""


class Command(BaseCommand):
    """Reads and compares everything first; one problem, and nothing is written."""

    help = "Import practices from a CSV or XLSX file; a practice is known by its address (slug). See docs/importer.md."

    def add_arguments(self, parser):
        """Declare the file and what may be said of it."""
        parser.add_argument("file", type=Path, help="a CSV or XLSX file")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done and write nothing")
        encodings = [one for one in files.ENCODINGS if one]
        parser.add_argument("--encoding", choices=encodings, default="", help="of a CSV file that is not in UTF-8")
        parser.add_argument("--create-terms", action="store_true", help="make the terms that the vocabularies lack")
        parser.add_argument("--by", default="", help="the account that signs the changes, and whose rights count")

    def handle(self, *args, file, dry_run, encoding, create_terms, by, verbosity, **options):
        """Say what is wrong, row and column; without a fault, write."""
        self.verbosity = verbosity
        with translation.override(settings.LANGUAGE_CODE):
            person = self._person(by)
            try:
                sheet = files.read(file.name, file.read_bytes(), encoding)
            except OSError as error:
                raise CommandError(f"Le fichier ne se lit pas : {error}") from error
            except Unreadable as error:
                raise CommandError(f"{error.problem.place}\u00a0: {error.problem.sentence}") from error
            layout = Layout(sheet.headings, guess(sheet.headings))
            self._say_layout(sheet, layout)
            surveyed = survey(layout, sheet.rows)
            decisions = {name: dict.fromkeys(words, CREATE) for name, words in surveyed.unknown.items()}
            comparison = Comparison(layout, surveyed, decisions if create_terms else None, person)
            results = comparison.compare_all(sheet.rows, self._progress("Comparaison"))
            problems = [*sheet.problems, *surveyed.problems, *(one for result in results for one in result.problems)]
            self._tell(comparison, results, problems)
            if problems:
                raise CommandError("Rien n’a été écrit : corrigez le fichier.")
            if dry_run:
                self._say("Rien n’a été écrit : c’était un essai.")
                return
            try:
                count = write(results, comparison.new, person, file.name, self._progress("Écriture"))
            except Overtaken as error:
                raise CommandError("Le catalogue a changé entre-temps ; rien n’a été écrit, relancez.") from error
            self._say(f"Pratiques écrites : {count}.")

    def _person(self, name):
        if not name:
            return None
        person = get_user_model()._default_manager.filter(username=name).first()
        if person is None:
            raise CommandError(f"Aucun compte ne s’appelle « {name} ».")
        return person

    def _say(self, sentence):
        if self.verbosity:
            self.stdout.write(sentence)

    def _say_layout(self, sheet, layout):
        self._say(f"{sheet.about} ; lignes : {len(sheet.rows)}.")
        left = [heading for place, heading in enumerate(sheet.headings) if place not in layout.places.values()]
        if left:
            self._say(f"Colonnes laissées de côté : {', '.join(left)}.")

    def _tell(self, comparison, results, problems):
        counts = Counter(one.state for one in results)
        if self.verbosity:
            changed = [one for one in results if one.state == CHANGED][:TOLD]
            for row, changes in comparison.changes(changed).items():
                for change in changes:
                    marks = {"del": "[-{}-]", "ins": "[+{}+]", "": "{}"}
                    pieces = " ".join(marks[kind].format(words) for kind, words in change.pieces)
                    self.stdout.write(f"ligne {row}, {change.label} : {pieces}")
            if counts[CHANGED] > TOLD:
                self.stdout.write(f"… et {counts[CHANGED] - TOLD} autres pratiques changées")
            for name, fields in comparison.new.items():
                made = [one["name"] for one in fields.values()]
                if made:
                    label = comparison.layout.every[name].heading
                    more = f"… et {len(made) - NAMED} autres" if len(made) > NAMED else ""
                    self.stdout.write(f"À créer, {label} ({len(made)}) : {', '.join(made[:NAMED])}{more}")
        for problem in sorted(problems, key=lambda one: one.row)[:TOLD]:
            self.stderr.write(f"{problem.place}\u00a0: {problem.sentence}")
        if len(problems) > TOLD:
            self.stderr.write(f"… et {len(problems) - TOLD} autres problèmes")
        self._say(
            f"Nouvelles : {counts[NEW]} ; changées : {counts[CHANGED]} ; inchangées : {counts[SAME]} ; "
            f"problèmes : {len(problems)}."
        )

    def _progress(self, what):
        def show(share):
            if self.verbosity and self.stdout.isatty():
                bar = "█" * int(BAR * share)
                self.stdout.write(f"\r{what:12} {bar:░<{BAR}} {share:4.0%}", ending="\n" if share == 1 else "")
                self.stdout.flush()

        return show
