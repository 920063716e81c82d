"""How many rows are made at once and where: in another process while this one saves, where there are enough.

What a row holds is in `rows`.
"""

import gc
import pickle
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context

ENOUGH_FOR_TWO_PROCESSES = 5000
"""From this number of rows on, a second process saves more time than it takes to start."""

rows = iter(())


def make_batches(size, count, *arguments):
    """Yield the rows of `rows.make_rows(count, *arguments)` in lists of `size`, a list being made ahead at most."""
    if count < ENOUGH_FOR_TWO_PROCESSES:
        from practices.generation.rows import make_rows

        made = make_rows(count, *arguments)
        while batch := list(islice(made, size)):
            yield batch
        return
    # The arguments are read back once Django is set up in the new process, because they come with models.
    initargs = (pickle.dumps((count, *arguments)),)
    with ProcessPoolExecutor(1, get_context("spawn"), _start, initargs) as maker:
        coming = deque([maker.submit(_next, size)])
        while True:
            coming.append(maker.submit(_next, size))
            batch = coming.popleft().result()
            if not batch:
                return
            yield batch


def _start(arguments):
    """Begin, in the process that makes rows: one after the other, since they share one source of chance."""
    import django

    django.setup()
    from practices.generation.rows import make_rows

    gc.disable()
    global rows
    rows = make_rows(*pickle.loads(arguments))  # noqa: S301  from this same program


def _next(size):
    return list(islice(rows, size))
