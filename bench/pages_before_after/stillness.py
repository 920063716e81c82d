"""What would make two recordings of one commit differ: the clock, which stands, and chance, which repeats."""

import os
import random
import time
import zlib
from datetime import timedelta

import time_machine

START = "2026-11-28T10:00:00Z"

_drawn = random.Random()
_travel = time_machine.travel(START, tick=False)
_clock = None


def hold():
    """Stop the clock and draw every secret from one stream; before Django or any library takes `urandom` by its name.

    `secrets` and `random.SystemRandom` call the one of the module `random`, `uuid` the one of `os`.
    """
    global _clock
    os.urandom = random._urandom = lambda size: _drawn.randbytes(size)
    _clock = _travel.start()


def begin(step):
    """Start the stream anew for a step: what the others draw, more or less than before, changes nothing here."""
    _drawn.seed(step)
    random.seed(zlib.crc32(step.encode()))


def moment():
    """The present moment, as text."""
    return f"{time.time():.0f}"


def wait(**span):
    """Let a time pass, as `timedelta` names it."""
    _clock.shift(timedelta(**span))
