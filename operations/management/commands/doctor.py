"""`manage.py doctor`: says what is wrong with this installation, and how to mend it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from operations.doctor import BROKEN, DOUBTFUL, FINE, MARKS, consult
from operations.monitoring.diagnostics import tables_are_there


class Command(BaseCommand):
    """Ends with 1 when something is broken; with --strict, also when something deserves a look."""

    help = "Say in French what is wrong with this installation and how to mend it."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --strict."""
        parser.add_argument("--strict", action="store_true", help="end with an error for what deserves a look, too")

    def handle(self, *args: Any, strict: bool, verbosity: int, **options: Any) -> None:
        """Examine everything, and say it."""
        styles = (self.style.SUCCESS, self.style.WARNING, self.style.ERROR)
        found = [0, 0, 0]
        for name, finding in consult(tables_are_there):
            found[finding.level] += 1
            if finding.level > FINE or verbosity:
                mark = styles[finding.level](f"{MARKS[finding.level]:<9}")
                self.stdout.write(f"{mark} {name} : {finding.words}")
                if finding.mend:
                    self.stdout.write(f"          → {finding.mend}")
        if verbosity:
            self.stdout.write(f"{found[FINE]} bien, {found[DOUBTFUL]} à regarder, {found[BROKEN]} en panne.")
        if found[BROKEN] or (strict and found[DOUBTFUL]):
            sys.exit(1)
