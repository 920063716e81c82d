"""`manage.py read_bounces SOURCE`: reads the messages that came back, and acts on them."""

import email
import imaplib
from collections import Counter

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from mail.mailboxes import messages
from mail.setting_aside import Asides
from newsletter.delivery import bounces
from operations.runs import recorded

LABELS = {
    "hard": pgettext_lazy("of messages that came back", "lasting"),
    "soft": pgettext_lazy("of messages that came back", "passing"),
    "left": pgettext_lazy("of messages that came back", "unsubscriptions"),
    "complaint": pgettext_lazy("of messages that came back", "complaints"),
    "ignored": pgettext_lazy("of messages that came back", "ignored"),
}


class Command(BaseCommand):
    """For a timer, with a mailbox; or for a mail server, message by message on the standard input."""

    def add_arguments(self, parser):
        """Declare the source."""
        parser.description = _(
            "Read bounces and unsubscriptions by mail from a mailbox or a file, and act on them; safe to repeat."
        )
        parser.add_argument(
            "source",
            nargs="?",
            default=settings.BOUNCE_MAILBOX,
            help=_(
                "an .eml, an mbox, a Maildir, imaps://user:password@host/INBOX, or - for the standard input "
                "(default: BOUNCE_MAILBOX)"
            ),
        )
        parser.add_argument("--delete", action="store_true", help=_("take what was read out of an IMAP mailbox"))
        parser.add_argument("--dry-run", action="store_true", help=_("say what the messages are and do nothing"))

    @recorded
    def handle(self, *args, source, delete, dry_run, verbosity, **options):
        """Act on each message, one transaction each, and say how many of each sort there were."""
        if not source:
            raise CommandError(_("Name a file or a mailbox, or set BOUNCE_MAILBOX."))
        if not settings.BOUNCE_ADDRESS:
            raise CommandError(_("Without BOUNCE_ADDRESS, no bounce can be tied to a delivery."))
        done, asides = Counter(), Asides()
        do = bounces.outcome if dry_run else bounces.act
        try:
            for found in messages(source, delete=delete and not dry_run):
                with asides.trying(found.name):
                    done[do(bounces.read(email.message_from_bytes(found.content)))] += 1
                    found.handled = True
        except (OSError, imaplib.IMAP4.error) as error:
            raise CommandError(_("The mailbox cannot be read: %(error)s") % {"error": error}) from error
        if verbosity:
            told = ", ".join(f"{label} {done[name]}" for name, label in LABELS.items() if done[name])
            read = _("Messages read: %(count)s") % {"count": done.total()}
            self.stdout.write(f"{read}{' – ' if told else ''}{told}.")
        if asides.told:
            told = _("Messages set aside, left in the mailbox: %(count)s. Read them, then put them elsewhere.")
            self.stderr.write(self.style.WARNING(told % {"count": len(asides.told)}))
            for line in asides.lines():
                self.stderr.write(line)
