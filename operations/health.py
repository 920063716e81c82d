"""How the health of an installation is asked: every part at once, each in its own thread, within a bounded time.

Which parts there are is left to the applications, which call `watch` when Django starts.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass, field
from time import monotonic

from django.db import connections

logger = logging.getLogger(__name__)

SECONDS = 1.5
"""How long an answer waits for the slowest part; supervision may give up after two."""
OK, FAILED, SLOW = "ok", "failed", "no answer"


@dataclass
class Part:
    """Something the site stands on. `look` returns "ok" or the word for what is wrong; raising is "failed".

    A part that is not `vital` is told, but pages are served without it.
    """

    name: str
    look: Callable[[], str]
    vital: bool = True
    answer: Future[str] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self) -> Future[str]:
        """Begin to look, and return the word to come.

        While a former question is unanswered, its answer is returned: a frozen part holds one thread, never more.
        """
        with self.lock:
            if self.answer is None or self.answer.done():
                self.answer = Future()
                # A daemon: a part that never answers must not keep the process from ending.
                threading.Thread(target=self._look, args=[self.answer], name=f"health-{self.name}", daemon=True).start()
            return self.answer

    def _look(self, answer: Future[str]) -> None:
        try:
            word = self.look()
        except Exception as error:
            # The kind of error is enough for the log: its words may hold an address or a password.
            logger.warning("Health of %s: %s", self.name, type(error).__name__)
            word = FAILED
        finally:
            connections.close_all()
        answer.set_result(word)


parts: dict[str, Part] = {}


def watch(name: str, look: Callable[[], str], *, vital: bool = True) -> None:
    """Register a part of the site, as `Part` describes it; one of the same name is replaced."""
    parts[name] = Part(name, look, vital)


def report(strict: bool = False) -> tuple[bool, dict[str, str]]:
    """Ask every part; return (whether the site can serve, {name: "ok" or the word for what is wrong}).

    With `strict`, every part counts as vital.
    """
    until = monotonic() + SECONDS
    asked = {name: part.ask() for name, part in parts.items()}
    words = {}
    for name, answer in asked.items():
        try:
            words[name] = answer.result(timeout=max(0, until - monotonic()))
        except TookTooLong:
            words[name] = SLOW
    serving = all(word == OK for name, word in words.items() if strict or parts[name].vital)
    return serving, words
