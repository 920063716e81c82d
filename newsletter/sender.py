"""Owns the work of one sender: claim, write, hand over, settle, until nothing is left or it is told to stop."""

import threading
from collections import Counter

from django.conf import settings
from django.db import OperationalError, connection
from django.utils import timezone

from newsletter import digests, letters, queue
from newsletter.messages import write
from newsletter.models import Letter
from newsletter.processes import name_of_this_sender
from newsletter.transport import Fate, Result, open_transport

PATIENCE = 3
"""Messages in a row that the server lets hang or refuses as too busy, before this run ends."""
WRITES = 5
"""Attempts to record what became of a message; without one that succeeds, it is in doubt."""


class Sender:
    """Sends what is due; several may run at once, on one machine or on many.

    `stop` ends it after the message at hand; `on_message` is called after each message with its fate.
    """

    def __init__(self, *, kinds=None, limit=None, stop=None, on_message=None):
        self.name = name_of_this_sender()
        self.kinds = kinds
        self.limit = limit
        self.stop = stop or threading.Event()
        self.on_message = on_message or (lambda fate: None)
        self.fates = Counter()
        self.unreachable = ""
        self.late: list[Letter] = []

    def run(self):
        """Send until nothing is due; return {fate: number}. What the server said when it was out of reach is kept."""
        queue.recover()
        if self.kinds is None:
            self.late = letters.advance()
            digests.build()
        transport = open_transport()
        try:
            troubles = 0
            while not self.stop.is_set() and troubles < PATIENCE and self.fates.total() != self.limit:
                if not self._wait_for_slot():
                    break
                delivery = queue.claim(self.name, self.kinds)
                if delivery is None:
                    break
                result = self._send(transport, delivery)
                busy = result.fate is Fate.DEFERRED and not result.about_address
                troubles = troubles + 1 if busy or result.fate is Fate.UNKNOWN else 0
                if result.fate is Fate.UNREACHABLE:
                    self.unreachable = result.answer
                    break
        finally:
            transport.close()
        if self.kinds is None:
            letters.finish()
        return self.fates

    def _send(self, transport, delivery):
        mail = write(delivery)
        if mail is None:
            queue.drop(delivery, "")
            return Result(Fate.SENT)
        result = transport.send(mail)
        self._settle(delivery, result)
        self.fates[result.fate] += 1
        self.on_message(result.fate)
        return result

    def _settle(self, delivery, result):
        """Record the result; a database that is busy is asked again."""
        for attempt in range(WRITES):
            try:
                queue.settle(delivery, result)
                if delivery.letter_id and result.fate is not Fate.UNREACHABLE:
                    letters.note_progress(delivery.letter_id)
                if result.fate is Fate.UNREACHABLE or self.fates.total() % 50 == 0:
                    queue.note(answered=result.fate is not Fate.UNREACHABLE)
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
