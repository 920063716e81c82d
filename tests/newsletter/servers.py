"""The servers that treat messages badly, until they are mended: real ones, on the loopback."""

import asyncio

from tests.newsletter.storm import Server


class Refuses(Server):
    """Says one thing to all, at RCPT or after DATA, once it has taken so many messages; nothing when it is mended.

    `%s` in what it says stands for the addressee.
    """

    def __init__(self, said, command="RCPT", after=0):
        super().__init__(self.after_data)
        self.said, self.command, self.after, self.asked = said, command, after, []

    def mend(self):
        """Take everything from now on."""
        self.said = ""

    def answered(self, address):
        """What it says to an addressee, or None."""
        self.asked.append(address)
        return self.said.replace("%s", address) if self.said and len(self.received) >= self.after else None

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = self.answered(address) if self.command == "RCPT" else None
        if said is None:
            envelope.rcpt_tos.append(address)
        return said or "250 OK"

    async def after_data(self, server, envelope):
        """Refuse the content, where that is the way it is."""
        return self.answered(envelope.rcpt_tos[0]) if self.command == "DATA" else None


class Loses(Server):
    """Takes a message after DATA and gives no answer: it drops the connection, or hangs for `seconds`."""

    def __init__(self, seconds=0):
        super().__init__(self.after_data)
        self.seconds, self.bad = seconds, True

    def mend(self):
        """Answer from now on."""
        self.bad = False

    async def after_data(self, server, envelope):
        """Leave the sender without an answer."""
        if self.bad and self.seconds:
            await asyncio.sleep(self.seconds)
        elif self.bad:
            server.transport.abort()


class TakesTwo(Server):
    """Takes two messages on a connection, then says 421 until there is a new one."""

    def mend(self):
        """Nothing is wrong with it."""

    async def handle_MAIL(self, server, session, envelope, address, options):
        session.count = getattr(session, "count", 0) + 1
        if session.count > 2:
            return "421 4.7.0 too many messages on this connection"
        envelope.mail_from = address
        return "250 OK"
