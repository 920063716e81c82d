"""The full-size proof of delivery: 1,000 messages, two senders, twenty SIGKILL, on SQLite and on a PostgreSQL.

Then the same database meets servers that refuse, drop, hang or take two messages a connection, messages that cannot be
written and a mailbox of returns that nobody can parse.

    .venv/bin/python bench/delivery.py [--postgresql postgresql://postgres@127.0.0.1:5432/postgres]

Each run has a database of its own, dropped afterwards, and prints one line. It takes about a minute a run.
"""

import argparse
import asyncio
import os
import secrets
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.newsletter.servers import Loses, Refuses, TakesTwo
from tests.newsletter.storm import ROOT, Server, storm

FILL = """
from tests.newsletter.makers import make_letter
make_letter(readers={count})
"""
READ = """
from collections import Counter
from newsletter.models import Delivery
print(dict(Counter(Delivery.objects.values_list("state", flat=True))))
print(*Delivery.objects.filter(state="uncertain").values_list("subscriber__email", flat=True))
print(*Delivery.objects.values_list("subscriber__email", flat=True))
"""


DUE = """
from newsletter.models import Delivery
from django.utils import timezone
Delivery.objects.filter(state__in=("queued", "deferred")).update(next_try_at=timezone.now())
"""
FACTS = """
from newsletter.models import Bounce, Delivery, Subscriber
print(Bounce.objects.count(), Subscriber.objects.exclude(state="active").count())
print(*Delivery.objects.exclude(state="sent").values_list("state", flat=True))
"""
READERS = 30
AFRESH = """
from newsletter.models import Delivery, Letter, Subscriber
for model in (Delivery, Letter, Subscriber):
    model.objects.all().delete()
"""
BAD_SERVERS = {
    "550 5.1.8 at RCPT": lambda: Refuses("550 5.1.8 Sender address rejected: Domain not found"),
    "554 5.7.1 at RCPT": lambda: Refuses("554 5.7.1 <%s>: Relay access denied"),
    "550 5.4.5 at RCPT": lambda: Refuses("550 5.4.5 Daily user sending limit exceeded", after=10),
    "550 5.4.5 after DATA": lambda: Refuses("550 5.4.5 Daily user sending limit exceeded", "DATA", after=10),
    "550 5.7.1 after DATA": lambda: Refuses("550 5.7.1 Client host blocked using zen.example.org", "DATA"),
    "drops after DATA": Loses,
    "hangs after DATA": lambda: Loses(seconds=3),
    "421 after two messages": TakesTwo,
}
POISON = """
from django.utils import timezone
from newsletter.models import Letter, Subscriber
from newsletter.models.letters import LetterState
from newsletter.delivery import composition
from newsletter.models import Delivery
from tests.newsletter.makers import make_letter, make_reader
from tests.newsletter.delivery.test_bounces import POISONS, report
import mailbox, sys
make_reader("é@example.org")
for title in ("a\u2028b", "a\u2029b", "a\x85b"):
    letter = make_letter(start=False)
    Letter.objects.filter(pk=letter.pk).update(title=title, title_fr=title)
box = mailbox.Maildir({folder!r})
gone = Delivery.objects.filter(state="sent").first()
for content in POISONS:
    box.add(content)
box.add(report(composition.signed_address("bounce", gone.uid)))
"""


class Site:
    """The commands of a site with a database of its own."""

    def __init__(self, url, when_uncertain):
        self.environ = {
            **os.environ,
            "DATABASE_URL": url,
            "SECRET_KEY": secrets.token_urlsafe(60),
            "NEWSLETTER_PER_MINUTE": "0",
            "NEWSLETTER_WHEN_UNCERTAIN": when_uncertain,
            "BOUNCE_ADDRESS": "retours@example.org",
        }

    def run(self, *words, **environ):
        """Run a command of manage.py; return (its code, what it says)."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environ | environ, capture_output=True, text=True, timeout=300, check=False
        )
        if done.returncode not in (0, 75):
            raise RuntimeError(f"{words} ended with {done.returncode}: {done.stderr[-2000:]}")
        return done.returncode, done.stdout

    def shell(self, code):
        """Run Python within the site; return the lines it prints."""
        return self.run("shell", "--verbosity", "0", "--command", code)[1].splitlines()


def meet(site, name, server):
    """Send a letter through a bad server, twice, then mended, until all has left; print and judge what it left."""
    site.shell(AFRESH + FILL.format(count=READERS))
    with server:
        url = server.url.replace("timeout=10", "timeout=1")
        codes = [site.run("send_newsletter", EMAIL_URL=url)[0] for _run in range(2)]
        server.mend()
        for _run in range(3):
            site.shell(DUE)
            site.run("send_newsletter", EMAIL_URL=url)
    held, states = site.shell(FACTS)[:2]
    copies = [len(ids) for ids in server.ids.values()]
    twice = sum(copies) - len(copies)
    once = len(copies) + len(states.split()) >= READERS and (twice == 0 or isinstance(server, Loses))
    print(
        f"  {name:<24} codes {codes}, addresses {len(copies)}, duplicates {twice}, not sent: {states or 'none'}, "
        f"bounces and blocked readers: {held}",
        flush=True,
    )
    closed = codes == ([0, 0] if isinstance(server, TakesTwo) else [75, 75])
    return once and closed and held == "0 0" and set(states.split()) <= {"uncertain"}


def meet_the_worst(make):
    """Every bad server in turn, each with readers of its own; then messages and a mailbox that nobody can parse."""
    with make() as url, tempfile.TemporaryDirectory() as folder, Server() as server:
        site = Site(url, "resend")
        site.run("migrate", "--verbosity", "0")
        kept = True
        for name, bad in BAD_SERVERS.items():
            kept &= meet(site, name, bad())
        site.shell(AFRESH + FILL.format(count=READERS))
        site.run("send_newsletter", EMAIL_URL=server.url)
        site.shell(POISON.format(folder=f"{folder}/box"))
        code, said = site.run("send_newsletter", EMAIL_URL=server.url)
        copies = {len(set(ids)) for ids in server.ids.values()}
        states = site.shell(FACTS)[1].split()
        read = site.run("read_bounces", f"{folder}/box")[1].strip()
        print(
            f"  poison: code {code}, {said.strip()} letters an address {copies}, not sent {states}; {read}", flush=True
        )
        return kept and copies == {4} and states == ["aside"] * 3 and "définitifs 1" in read


@contextmanager
def sqlite():
    """The address of a new SQLite file."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/delivery.sqlite3"


@contextmanager
def postgresql(url):
    """The address of a new database on the server of `url`."""
    name = f"delivery_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def run(url, when_uncertain, arguments):
    """One storm; print what it left and return whether it kept every promise."""
    site = Site(url, when_uncertain)

    async def slowly(_server, _envelope):
        await asyncio.sleep(0.01)

    site.run("migrate", "--verbosity", "0")
    site.shell(FILL.format(count=arguments.messages))
    with Server(slowly) as server:
        outcome = storm(
            server,
            site.environ,
            expected=arguments.messages,
            senders=arguments.senders,
            kills=arguments.kills,
            seed=arguments.seed,
        )
    counts, doubtful, everybody = site.shell(READ)[:3]
    lost = set(everybody.split()) - set(outcome.ids) - set(doubtful.split())
    print(
        f"{urlsplit(url).scheme:<10} {when_uncertain:<6} kills {outcome.kills}, {outcome.seconds:.0f} s, "
        f"lost {len(lost)}, duplicates {outcome.duplicates}, "
        f"Message-IDs per address {outcome.message_ids_per_address}, {counts}",
        flush=True,
    )
    few = outcome.duplicates <= outcome.kills if when_uncertain == "resend" else outcome.duplicates == 0
    return not lost and few and outcome.message_ids_per_address == 1


def main():
    """Run on each database, in each setting, then without a kill; exit 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", help="a server on which databases can be made")
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--senders", type=int, default=2)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    kept = True
    for make in [sqlite, *([lambda: postgresql(arguments.postgresql)] if arguments.postgresql else [])]:
        for when_uncertain, kills in (("resend", arguments.kills), ("list", arguments.kills), ("list", 0)):
            with make() as url:
                kept &= run(url, when_uncertain, argparse.Namespace(**vars(arguments) | {"kills": kills}))
        kept &= meet_the_worst(make)
    print("Every promise was kept." if kept else "A PROMISE WAS BROKEN.")
    sys.exit(not kept)


if __name__ == "__main__":
    main()
