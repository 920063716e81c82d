"""`manage.py doctor`: says what is wrong with this installation, and how to mend it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from operations.doctor import BROKEN, DOUBTFUL, FINE, MARKS, consult
from operations.monitoring.diagnostics import tables_are_there


class Command(BaseCommand):
    """Ends with 1 when something is broken; with --strict, also when something deserves a look."""

    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --strict."""
        parser.description = _("Say what is wrong with this installation and how to mend it.")
        parser.add_argument("--strict", action="store_true", help=_("end with an error for what deserves a look, too"))

    def handle(self, *args: Any, strict: bool, verbosity: int, **options: Any) -> None:
        """Examine everything, and say it."""
        styles = (self.style.SUCCESS, self.style.WARNING, self.style.ERROR)
        found = [0, 0, 0]
        for name, finding in consult(tables_are_there):
            found[finding.level] += 1
            if finding.level > FINE or verbosity:
                mark = styles[finding.level](f"{MARKS[finding.level]!s:<9}")
                told = _("%(name)s: %(words)s") % {"name": name, "words": finding.words}
                self.stdout.write(f"{mark} {told}")
                if finding.mend:
                    self.stdout.write(f"          → {finding.mend}")
        if verbosity:
            counts = {"fine": found[FINE], "doubtful": found[DOUBTFUL], "broken": found[BROKEN]}
            self.stdout.write(_("%(fine)s fine, %(doubtful)s to look at, %(broken)s broken.") % counts)
        if found[BROKEN] or (strict and found[DOUBTFUL]):
            sys.exit(1)
