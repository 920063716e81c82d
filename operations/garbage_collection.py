"""How often Python looks for reference cycles: seldom in a server, never while many objects are made at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = 10_000
"""New objects between two searches in a server: a page makes a few thousand, none of them in a cycle."""


def search_seldom() -> None:
    """Look for cycles once in a few pages instead of a few times a page, which was a twentieth of its time."""
    gc.set_threshold(SELDOM, *gc.get_threshold()[1:])


@contextmanager
def collector_paused() -> Iterator[None]:
    """Look for no cycle in the block: it would be a fifth of the time of reading or generating a whole catalogue."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
