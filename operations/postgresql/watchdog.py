"""Whether the PostgreSQL server answers: whom a silence is held against, and when the site asks again.

Only the processes that serve pages listen for it (`bonnespratiques.wsgi`): a command may wait as long as it likes.
What visitors are told meanwhile is in `bonnespratiques.outage`, what they can still read in `operations.pagecache`.

A server that is stopped refuses connections at once. One that is frozen, or whose machine is out of reach, says
nothing: its kernel may go on acknowledging packets, so that no option of TCP notices. But a silent server may also be
one that works, on a long query. So a query that has heard nothing for a while has another connection ask; the query
is given up when that one hears nothing either.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.abc import PQGen

SILENCE = 0.9
"""Seconds without a word from the server after which another connection asks whether it lives."""
PATIENCE = 1.0
"""Seconds that this connection is given."""
AGAIN = 0.25
"""Seconds between two questions to a server that is lost."""
LONGEST = 30
"""Seconds of silence that no page is worth, from a server that lives."""

OnSilence: TypeAlias = Callable[[float], object]
"""Called with the seconds without a word from the server; it raises to give the query up."""
R = TypeVar("R")


class Watchdog:
    """Whether the server answers, as this process knows it; `lost` is read by every request and costs nothing.

    No request ever waits for a lost server: a thread of its own asks, and ends with the first answer.
    """

    def __init__(self, alias: str = DEFAULT_DB_ALIAS) -> None:
        self.alias = alias
        self.lost = False
        self._lock = threading.Lock()
        self._asking = False

    def start(self) -> None:
        """Bound the silence of every connection that this process opens from now on (`operations.postgresql`)."""
        watching[self.alias] = self

    def stop(self) -> None:
        """Bound no connection opened from now on."""
        del watching[self.alias]

    def probe(self) -> None:
        """Ask whether the server lives, without waiting for its answer."""
        database = connections[self.alias]
        if database.vendor != "postgresql":
            return
        with self._lock:
            if self._asking:
                return
            self._asking = True
        threading.Thread(
            target=self._ask_until_it_answers, args=[database.get_connection_params()], name="watchdog", daemon=True
        ).start()

    def mark_lost(self) -> None:
        """Take the server for lost, until it answers."""
        self.lost = connections[self.alias].vendor == "postgresql"
        self.probe()

    def on_silence(self, silence: float) -> None:
        """What a query does after each moment without an answer: go on waiting, or raise."""
        if self.lost or silence > LONGEST:
            raise psycopg.OperationalError(f"The server has said nothing for {silence:.1f} s.")
        if silence > SILENCE:
            self.probe()

    def _ask_until_it_answers(self, params: Mapping[str, Any]) -> None:
        try:
            while not self._answers(params):
                time.sleep(AGAIN)
        finally:
            self._asking = False

    def _answers(self, params: Mapping[str, Any]) -> bool:
        late = threading.Timer(PATIENCE, setattr, [self, "lost", True])
        late.start()
        try:
            with psycopg.connect(**params) as server:
                bound(server, give_up)
                server.execute("SELECT 1")
            answers = True
        except psycopg.Error:
            answers = False
        finally:
            late.cancel()
        self.lost = not answers
        return answers


def give_up(silence: float) -> None:
    """Raise when the server has been silent for as long as a question is given."""
    if silence > PATIENCE:
        raise psycopg.OperationalError("The server accepts connections and says nothing.")


def bound(server: Any, silent: OnSilence) -> None:
    """Have a connection of psycopg call `silent` while it waits."""
    wait = server.wait
    server.wait = lambda talk, *args, **options: wait(patient(talk, silent), *args, **options)


def patient(talk: PQGen[R], silent: OnSilence) -> PQGen[R]:
    """Pass on a dialogue of psycopg with the server, calling `silent(seconds)` each time a moment brought nothing.

    A dialogue is a generator that yields what it waits for and is sent what is ready, nothing after each interval
    (`psycopg.waiting`). One that `silent` ends by raising leaves its connection without meaning: psycopg closes it.
    """
    heard = time.monotonic()
    try:
        wanted = next(talk)
        while True:
            ready = yield wanted
            if ready:
                heard = time.monotonic()
            else:
                silent(time.monotonic() - heard)
            wanted = talk.send(ready)
    except StopIteration as end:
        return end.value


watching: dict[str, Watchdog] = {}
"""The watchdogs that are on in this process, by the alias of their database."""
watchdog = Watchdog()
"""The one of the site's database."""
