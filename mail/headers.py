"""Writes the headers of a message as their own rules want them, not as prose.

A structured header (RFC 5322, 2369, 2919, 8058) may hold no encoded word (RFC 2047): mail programs would find no
address in it. Python's own policy encodes whatever does not fit on a line of 78 characters.
"""

import re
from email.header import Header
from email.policy import EmailPolicy
from typing import Any
from urllib.parse import quote, urlsplit

from django.utils.encoding import iri_to_uri, punycode

LINE = 78
"""Characters of a line beyond which a header is folded where it may be (RFC 5322, 2.1.1)."""
PROSE = ("subject",)
"""The headers that people write; the content's own (MIME) are Python's."""
ATOMS = re.compile(r"[\w !#$%&'*+/=?^`{|}~-]*", re.ASCII)


class AsWritten(EmailPolicy):
    """Python's policy for SMTP, but that what is given in ASCII leaves as it is, folded after commas only."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Return the name and the value to keep: what is structured, as it was written.

        Raises ValueError for a line end in it, which would begin another header, and for what is not ASCII.
        """
        if name.lower() in PROSE or name.lower().startswith("content-"):
            return super().header_store_parse(name, value)
        if not value.isascii() or not value.replace("\r\n ", "").isprintable():
            raise ValueError(f"The header {name} holds what none may hold.")
        return name, value

    def fold(self, name: str, value: Any) -> str:
        """Return the header as text, its line ends included."""
        return super().fold(name, value) if hasattr(value, "name") else self._whole(name, value)

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the header as bytes, its line ends included."""
        return super().fold_binary(name, value) if hasattr(value, "name") else self._whole(name, value).encode()

    def _whole(self, name: str, value: str) -> str:
        line = f"{name}: {value}"
        if len(line) > LINE and "\r\n" not in value and '"' not in value:
            line = line.replace(", ", f",{self.linesep} ")
        return line + self.linesep


HEADERS_AS_WRITTEN = AsWritten(linesep="\r\n")


def named_address(name: str, address: str) -> str:
    """Return an address with a name before it (RFC 5322, 3.4), whatever its letters; folded between encoded words."""
    if name.isascii():
        shown = name if ATOMS.fullmatch(name) else '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    else:
        shown = Header(name, "utf-8", header_name="From").encode(linesep="\r\n")
    return f"{shown} <{ascii_address(address)}>" if shown else ascii_address(address)


def ascii_address(address: str) -> str:
    """Return an address with its domain in ASCII (RFC 5891); UnicodeError where the domain has no such form."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{punycode(domain)}"


def ascii_url(url: str) -> str:
    """Return a web address in ASCII: its host as the domain name system has it, the rest percent-encoded (RFC 3987)."""
    parts = urlsplit(url)
    return iri_to_uri(parts._replace(netloc=punycode(parts.netloc)).geturl())


def host_of(url: str) -> str:
    """Return the host of a web address in ASCII, for identifiers of messages and lists; "localhost" without one."""
    return punycode(urlsplit(url).hostname or "localhost")


def mailto(address: str) -> str:
    """Return the link that writes to an address (RFC 6068)."""
    return f"mailto:{quote(ascii_address(address), safe='@+-._~')}"
