"""How a duration is measured: many times, as a median and a 95th percentile, in milliseconds."""

from statistics import median
from time import perf_counter


def measure(function, *, seconds=2.0, at_least=3, at_most=400, before=None):
    """Call `function` again and again for some seconds; return {"median", "p95", "times"}, in milliseconds.

    `before` is called, and not measured, before each call.
    """
    durations, end = [], perf_counter() + seconds
    while len(durations) < at_least or (perf_counter() < end and len(durations) < at_most):
        if before:
            before()
        started = perf_counter()
        function()
        durations.append((perf_counter() - started) * 1000)
    durations.sort()
    return {
        "median": median(durations),
        "p95": durations[min(len(durations) - 1, int(len(durations) * 0.95))],
        "times": len(durations),
    }
