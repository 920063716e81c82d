"""The work of one sender: claim, write, hand over, settle, until nothing is left or it is told to stop."""

import threading
from collections import Counter
from time import monotonic

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.translation import gettext as _

from mail.processes import name_of_this_sender
from mail.refusals import is_about_one, nameless
from mail.setting_aside import Asides, what
from mail.transport import Fate, Result, open_transport
from newsletter import digests, letters
from newsletter.delivery import moments, queue
from newsletter.delivery.messages import write
from newsletter.models import Delivery, Letter

PATIENCE = 3
"""Messages in a row that the server lets hang or refuses as too busy, before this run ends."""
WRITES = 5
"""Attempts to record what became of a message; without one that succeeds, it is in doubt."""


class Sender:
    """Sends what is due; several may run at once, on one machine or on many.

    `stop` ends it after the message at hand, `seconds` after so long; `on_message` is called after each message with
    its fate. What one message, reader or letter made fail is told in `setting_aside`.
    """

    def __init__(self, *, kinds=None, limit=None, seconds=None, stop=None, on_message=None):
        self.name = name_of_this_sender()
        self.kinds = kinds
        self.limit = limit
        self.until = None if seconds is None else monotonic() + seconds
        self.stop = stop or threading.Event()
        self.on_message = on_message or (lambda fate: None)
        self.fates = Counter()
        self.asides = Asides()
        self.withheld: list[tuple[Delivery, str]] = []
        self.unreachable = ""
        self.late: list[Letter] = []

    def run(self):
        """Send until nothing is due; return {fate: number}. What the server said when it was out of reach is kept."""
        moments.mend()
        queue.recover()
        if self.kinds is None:
            self.late = letters.advance(self.asides)
            digests.build(self.asides)
        transport = open_transport()
        try:
            troubles = 0
            while not self._is_over() and troubles < PATIENCE:
                if not self._wait_for_slot():
                    break
                delivery = queue.claim(self.name, self.kinds)
                if delivery is None:
                    break
                result = self._send(transport, delivery)
                busy = result.fate is Fate.DEFERRED and not is_about_one(result.answer)
                troubles = troubles + 1 if busy or result.fate is Fate.UNKNOWN else 0
                if self._is_away(result, troubles):
                    self.unreachable = nameless(result.answer)
                    queue.note(answered=False, refusal=self.unreachable)
                    break
        finally:
            transport.close()
        if self.kinds is None:
            letters.finish()
        return self.fates

    def _is_over(self):
        late = self.until is not None and monotonic() >= self.until
        return self.stop.is_set() or late or self.fates.total() == self.limit

    def _is_away(self, result, troubles):
        """Whether the server is as good as away: out of reach, or it says the same to one addressee after the other."""
        if result.fate is Fate.WITHHELD:
            return queue.refused_in_a_row(result.answer) >= queue.IN_A_ROW
        return result.fate is Fate.UNREACHABLE or troubles >= PATIENCE

    def _send(self, transport, delivery):
        """Write and send one message; what it makes fail is its own fate, whatever that is."""
        try:
            mail = write(delivery)
            if mail is None:
                queue.drop(delivery, "")
                return Result(Fate.SENT)
            result = transport.send(mail)
        except (OperationalError, InterfaceError) as error:
            # The database's trouble, not the message's: it is tried later.
            result = Result(Fate.DEFERRED, what(error))
        except Exception as error:
            transport.close()
            self.asides.note(_("Delivery %(uid)s") % {"uid": delivery.uid}, error)
            result = Result(Fate.ASIDE, what(error))
        result = queue.judge(delivery, result)
        self._settle(delivery, result)
        self.fates[result.fate] += 1
        if result.fate is Fate.WITHHELD:
            self.withheld.append((delivery, result.answer))
        elif result.fate is Fate.SENT:
            self._believe_refusals()
        self.on_message(result.fate)
        return result

    def _believe_refusals(self):
        """The server takes a message just after it refused others: it refused those, and not us."""
        for delivery, answer in self.withheld:
            if queue.believe(delivery, answer):
                self.fates[Fate.WITHHELD] -= 1
                self.fates[Fate.FAILED] += 1
        self.withheld.clear()

    def _settle(self, delivery, result):
        """Record the result; a database that is busy is asked again."""
        for attempt in range(WRITES):
            try:
                queue.settle(delivery, result)
                if delivery.letter_id and result.fate not in (Fate.UNREACHABLE, Fate.WITHHELD):
                    letters.note_progress(delivery.letter_id)
                if result.fate is Fate.SENT and self.fates[Fate.SENT] % 50 == 0:
                    queue.note(answered=True)
                return
            except OperationalError:
                if attempt == WRITES - 1:
                    raise
                connection.close()
                self.stop.wait(0.2 * 2**attempt)

    def _wait_for_slot(self):
        """Wait for the moment at which a message may leave; False when told to stop meanwhile."""
        slot = queue.reserve_slot()
        wait = (slot - timezone.now()).total_seconds()
        return not self.stop.wait(wait) if wait > 0 else True


lock, wanted = threading.Lock(), threading.Event()


def send_service_messages_soon():
    """Send in a thread of this process what people wait for; what it cannot send is the timer's.

    A thread that is lost with its process loses nothing: the message is in the queue.
    """
    if not settings.NEWSLETTER_SEND_AT_ONCE:
        return
    wanted.set()
    threading.Thread(target=_send_service_messages, name="newsletter", daemon=True).start()


def _send_service_messages():
    while wanted.is_set() and lock.acquire(blocking=False):
        try:
            wanted.clear()
            Sender(kinds=queue.SERVICE, limit=50).run()
        finally:
            lock.release()
            connection.close()
