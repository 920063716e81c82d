"""`manage.py backup`: makes one backup of the database and the uploaded files, and deletes the oldest."""

import sys
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from operations.backup import writing
from operations.backup.trial import Failed, attempt
from operations.runs import recorded


class Command(BaseCommand):
    """For a timer, every night; the site goes on meanwhile."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where, for whom, and how many to keep."""
        parser.description = _("Back up the database and the uploaded files into one file, while the site is up.")
        parser.add_argument("--to", default=settings.BACKUP_DIR, help=_("the folder, instead of BACKUP_DIR"))
        parser.add_argument("--keep", type=int, default=settings.BACKUP_KEEP, help=_("backups to keep; 0 keeps all"))
        parser.add_argument(
            "--recipient", action="append", help=_("an age public key to encrypt for, instead of BACKUP_RECIPIENTS")
        )
        parser.add_argument("--trial", action="store_true", help=_("then restore it into a scratch database"))
        parser.add_argument("--new-key", action="store_true", help=_("print a new pair of keys and do nothing else"))

    def handle(
        self,
        *args: Any,
        to: str | Path,
        keep: int,
        recipient: list[str] | None,
        trial: bool,
        new_key: bool,
        verbosity: int,
        **options: Any,
    ) -> None:
        """Do it, and say where it is."""
        if new_key:
            pair = pyrage.x25519.Identity.generate()
            private = _("Private key, to keep away from the server, in two places: without it, nothing opens.")
            public = _("Public key: BACKUP_RECIPIENTS=%(public)s") % {"public": pair.to_public()}
            self.stdout.write(f"# {private}\n# {public}\n{pair}")
            return
        self._back_up(to, keep, list(recipient or settings.BACKUP_RECIPIENTS), trial, verbosity)

    @recorded
    def _back_up(self, to: str | Path, keep: int, recipients: list[str], trial: bool, verbosity: int) -> None:
        # The server does not have the key that opens its backups. One that lives as long as this process opens this
        # one, too: what is tried is the file itself, and no copy of it in clear is written.
        self.unread: list[str] = []
        once = pyrage.x25519.Identity.generate() if trial and recipients else None
        try:
            keys = [*recipients, str(once.to_public())] if once else recipients
            path = writing.backup(to, keys, self._tell if verbosity else _hush, self._fault)
        except FileExistsError as error:
            raise CommandError(_("Another backup is being made (%(file)s).") % {"file": error.filename}) from error
        except pyrage.RecipientError as error:
            told = _("This is no public key of age (%(error)s): see backup --new-key.") % {"error": error}
            raise CommandError(told) from error
        except DatabaseError as error:
            told = _("The database cannot be read whole, nothing is kept: %(error)s. Run doctor.")
            raise CommandError(told % {"error": str(error).strip()}) from error
        except OSError as error:
            told = _("The backup cannot be written, nothing is kept: %(error)s") % {"error": error}
            raise CommandError(told) from error
        gone = writing.rotate(to, keep, path)
        if verbosity:
            self._tell("")
            made = {"path": path, "size": path.stat().st_size, "gone": len(gone)}
            self.stdout.write(_("Backup: %(path)s (%(size)s bytes); old ones deleted: %(gone)s.") % made)
        if trial:
            try:
                said = attempt(path, [str(once)] if once else ())
            except Failed as error:
                raise CommandError(str(error)) from error
            if verbosity:
                self.stdout.write(said)
        if self.unread:
            listed = ", ".join(self.unread[:5]) + ("…" if len(self.unread) > 5 else "")
            told = ngettext(
                "The backup is made, without %(count)s file that cannot be read: %(files)s.",
                "The backup is made, without %(count)s files that cannot be read: %(files)s.",
                len(self.unread),
            )
            raise CommandError(told % {"count": len(self.unread), "files": listed})

    def _fault(self, name: str, why: str) -> None:
        if why:
            self.unread.append(f"{name} ({why})")
        else:
            told = _("The name of this file is not UTF-8; it is backed up as it is: %(name)s")
            self.stderr.write(told % {"name": name})

    def _tell(self, line: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{line}", ending="")
            self.stderr.flush()


def _hush(line: str) -> None:
    pass
