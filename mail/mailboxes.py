"""Where returned messages are read: a file, a folder, the standard input, or a mailbox over IMAP."""

import imaplib
import mailbox
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.utils.translation import gettext as _


@dataclass
class Found:
    """One message of a source: what names it there, its bytes, and whether it was `handled` and may go."""

    name: str
    content: bytes
    handled: bool = False


def messages(source: str, *, delete: bool = False) -> Iterator[Found]:
    """Yield each message of a source as Found; with `delete`, one that was handled leaves an IMAP mailbox.

    `source` is "-", the path of a message (.eml), of an mbox or of a Maildir, or
    "imaps://user:password@host/INBOX". Raises OSError or imaplib.IMAP4.error when it cannot be read.
    """
    if source == "-":
        yield Found(_("Message received"), sys.stdin.buffer.read())
    elif "://" in source:
        yield from _over_imap(source, delete)
    elif Path(source).is_dir():
        yield from _kept(mailbox.Maildir(source, create=False))
    elif Path(source).read_bytes()[:5] == b"From ":
        yield from _kept(mailbox.mbox(source, create=False))
    else:
        yield Found(_("Message %(name)s") % {"name": Path(source).name}, Path(source).read_bytes())


def _kept(box: mailbox.Mailbox) -> Iterator[Found]:
    try:
        for key in box.keys():  # noqa: SIM118  iterating a mailbox gives its messages, parsed
            try:
                content = box.get_bytes(key)
            except (KeyError, FileNotFoundError):
                # Another program has taken it away meanwhile.
                continue
            yield Found(_("Message %(name)s") % {"name": key}, content)
    finally:
        box.close()


def _over_imap(source: str, delete: bool) -> Iterator[Found]:
    parts = urlsplit(source)
    make = imaplib.IMAP4_SSL if parts.scheme == "imaps" else imaplib.IMAP4
    port = parts.port or (993 if parts.scheme == "imaps" else 143)
    with make(parts.hostname or "localhost", port, timeout=30) as server:
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        server.select(parts.path.strip("/") or "INBOX", readonly=not delete)
        _answer, [listed] = server.search(None, "ALL")
        for number in (listed or b"").decode().split():
            _answer, data = server.fetch(number, "(BODY.PEEK[])")
            content = next((part[1] for part in data if isinstance(part, tuple)), None)
            if content is None:
                # The server could not give it: it stays.
                continue
            found = Found(_("Message %(number)s of the mailbox") % {"number": number}, content)
            yield found
            if delete and found.handled:
                # Only now: what was asked for next has been handled.
                server.store(number, "+FLAGS", "\\Deleted")
        if delete:
            server.expunge()
