"""The log of slow queries: what was asked and for how long, never with which values."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

logger = logging.getLogger("slow_query")
LONGEST = 1000
"""Characters of a statement that are logged."""


def watch(milliseconds: float) -> None:
    """Have every query that takes at least so long logged, on the connections opened from now on."""

    def timed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            taken = 1000 * (time.perf_counter() - began)
            if taken >= milliseconds:
                logger.warning("%.0f ms: %s", taken, " ".join(str(sql).split())[:LONGEST])

    def wrap(connection: BaseDatabaseWrapper, **_kwargs: Any) -> None:
        connection.execute_wrappers.append(timed)

    connection_created.connect(wrap, weak=False, dispatch_uid="operations.logs.slow_queries")
