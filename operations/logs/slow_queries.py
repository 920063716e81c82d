"""The log of slow queries: what was asked and for how long, never with which values."""

import logging
import time

from django.db.backends.signals import connection_created

logger = logging.getLogger("slow_query")
LONGEST = 1000
"""Characters of a statement that are logged."""


def watch(milliseconds):
    """Have every query that takes at least so long logged, on the connections opened from now on."""

    def timed(execute, sql, params, many, context):
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            taken = 1000 * (time.perf_counter() - began)
            if taken >= milliseconds:
                logger.warning("%.0f ms: %s", taken, " ".join(str(sql).split())[:LONGEST])

    def wrap(connection, **_kwargs):
        connection.execute_wrappers.append(timed)

    connection_created.connect(wrap, weak=False, dispatch_uid="operations.logs.slow_queries")
