"""A writing that goes on in a thread of its own while whoever asked for it is told how far it is.

The writing is one transaction, which a connection and so a thread must hold to the end; a server may take the pieces of
an answer from several. It goes on when the reader leaves: all is written, or nothing.
"""

from queue import Empty, SimpleQueue
from threading import Thread

from django.db import connections
from django.utils import translation

NAME = "writing"
BEAT = 5.0
"""Seconds without news after which the last one is told again, so that no proxy takes the answer for dead."""


def told(write, beat=BEAT):
    """Yield the share that `write(progress)` has done, then 1.0 when it has returned; raise what it raises."""
    news: SimpleQueue[float | Exception] = SimpleQueue()
    args = write, news, translation.get_language()
    Thread(target=_run, args=args, daemon=True, name=NAME).start()
    share: float | Exception = 0.0
    while share != 1.0:
        yield share
        try:
            share = news.get(timeout=beat)
        except Empty:
            continue
        if isinstance(share, Exception):
            raise share
    yield share


def _run(write, news, language):
    try:
        with translation.override(language):
            # The last share is told once everything is committed.
            write(lambda share: news.put(min(share, 0.99)))
    except Exception as error:
        news.put(error)
    else:
        news.put(1.0)
    finally:
        connections.close_all()
