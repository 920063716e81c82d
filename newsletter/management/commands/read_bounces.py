"""`manage.py read_bounces SOURCE`: reads the messages that came back, and acts on them."""

import email
import imaplib
from collections import Counter

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mail.mailboxes import messages
from mail.setting_aside import Asides
from newsletter.delivery import bounces
from operations.runs import recorded

LABELS = {
    "hard": "définitifs",
    "soft": "passagers",
    "left": "désinscriptions",
    "complaint": "plaintes",
    "ignored": "sans suite",
}

ASIDE = "Messages mis de côté, laissés dans la boîte : {count}. Lisez-les, puis rangez-les ailleurs."


class Command(BaseCommand):
    """For a timer, with a mailbox; or for a mail server, message by message on the standard input."""

    help = "Read bounces and unsubscriptions by mail from a mailbox or a file, and act on them; safe to repeat."

    def add_arguments(self, parser):
        """Declare the source."""
        parser.add_argument(
            "source",
            nargs="?",
            default=settings.BOUNCE_MAILBOX,
            help="an .eml, an mbox, a Maildir, imaps://user:password@host/INBOX, or - for the standard input "
            "(default: BOUNCE_MAILBOX)",
        )
        parser.add_argument("--delete", action="store_true", help="take what was read out of an IMAP mailbox")
        parser.add_argument("--dry-run", action="store_true", help="say what the messages are and do nothing")

    @recorded
    def handle(self, *args, source, delete, dry_run, verbosity, **options):
        """Act on each message, one transaction each, and say how many of each sort there were."""
        if not source:
            raise CommandError("Nommez un fichier ou une boîte, ou réglez BOUNCE_MAILBOX.")
        if not settings.BOUNCE_ADDRESS:
            raise CommandError("Sans BOUNCE_ADDRESS, aucun retour ne peut être rattaché à un envoi.")
        done, asides = Counter(), Asides()
        do = bounces.outcome if dry_run else bounces.act
        try:
            for found in messages(source, delete=delete and not dry_run):
                with asides.trying(found.name):
                    done[do(bounces.read(email.message_from_bytes(found.content)))] += 1
                    found.handled = True
        except (OSError, imaplib.IMAP4.error) as error:
            raise CommandError(f"La boîte ne se lit pas : {error}") from error
        if verbosity:
            told = ", ".join(f"{label} {done[name]}" for name, label in LABELS.items() if done[name])
            self.stdout.write(f"Messages lus : {done.total()}{' – ' if told else ''}{told}.")
        if asides.told:
            self.stderr.write(self.style.WARNING(ASIDE.format(count=len(asides.told))))
            for line in asides.lines():
                self.stderr.write(line)
