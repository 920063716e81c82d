"""Owns where returned messages are read: a file, a folder, the standard input, or a mailbox over IMAP."""

import email
import imaplib
import mailbox
import sys
from email.policy import default
from pathlib import Path
from urllib.parse import unquote, urlsplit


def messages(source, *, delete=False):
    """Yield each message of a source when it is asked for; with `delete`, one that was handled leaves an IMAP mailbox.

    `source` is "-", the path of a message (.eml), of an mbox or of a Maildir, or
    "imaps://user:password@host/INBOX". OSError or imaplib.IMAP4.error when it cannot be read.
    """
    if source == "-":
        yield email.message_from_binary_file(sys.stdin.buffer, policy=default)
    elif "://" in source:
        yield from _over_imap(source, delete)
    elif Path(source).is_dir():
        yield from _parsed(mailbox.Maildir(source, create=False))
    elif Path(source).read_bytes()[:5] == b"From ":
        yield from _parsed(mailbox.mbox(source, create=False))
    else:
        yield email.message_from_bytes(Path(source).read_bytes(), policy=default)


def _parsed(box):
    try:
        for key in box.keys():  # noqa: SIM118  iterating a mailbox gives its messages, parsed by the old policy
            yield email.message_from_bytes(box.get_bytes(key), policy=default)
    finally:
        box.close()


def _over_imap(source, delete):
    parts = urlsplit(source)
    make = imaplib.IMAP4_SSL if parts.scheme == "imaps" else imaplib.IMAP4
    port = parts.port or (993 if parts.scheme == "imaps" else 143)
    with make(parts.hostname or "localhost", port, timeout=30) as server:
        server.login(unquote(parts.username or ""), unquote(parts.password or ""))
        server.select(parts.path.strip("/") or "INBOX", readonly=not delete)
        _answer, [found] = server.search(None, "ALL")
        for number in found.split():
            _answer, data = server.fetch(number, "(BODY.PEEK[])")
            content = next((part[1] for part in data if isinstance(part, tuple)), b"")
            yield email.message_from_bytes(content, policy=default)
            if delete:
                # Only now: what was asked for next has been handled.
                server.store(number, "+FLAGS", "\\Deleted")
        if delete:
            server.expunge()
