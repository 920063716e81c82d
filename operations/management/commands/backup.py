"""`manage.py backup`: makes one backup of the database and the uploaded files, and deletes the oldest."""

import sys

import pyrage
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from operations import backups
from operations.runs import recorded

NEW_KEY = """# Clé privée, à garder hors du serveur, en deux endroits : sans elle, rien ne s’ouvre.
# Clé publique : BACKUP_RECIPIENTS={public}
{private}"""


class Command(BaseCommand):
    """For a timer, every night; the site goes on meanwhile."""

    help = "Back up the database and the uploaded files into one file, while the site is up."

    def add_arguments(self, parser):
        """Declare where, for whom, and how many to keep."""
        parser.add_argument("--to", default=settings.BACKUP_DIR, help="the folder, instead of BACKUP_DIR")
        parser.add_argument("--keep", type=int, default=settings.BACKUP_KEEP, help="backups to keep; 0 keeps all")
        parser.add_argument(
            "--recipient", action="append", help="an age public key to encrypt for, instead of BACKUP_RECIPIENTS"
        )
        parser.add_argument("--new-key", action="store_true", help="print a new pair of keys and do nothing else")

    def handle(self, *args, to, keep, recipient, new_key, verbosity, **options):
        """Do it, and say where it is."""
        if new_key:
            pair = pyrage.x25519.Identity.generate()
            self.stdout.write(NEW_KEY.format(public=pair.to_public(), private=pair))
            return
        self._back_up(to, keep, recipient, verbosity)

    @recorded
    def _back_up(self, to, keep, recipient, verbosity):
        try:
            path = backups.backup(to, recipient or settings.BACKUP_RECIPIENTS, self._tell if verbosity else _hush)
        except FileExistsError as error:
            raise CommandError(f"Une autre sauvegarde est en cours ({error.filename}).") from error
        except pyrage.RecipientError as error:
            raise CommandError(f"Ce n’est pas une clé publique d’age ({error}) : voir backup --new-key.") from error
        except OSError as error:
            raise CommandError(f"La sauvegarde ne peut être écrite, rien n’est gardé : {error}") from error
        gone = backups.rotate(to, keep)
        if verbosity:
            self._tell("")
            self.stdout.write(f"Sauvegarde : {path} ({path.stat().st_size} octets) ; anciennes effacées : {len(gone)}.")

    def _tell(self, line):
        if sys.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{line}", ending="")
            self.stderr.flush()


def _hush(line):
    pass
