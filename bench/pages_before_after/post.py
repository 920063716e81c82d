"""A real SMTP server on the loopback, and the canonical form of what it is handed: the bytes, and the envelope."""

import re
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller

from bench.servers import free_port


class _Handler:
    def __init__(self):
        self.received = []

    async def handle_DATA(self, server, session, envelope):
        self.received.append(envelope)
        return "250 OK"


class Post:
    """The server, for as long as the block; `collect` takes what came since it was last asked."""

    def __enter__(self):
        self.handler = _Handler()
        self.server = Controller(self.handler, hostname="127.0.0.1", port=free_port())
        self.server.start()
        self.port = self.server.port
        return self

    def __exit__(self, *_error):
        self.server.stop()

    def collect(self):
        """The messages, as envelopes, in the order in which they came."""
        received, self.handler.received[:] = self.handler.received[:], []
        return received


def canonical_mail(envelope):
    """The lines of a message as they left, its random names replaced by dots."""
    raw = envelope.content.decode("utf-8", "surrogateescape")
    for boundary in re.findall(r'boundary="([^"]+)"', raw):
        raw = raw.replace(boundary, "•")
    raw = re.sub(r"(?m)^(Message-ID:\s*<)[^@>]+", r"\1•", raw, flags=re.I)
    return [f"MAIL FROM {_unnamed(envelope.mail_from)}", f"RCPT TO {envelope.rcpt_tos}", *_unnamed(raw).split("\r\n")]


def _unnamed(text):
    """A text without the name and the signature of a delivery, which addresses to return to carry."""
    return re.sub(r"\+(bounce|leave)-[0-9a-f]+-[0-9a-f]+@", r"+\1-•@", text)


def link_of(envelope, word):
    """The path of the link in a message whose address has a word in it."""
    body = message_from_bytes(envelope.content, policy=policy.default).get_body(("plain",)).get_content()
    found = re.search(rf"https://[^/\s]+(/\S*{re.escape(word)}/\S+)", body)
    if not found:
        raise LookupError(f"No link to {word} in: {body}")
    return found[1]
