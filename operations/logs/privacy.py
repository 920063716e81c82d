"""What of people and of secrets never leaves the process, in a log or a report of errors: it becomes "…".

Links signed for one person, e-mail addresses, network addresses, passwords in the address of a server, and what follows
the "?" of an address on the site: a search may name somebody.
"""

import re
from typing import Any

from django.conf import settings

SIGNED = re.compile(r"[\w.:=-]*[.:][A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")
"""What Django's signers make: a value, a time and a hash of 32 bytes."""
PASSWORD = re.compile(r"(\w://)[^/\s@]+@")
MAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*", re.ASCII)
IPV4 = re.compile(r"(?<![\d.])(?!127\.0\.0\.1)\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
HEX = "[0-9a-fA-F]{1,4}"
IPV6 = re.compile(
    rf"(?<![\w:])(?:(?:{HEX}:){{7}}{HEX}|{HEX}(?::{HEX}){{0,6}}::(?:{HEX}(?::{HEX}){{0,6}})?|::{HEX}(?::{HEX}){{0,6}})(?![\w:])"
)
QUERY = re.compile(r"(/[^\s?\"']*\?)[^\s\"']+")


def scrubbed(text: str) -> str:
    """Return a text with "…" in the place of whatever is personal or secret."""
    text = text.replace(settings.SECRET_KEY, "…")
    text = PASSWORD.sub(r"\1…@", text)
    for pattern in (SIGNED, MAIL, IPV4, IPV6):
        text = pattern.sub("…", text)
    return QUERY.sub(r"\1…", text)


def scrubbed_all(data: Any) -> Any:
    """Return the same structure of dicts and lists with every text in it scrubbed, and every tuple a list."""
    if isinstance(data, dict):
        return {key: scrubbed_all(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [scrubbed_all(value) for value in data]
    return scrubbed(data) if isinstance(data, str) else data
