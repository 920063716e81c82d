"""The way out: one message at a time to the server that EMAIL_URL names, and what is known of it afterwards.

smtplib's own `sendmail` does not say whether a connection was lost before or after the message had been handed over;
that is the whole question here, so the dialogue is led step by step (RFC 5321, 4.5.3.2 and RFC 1047).
"""

import re
import smtplib
import sys
from dataclasses import dataclass
from email.message import Message
from enum import Enum
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.conf import settings

from mail.setting_aside import storable, what

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465, "smtp+ssl": 465}
TIMEOUT = 30
"""Seconds without a word from the server before it is given up."""
LINE_START_DOT = re.compile(rb"(?m)^\.")
NOT_AVAILABLE = 421
"""The server closes the connection (RFC 5321, 3.8)."""
NOT_LET_IN = (530, 534, 535, 538)
"""The server wants another identity of the sender (RFC 4954, 6)."""


class Fate(Enum):
    """What became of a message."""

    SENT = "accepted by the server"
    DEFERRED = "refused for now"
    FAILED = "refused for good"
    UNKNOWN = "handed over, and no answer"
    UNREACHABLE = "no server to hand it to"
    WITHHELD = "refused, perhaps for a reason of ours"
    ASIDE = "cannot be written"


@dataclass(frozen=True)
class Result:
    """A fate, and the server's words."""

    fate: Fate
    answer: str = ""


class Mail(Protocol):
    """A message to one person, as Django's class has it, and the address to which it comes back."""

    to: list[str]
    body: str

    @property
    def return_path(self) -> str:
        """The address that the server writes to when it cannot deliver."""

    def message(self) -> Message:
        """Return the message as Python's own."""

    def send(self) -> int:
        """Hand it to the backend of the settings; return how many were sent."""


def sends_for_real() -> bool:
    """Return whether messages leave this machine at all."""
    return urlsplit(settings.EMAIL_URL).scheme in PORTS


def open_transport() -> "Smtp | Console | Backend":
    """Return the transport that EMAIL_URL names; nothing is connected yet."""
    parts = urlsplit(settings.EMAIL_URL)
    if parts.scheme in PORTS:
        return Smtp(parts)
    return Console() if parts.scheme == "consolemail" else Backend()


class Smtp:
    """One connection to an SMTP server, opened when it is needed, and again after it was lost."""

    def __init__(self, parts: SplitResult) -> None:
        self.parts = parts
        self.timeout = float(parse_qs(parts.query).get("timeout", [TIMEOUT])[0])
        self.server: smtplib.SMTP | None = None

    def send(self, mail: Mail) -> Result:
        """Hand one message over; return its Result. A message that cannot be written raises before a word is said."""
        return self._send(mail, mail.message().as_bytes())

    def _send(self, mail: Mail, content: bytes) -> Result:
        fresh = self.server is None
        try:
            if fresh:
                self._connect()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Result(Fate.UNREACHABLE, words(error))
        try:
            result = self._envelope(mail)
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            if not fresh and isinstance(error, (smtplib.SMTPServerDisconnected, ConnectionError)):
                # The server had closed a connection that was idle: nothing of this message was said on it.
                return self._send(mail, content)
            return Result(Fate.DEFERRED, words(error))
        if result is not None and not fresh and result.answer.startswith(str(NOT_AVAILABLE)):
            # It takes so many messages on one connection and no more: nothing of this one was said either.
            self.close()
            return self._send(mail, content)
        if result is None:
            result = self._content(content)
        if result.fate is not Fate.SENT:
            self._reset(result)
        return result

    def greet(self) -> str:
        """Open the connection and close it; return why the server does not let us in, or ""."""
        try:
            self._connect()
        except (OSError, smtplib.SMTPException) as error:
            return words(error)
        finally:
            self.close()
        return ""

    def _connect(self) -> None:
        """Open the connection; raises OSError or SMTPException when the server does not let us in."""
        parts = self.parts
        secure = parts.scheme in ("smtps", "smtp+ssl")
        make = smtplib.SMTP_SSL if secure else smtplib.SMTP
        self.server = make(parts.hostname or "127.0.0.1", parts.port or PORTS[parts.scheme], timeout=self.timeout)
        self.server.ehlo_or_helo_if_needed()
        if parts.scheme == "smtp+tls":
            self.server.starttls()
            self.server.ehlo()
        if parts.username:
            self.server.login(unquote(parts.username), unquote(parts.password or ""))

    def _envelope(self, mail: Mail) -> Result | None:
        """Say who writes to whom; return the refusal, None when the server agrees."""
        code, answer = self.server.mail(mail.return_path)
        if code != 250:
            return refusal(code, answer, of_sender=True)
        code, answer = self.server.rcpt(mail.to[0])
        return None if code in (250, 251) else refusal(code, answer)

    def _content(self, content: bytes) -> Result:
        """Hand the message over; from its first byte to the server's answer, a lost connection leaves a doubt."""
        handed_over = False
        try:
            code, answer = self.server.docmd("DATA")
            if code == 354:
                if not content.endswith(b"\r\n"):
                    content += b"\r\n"
                handed_over = True
                self.server.send(LINE_START_DOT.sub(b"..", content) + b".\r\n")
                code, answer = self.server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Result(Fate.UNKNOWN if handed_over else Fate.DEFERRED, words(error))
        if code == 250:
            return Result(Fate.SENT, words((code, answer)))
        if code == -1:
            # smtplib's way to say that the line it got was no answer.
            self.close()
            return Result(Fate.UNKNOWN, words((code, answer)))
        return refusal(code, answer)

    def _reset(self, result: Result) -> None:
        """Make the connection ready for the next message, or let it go."""
        if self.server is None:
            return
        if result.answer.startswith(str(NOT_AVAILABLE)):
            self.close()
            return
        try:
            self.server.rset()
        except (OSError, smtplib.SMTPException):
            self.close()

    def close(self) -> None:
        """End the connection, politely if it still is one."""
        if self.server is not None:
            try:
                self.server.quit()
            except (OSError, smtplib.SMTPException):
                self.server.close()
            self.server = None


class Console:
    """Prints what would be sent, readable: for trying the site without a mail server."""

    def send(self, mail: Mail) -> Result:
        """Print the message's headers and its text; return that it was sent."""
        message = mail.message()
        headers = "\n".join(f"{name}: {message[name]}" for name in ("From", "To", "Subject", "Message-ID"))
        sys.stdout.write(f"{'-' * 79}\n{headers}\n\n{mail.body}\n{'-' * 79}\n")
        sys.stdout.flush()
        return Result(Fate.SENT, "console")

    def close(self) -> None:
        """Do nothing: nothing is open."""


class Backend:
    """Django's own backends: a file, memory, nothing."""

    def send(self, mail: Mail) -> Result:
        """Hand the message to the backend; return its Result."""
        try:
            mail.send()
        except OSError as error:
            return Result(Fate.UNREACHABLE, words(error))
        return Result(Fate.SENT)

    def close(self) -> None:
        """Do nothing: nothing is open."""


def refusal(code: int, answer: bytes, *, of_sender: bool = False) -> Result:
    """Return what an SMTP code of 400 or more means; whose fault a refusal is, the answer says (`refusals`).

    A server that refuses who sends before any addressee is named, or asks for a password (RFC 4954), would refuse every
    addressee alike: it is as if there were none, and nothing is lost for anybody.
    """
    if code in NOT_LET_IN or (500 <= code < 600 and of_sender):
        return Result(Fate.UNREACHABLE, words((code, answer)))
    return Result(Fate.FAILED if 500 <= code < 600 else Fate.DEFERRED, words((code, answer)))


def words(said: tuple[int, bytes] | BaseException) -> str:
    """Return an answer (code and text) or an error as one line of at most 500 characters."""
    if isinstance(said, BaseException):
        return what(said)
    code, answer = said
    text = f"{code} {answer.decode('utf-8', 'replace') if isinstance(answer, bytes) else answer}"
    return storable(" ".join(text.split()))[:500]
