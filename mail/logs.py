"""What the logs may not keep: the signed words of mailed links, which open somebody's page."""

import logging
import re

MAILED = re.compile(
    r"(/newsletter/(?:confirmer|preferences|desinscription)/|/proposer/(?:brouillon|suivi|mise-a-jour)/)[^/\s]+"
)


class HideTokens(logging.Filter):
    """Puts "…" in place of the word in each link of a log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Write the line without the words; return True: every line is kept."""
        line = record.getMessage()
        if "/newsletter/" in line or "/proposer/" in line:
            record.msg, record.args = MAILED.sub(r"\1…", line), ()
        return True
