"""`manage.py backup`: makes one backup of the database and the uploaded files, and deletes the oldest."""

import sys
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from operations.backup import writing
from operations.backup.trial import Failed, attempt
from operations.runs import recorded

NEW_KEY = """# Clé privée, à garder hors du serveur, en deux endroits : sans elle, rien ne s’ouvre.
# Clé publique : BACKUP_RECIPIENTS={public}
{private}"""


class Command(BaseCommand):
    """For a timer, every night; the site goes on meanwhile."""

    help = "Back up the database and the uploaded files into one file, while the site is up."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare where, for whom, and how many to keep."""
        parser.add_argument("--to", default=settings.BACKUP_DIR, help="the folder, instead of BACKUP_DIR")
        parser.add_argument("--keep", type=int, default=settings.BACKUP_KEEP, help="backups to keep; 0 keeps all")
        parser.add_argument(
            "--recipient", action="append", help="an age public key to encrypt for, instead of BACKUP_RECIPIENTS"
        )
        parser.add_argument("--trial", action="store_true", help="then restore it into a scratch database")
        parser.add_argument("--new-key", action="store_true", help="print a new pair of keys and do nothing else")

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
            self.stdout.write(NEW_KEY.format(public=pair.to_public(), private=pair))
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
            raise CommandError(f"Une autre sauvegarde est en cours ({error.filename}).") from error
        except pyrage.RecipientError as error:
            raise CommandError(f"Ce n’est pas une clé publique d’age ({error}) : voir backup --new-key.") from error
        except DatabaseError as error:
            why = str(error).strip()
            raise CommandError(f"La base ne se lit pas en entier, rien n’est gardé : {why}. Lancez doctor.") from error
        except OSError as error:
            raise CommandError(f"La sauvegarde ne peut être écrite, rien n’est gardé : {error}") from error
        gone = writing.rotate(to, keep, path)
        if verbosity:
            self._tell("")
            self.stdout.write(f"Sauvegarde : {path} ({path.stat().st_size} octets) ; anciennes effacées : {len(gone)}.")
        if trial:
            try:
                said = attempt(path, [str(once)] if once else ())
            except Failed as error:
                raise CommandError(str(error)) from error
            if verbosity:
                self.stdout.write(said)
        if self.unread:
            listed = ", ".join(self.unread[:5]) + ("…" if len(self.unread) > 5 else "")
            raise CommandError(f"La sauvegarde est faite, sans {len(self.unread)} fichier(s) illisible(s) : {listed}.")

    def _fault(self, name: str, why: str) -> None:
        if why:
            self.unread.append(f"{name} ({why})")
        else:
            self.stderr.write(f"Le nom de ce fichier n’est pas de l’UTF-8 ; il est sauvegardé tel quel : {name}")

    def _tell(self, line: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{line}", ending="")
            self.stderr.flush()


def _hush(line: str) -> None:
    pass
