"""The form of log lines, key=value or JSON: one a line, with the request it is about, without personal data.

What is personal is known by `privacy`, which request is being answered by `requests`.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from operations.logs.privacy import scrubbed
from operations.logs.requests import current_request


class _Fields(logging.Formatter):
    """What a line says, without personal data; its form is left to the classes below."""

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        """Return the parts of a line by name, in order; those that are empty are left out.

        A request that was refused (4xx) is one line: where in the code it was refused helps nobody, and anybody could
        fill the journal with that.
        """
        status = getattr(record, "status_code", None)
        refused = isinstance(status, int) and 400 <= status < 500
        found = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request": current_request(),
            "status": status,
            "message": scrubbed(record.getMessage()),
            "error": scrubbed(self.formatException(record.exc_info)) if record.exc_info and not refused else None,
        }
        return {name: value for name, value in found.items() if value not in (None, "")}


class Json(_Fields):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return json.dumps(self.fields(record), ensure_ascii=False)


class KeyValue(_Fields):
    """Time, level and logger, then key=value, for people and for grep; a traceback follows, indented."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, and those of a traceback."""
        found = self.fields(record)
        error = found.pop("error", "")
        start = " ".join(found.pop(name) for name in ("time", "level", "logger"))
        rest = " ".join(f"{name}={_quoted(value)}" for name, value in found.items())
        trace = "".join(f"\n    {line}" for line in error.splitlines())
        return f"{start} {rest}{trace}"


def _quoted(value: object) -> str:
    text = str(value)
    return text if text and text.isprintable() and not set(' "=') & set(text) else json.dumps(text, ensure_ascii=False)
