"""How a web address is asked whether it still answers: politely, within bounds, and never inside this network.

One request at a time, some time between two to the same host, robots.txt obeyed (RFC 9309), no body read. What an
answer means for a link is in `models.links`.
"""

import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from django.utils.encoding import iri_to_uri

REDIRECTS = 5
ROBOTS_BYTES = 64 << 10
LONGEST_DELAY = 10
"""Seconds between two requests that a robots.txt may ask for."""
NAT64 = ip_network("64:ff9b::/96")
PUBLIC_IPV6 = ip_network("2000::/3")
"""Where all public addresses are (RFC 4291, 2.4): site-local, IPv4-compatible and local NAT64 ones are elsewhere."""
NOT_ROUTED = (ip_network("3fff::/20"), ip_network("192.88.99.0/24"))
"""Documentation (RFC 9637) and the former 6to4 relays (RFC 7526), which Python takes for public."""
NOT_AN_ADDRESS = "not a web address"
NO_ROBOTS = "User-agent: *\nDisallow: /"
UNDECIDED = {401, 402, 403, 405, 406, 407, 408, 418, 421, 423, 425, 429, 451, 503, 999}
"""Answers that tell robots to go away, or to come back: a person may well read the page."""


@dataclass(frozen=True)
class Outcome:
    """What asking told: whether the address works (None: one cannot tell), the status if there was one, and why."""

    works: bool | None
    status: int | None = None
    reason: str = ""


class Unreachable(Exception):
    """The address could not be asked; the message says why, for editors."""


@dataclass
class Pace:
    """When each host may be asked again; `sleep` and `clock` are those of the time module."""

    delay: float = 1.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    next: dict = field(default_factory=dict)
    delays: dict = field(default_factory=dict)

    def due(self, host):
        """The moment, on the clock, from which a host may be asked."""
        return self.next.get(host, 0)

    @contextmanager
    def turn(self, host):
        """Wait until a host may be asked; once it was, leave it alone for a while."""
        wait = self.due(host) - self.clock()
        if wait > 0:
            self.sleep(wait)
        try:
            yield
        finally:
            self.next[host] = self.clock() + max(self.delay, self.delays.get(host, 0))


@dataclass
class Fetcher:
    """Asks addresses under the name `agent`; it remembers the robots.txt of each host for as long as it lives."""

    agent: str
    pace: Pace = field(default_factory=Pace)
    timeout: float = 10.0
    allow_private: bool = False
    robots: dict = field(default_factory=dict)

    def look(self, url):
        """Ask an address, and those it redirects to; return an Outcome, whatever happens."""
        try:
            for _hop in range(REDIRECTS + 1):
                url = iri_to_uri(url)
                if not self._allowed(url):
                    return Outcome(None, None, "robots.txt")
                status, location = self._ask("HEAD", url)
                if status >= 400:
                    # Many servers have never heard of HEAD.
                    status, location = self._ask("GET", url)
                if status not in (301, 302, 303, 307, 308) or not location:
                    works = None if status in UNDECIDED else status < 400
                    return Outcome(works, status)
                url = urljoin(url, location)
            return Outcome(False, status, "too many redirects")
        except Unreachable as error:
            return Outcome(False, None, str(error))
        except ValueError:  # from urlsplit
            return Outcome(False, None, NOT_AN_ADDRESS)

    def _ask(self, method, url):
        """Return the status and the Location of an answer."""
        with self._answer(method, url) as answer:
            return answer.status, answer.headers.get("Location", "")

    def _allowed(self, url):
        """Whether the robots.txt of a host lets this agent ask for an address."""
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self.robots:
            rules = RobotFileParser()
            with self._answer("GET", f"{origin}/robots.txt") as answer:
                text = answer.read(ROBOTS_BYTES).decode("utf-8", "replace") if answer.status == 200 else ""
                # A server in trouble is to be taken as one that says no.
                rules.parse((text if answer.status < 500 else NO_ROBOTS).splitlines())
            self.robots[origin] = rules
            self.pace.delays[parts.hostname] = min(float(rules.crawl_delay(self.agent) or 0), LONGEST_DELAY)
        return self.robots[origin].can_fetch(self.agent, url)

    @contextmanager
    def _answer(self, method, url):
        """Connect to an address that was looked at first, and give the answer; never longer than twice the timeout."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unreachable(NOT_AN_ADDRESS)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        kind, secure = (HTTPSConnection, True) if parts.scheme == "https" else (HTTPConnection, False)
        with self.pace.turn(parts.hostname), ExitStack() as open_things:
            try:
                wire = open_things.enter_context(self._connect(parts.hostname, port))
                if secure:
                    context = ssl.create_default_context()
                    wire = open_things.enter_context(
                        context.wrap_socket(wire, server_hostname=parts.hostname, do_handshake_on_connect=False)
                    )
                # A server that sends a byte from time to time never meets the timeout of a socket.
                late = threading.Event()
                watchdog = threading.Timer(2 * self.timeout, _hang_up, [wire, late])
                watchdog.daemon = True
                watchdog.start()
                open_things.callback(watchdog.cancel)
                if secure:
                    wire.do_handshake()
                connection = kind(parts.hostname, port)
                connection.sock = wire
                target = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
                connection.request(method, target, headers={"User-Agent": self.agent, "Connection": "close"})
                answer = open_things.enter_context(connection.getresponse())
                if late.is_set():
                    raise TimeoutError
                yield answer
            except (OSError, HTTPException, UnicodeError, ValueError) as error:
                raise Unreachable(_reason(error)) from error

    def _connect(self, host, port):
        """A socket to a host, at the very address that was found to be a public one."""
        failure = None
        for family, kind, protocol, _name, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            if not (self.allow_private or is_public(address[0])):
                raise Unreachable("private address")
            raw = socket.socket(family, kind, protocol)
            raw.settimeout(self.timeout)
            try:
                raw.connect(address)
            except OSError as error:
                raw.close()
                failure = error
            else:
                return raw
        raise failure or OSError("no address")


def is_public(address):
    """Whether an IP address, as a string, is one of the public network, whatever it is wrapped in (RFC 6890, 6052)."""
    one = ip_address(address.partition("%")[0])
    if isinstance(one, IPv6Address):
        inner = one.ipv4_mapped or one.sixtofour or (one.teredo and one.teredo[1])
        if one in NAT64:
            inner = IPv4Address(int(one) & 0xFFFFFFFF)
        if inner:
            return is_public(str(inner))
        if one not in PUBLIC_IPV6:
            return False
    return one.is_global and not one.is_multicast and not any(one in network for network in NOT_ROUTED)


def host_of(url):
    """The name of the host of an address, or "" where it is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _hang_up(wire, late):
    late.set()
    try:
        # Not the method of a socket with TLS, which would wait for a last word.
        socket.socket.shutdown(wire, socket.SHUT_RDWR)
    except OSError:  # it has just ended by itself
        return


def _reason(error):
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate refused"
    if isinstance(error, socket.gaierror):
        return "no such host"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return (str(error) or type(error).__name__)[:200]
