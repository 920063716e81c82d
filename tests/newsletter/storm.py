"""The storm: many deliveries, several senders killed at random, a real SMTP server on the loopback that counts.

Used small by the tests and whole by `bench/delivery.py`.
"""

import os
import random
import subprocess
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller

ROOT = Path(__file__).resolve().parent.parent.parent
SENDER = [sys.executable, "manage.py", "send_newsletter", "--verbosity", "0"]


class Server:
    """Accepts mail on a port of its own; `answer(envelope)` may return something else than acceptance, or wait."""

    def __init__(self, answer=None, **options):
        self.answer = answer
        self.received = []
        self.controller = Controller(self, hostname="127.0.0.1", port=0, **options)

    async def handle_DATA(self, server, session, envelope):
        message_id = next(line for line in envelope.content.splitlines() if line.lower().startswith(b"message-id:"))
        said = await self.answer(server, envelope) if self.answer else None
        if said is None or said.startswith("250"):
            self.received.append((envelope.rcpt_tos[0], message_id.decode().split(":")[1].strip()))
        return said or "250 OK"

    def __enter__(self):
        # aiosmtpd connects to the port it was given to see that it answers; with 0 it would look for that one.
        import socket

        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.controller.port = free.getsockname()[1]
        self.controller.start()
        return self

    def __exit__(self, *error):
        self.controller.stop(no_assert=True)

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.controller.port}?timeout=10"

    @property
    def ids(self):
        """The Message-IDs received, by address."""
        found = defaultdict(list)
        for address, message_id in self.received:
            found[address].append(message_id)
        return found


@dataclass
class Outcome:
    """What a storm left: copies received, by address, and the senders' exit codes."""

    kills: int
    seconds: float
    ids: dict
    codes: Counter = field(default_factory=Counter)

    @property
    def duplicates(self):
        """Copies beyond the first, of all addresses together."""
        return sum(len(copies) - 1 for copies in self.ids.values())

    @property
    def message_ids_per_address(self):
        """How many different Message-IDs an address has received, at most."""
        return max(len(set(copies)) for copies in self.ids.values())


def storm(server, environ, *, expected, senders, kills, seed, patience=300):
    """Send with `senders` processes, kill one with SIGKILL whenever a random number of messages has arrived.

    A killed sender is started again at once. Ends when all senders have ended by themselves; TimeoutError after
    `patience` seconds.
    """
    chance = random.Random(seed)
    thresholds = sorted(chance.sample(range(expected // 20, expected - expected // 20), kills))
    # pytest names the settings of the tests in the environment; the command runs under the site's own.
    environ = {**os.environ, **environ, "EMAIL_URL": server.url, "DJANGO_SETTINGS_MODULE": "bonnespratiques.settings"}
    started = time.perf_counter()
    running, codes, killed = [_sender(environ) for _each in range(senders)], Counter(), 0
    try:
        while running:
            if time.perf_counter() - started > patience:
                raise TimeoutError(f"{len(server.received)} messages in {patience} s")
            if thresholds and len(server.received) >= thresholds[0]:
                thresholds.pop(0)
                # Somewhere in the dialogue with the server, or in the transaction that records its answer.
                time.sleep(chance.random() * 0.02)
                victim = chance.choice(running)
                running.remove(victim)
                victim.kill()
                codes[victim.wait()] += 1
                killed += 1
                running.append(_sender(environ))
            for sender in [one for one in running if one.poll() is not None]:
                running.remove(sender)
                codes[sender.returncode] += 1
                if sender.returncode:
                    raise RuntimeError(f"A sender ended with {sender.returncode}.")
                if thresholds:
                    running.append(_sender(environ))
            time.sleep(0.002)
        # What the last one killed had in hand is settled by the next run of the timer.
        last = _sender(environ)
        codes[last.wait(patience)] += 1
    finally:
        for sender in running:
            sender.kill()
            sender.wait()
    return Outcome(killed, time.perf_counter() - started, dict(server.ids), codes)


def _sender(environ):
    return subprocess.Popen(SENDER, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
