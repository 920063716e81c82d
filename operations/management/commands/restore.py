"""`manage.py restore`: puts a backup, or another database, in the place of what the site has."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import environ
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from operations.backup import archive, trial, writing
from operations.backup.restoring import Refused, restore


class Command(BaseCommand):
    """From a file made by `backup`, or straight from a database named by its address, to move the site."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare what to read, and how far to go."""
        parser.description = _("Restore a backup, or copy another database, into the database that DATABASE_URL names.")
        parser.add_argument("source", help=_("a backup, or the address of a database (sqlite:///var/db.sqlite3)"))
        parser.add_argument(
            "--identity",
            help=_("the file of the age private key, for an encrypted backup; - reads the standard input"),
        )
        parser.add_argument("--force", action="store_true", help=_("replace all that the site has"))
        parser.add_argument("--without-files", action="store_true", help=_("leave the uploaded files as they are"))
        parser.add_argument(
            "--check", action="store_true", help=_("restore into a scratch database, compare, and change nothing")
        )

    def handle(
        self,
        source: str,
        *args: Any,
        identity: str | None,
        force: bool,
        without_files: bool,
        check: bool,
        verbosity: int,
        **options: Any,
    ) -> None:
        """Do it, and say what came back."""
        try:
            identities = archive.read_identities(sys.stdin if identity == "-" else identity) if identity else ()
            if "://" in source:
                said = self._copy(source, force)
            elif check:
                said = [trial.attempt(source, identities)]
            else:
                said = restore(source, identities=identities, force=force, files=not without_files, tell=self._tell)
        except (Refused, archive.Unreadable, trial.Failed) as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self._tell("")
            for line in said:
                self.stdout.write(line)

    def _copy(self, url: str, force: bool) -> list[str]:
        """Copy another database, whose uploaded files are here already."""
        other = environ.Env.db_url_config(url)
        same = ("ENGINE", "NAME", "HOST", "PORT")
        if all(str(other.get(key) or "") == str(settings.DATABASES["default"].get(key) or "") for key in same):
            raise CommandError(_("This is the site’s own database: DATABASE_URL must name the one to go to."))
        if other["ENGINE"].endswith("sqlite3") and not os.path.isfile(other["NAME"]):
            raise CommandError(_("There is no database at %(path)s.") % {"path": other["NAME"]})
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "copy.tar.gz")
            with archive.new_file(path, ()) as stream:
                writing.write(stream, self._tell, files=False, source=other)
            return restore(path, force=force, moved=True, files=False, memory={}, tell=self._tell)

    def _tell(self, line: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{line}", ending="")
            self.stderr.flush()
