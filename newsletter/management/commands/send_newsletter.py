"""`manage.py send_newsletter`: sends all that is due, resuming where the last run stopped, however it stopped."""

import signal
import sys
import threading

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from mail.transport import Fate
from newsletter import letters
from newsletter.delivery import moments
from newsletter.delivery.sender import Sender
from newsletter.models import Delivery
from operations.runs import recorded

BAR = 40
YES = ("o", "O", "y", "Y")
LABELS = {
    Fate.SENT: pgettext_lazy("of messages", "sent"),
    Fate.DEFERRED: pgettext_lazy("of messages", "put off"),
    Fate.WITHHELD: pgettext_lazy("of messages", "refused, to try again"),
    Fate.FAILED: pgettext_lazy("of messages", "refused"),
    Fate.UNKNOWN: pgettext_lazy("of messages", "doubtful"),
    Fate.ASIDE: pgettext_lazy("of messages", "set aside"),
}


class Command(BaseCommand):
    """For a timer, every minute: it ends when nothing is due. Several may run at once, on several machines."""

    def add_arguments(self, parser):
        """Declare how many messages to send at most."""
        parser.description = _(
            "Send what is due: confirmations, letters, digests; safe to stop, to resume and to run twice at once."
        )
        parser.add_argument(
            "--late", choices=("ask", "send"), default="ask", help=_("what to do with letters more than a day late")
        )
        parser.add_argument("--limit", type=int, default=None, help=_("stop after this many messages"))
        parser.add_argument(
            "--minutes", type=int, default=45, help=_("end after so long, the next run goes on (default: 45)")
        )

    @recorded
    def handle(self, *args, late, limit, minutes, verbosity, **options):
        """Send; SIGTERM and SIGINT end the run after the message at hand."""
        self.stop = threading.Event()
        former = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            moments.mend()
            self._decide_on_late_letters(late)
            self._send(limit, minutes, verbosity)
        finally:
            for number, handler in former.items():
                signal.signal(number, handler)

    def _decide_on_late_letters(self, late):
        """Send what is more than a day late only when told to: here, by a person at a terminal, or by the editors."""
        for letter in letters.advance():
            answer = late == "send"
            if not answer and sys.stdin.isatty():
                asked = _("“%(letter)s” is more than a day late. Send it all the same? [y/N]") % {"letter": letter}
                answer = input(f"{asked} ") in YES
            if answer:
                letters.approve(letter)

    def _stop(self, _number, _frame):
        self.stop.set()

    def _send(self, limit, minutes, verbosity):
        self.done, self.total = 0, Delivery.objects.unsettled().count()
        self.shows_progress = bool(verbosity) and sys.stderr.isatty()
        sender = Sender(limit=limit, seconds=60 * minutes, stop=self.stop, on_message=self._show_progress)
        fates = sender.run()
        if self.shows_progress and self.done:
            self.stderr.write("")
        told = ", ".join(f"{label} {fates[fate]}" for fate, label in LABELS.items() if fates[fate])
        left = Delivery.objects.unsettled().count()
        if verbosity and (told or left):
            counts = {"told": told or pgettext("of messages", "none sent"), "left": left}
            self.stdout.write(_("Messages: %(told)s; left: %(left)s.") % counts)
        for letter in sender.late:
            told = _("“%(letter)s” is more than a day late and waits for a decision: --late send, or the editors.")
            self.stderr.write(self.style.WARNING(told % {"letter": letter}))
        for line in sender.asides.lines():
            self.stderr.write(self.style.WARNING(_("Set aside: %(what)s") % {"what": line}))
        if sender.unreachable:
            told = _(
                "The mail server does not answer, or refuses everything (%(why)s). "
                "Nothing is lost: run this again later."
            )
            raise CommandError(told % {"why": sender.unreachable}, returncode=75)

    def _show_progress(self, _fate):
        self.done += 1
        if self.shows_progress:
            share = min(1, self.done / max(self.total, 1))
            bar = "█" * int(BAR * share)
            self.stderr.write(f"\r{bar:░<{BAR}} {share:4.0%}  {self.done}/{self.total}", ending="")
            self.stderr.flush()
