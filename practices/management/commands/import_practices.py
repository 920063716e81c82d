"""`manage.py import_practices FILE`: takes practices from a CSV or XLSX file, all or nothing."""

from collections import Counter
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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

    def add_arguments(self, parser):
        """Declare the file and what may be said of it."""
        parser.description = _(
            "Import practices from a CSV or XLSX file; a practice is known by its address (slug). See docs/importer.md."
        )
        parser.add_argument("file", type=Path, help=_("a CSV or XLSX file"))
        parser.add_argument("--dry-run", action="store_true", help=_("say what would be done and write nothing"))
        encodings = [one for one in files.ENCODINGS if one]
        parser.add_argument("--encoding", choices=encodings, default="", help=_("of a CSV file that is not in UTF-8"))
        parser.add_argument("--create-terms", action="store_true", help=_("make the terms that the vocabularies lack"))
        parser.add_argument("--by", default="", help=_("the account that signs the changes, and whose rights count"))

    def handle(self, *args, file, dry_run, encoding, create_terms, by, verbosity, **options):
        """Say what is wrong, row and column; without a fault, write."""
        self.verbosity = verbosity
        with translation.override(settings.LANGUAGE_CODE):
            person = self._person(by)
            try:
                sheet = files.read(file.name, file.read_bytes(), encoding)
            except OSError as error:
                raise CommandError(_("The file cannot be read: %(error)s") % {"error": error}) from error
            except Unreadable as error:
                raise CommandError(error.problem.told) from error
            layout = Layout(sheet.headings, guess(sheet.headings))
            self._say_layout(sheet, layout)
            surveyed = survey(layout, sheet.rows)
            decisions = {name: dict.fromkeys(words, CREATE) for name, words in surveyed.unknown.items()}
            comparison = Comparison(layout, surveyed, decisions if create_terms else None, person)
            results = comparison.compare_all(sheet.rows, self._progress(_("Comparing")))
            problems = [*sheet.problems, *surveyed.problems, *(one for result in results for one in result.problems)]
            self._tell(comparison, results, problems)
            if problems:
                raise CommandError(_("Nothing was written: mend the file."))
            if dry_run:
                self._say(_("Nothing was written: it was a trial."))
                return
            try:
                count = write(results, comparison.new, person, file.name, self._progress(_("Writing")))
            except Overtaken as error:
                told = _("The catalogue has changed meanwhile; nothing was written, run this again.")
                raise CommandError(told) from error
            self._say(_("Practices written: %(count)s.") % {"count": count})

    def _person(self, name):
        if not name:
            return None
        person = get_user_model()._default_manager.filter(username=name).first()
        if person is None:
            raise CommandError(_("No account is called “%(name)s”.") % {"name": name})
        return person

    def _say(self, sentence):
        if self.verbosity:
            self.stdout.write(sentence)

    def _say_layout(self, sheet, layout):
        self._say(_("%(about)s; rows: %(count)s.") % {"about": sheet.about, "count": len(sheet.rows)})
        left = [heading for place, heading in enumerate(sheet.headings) if place not in layout.places.values()]
        if left:
            self._say(_("Columns left aside: %(columns)s.") % {"columns": ", ".join(left)})

    def _tell(self, comparison, results, problems):
        counts = Counter(one.state for one in results)
        if self.verbosity:
            self._tell_changes(comparison, [one for one in results if one.state == CHANGED])
            self._tell_new_terms(comparison)
        for problem in sorted(problems, key=lambda one: one.row)[:TOLD]:
            self.stderr.write(problem.told)
        if (more := len(problems) - TOLD) > 0:
            told = ngettext("… and %(count)s other problem", "… and %(count)s other problems", more)
            self.stderr.write(told % {"count": more})
        told = _("New: %(new)s; changed: %(changed)s; unchanged: %(same)s; problems: %(problems)s.")
        numbers = {"new": counts[NEW], "changed": counts[CHANGED], "same": counts[SAME]}
        self._say(told % {**numbers, "problems": len(problems)})

    def _tell_changes(self, comparison, changed):
        marks = {"del": "[-{}-]", "ins": "[+{}+]", "": "{}"}
        for row, changes in comparison.changes(changed[:TOLD]).items():
            for change in changes:
                pieces = " ".join(marks[kind].format(words) for kind, words in change.pieces)
                where = {"row": row, "column": change.label}
                self.stdout.write(_("row %(row)s, %(column)s: %(what)s") % {**where, "what": pieces})
        if (more := len(changed) - TOLD) > 0:
            told = ngettext("… and %(count)s other changed practice", "… and %(count)s other changed practices", more)
            self.stdout.write(told % {"count": more})

    def _tell_new_terms(self, comparison):
        for name, fields in comparison.new.items():
            made = [one["name"] for one in fields.values()]
            if made:
                label = comparison.layout.every[name].heading
                told = {"label": label, "count": len(made), "names": ", ".join(made[:NAMED])}
                said = _("To make, %(label)s (%(count)s): %(names)s") % told
                if (more := len(made) - NAMED) > 0:
                    said += ngettext("… and %(count)s other", "… and %(count)s others", more) % {"count": more}
                self.stdout.write(said)

    def _progress(self, what):
        def show(share):
            if self.verbosity and self.stdout.isatty():
                bar = "█" * int(BAR * share)
                self.stdout.write(f"\r{what:12} {bar:░<{BAR}} {share:4.0%}", ending="\n" if share == 1 else "")
                self.stdout.flush()

        return show
