"""Owns the full-size proof of delivery: 1,000 messages, two senders, twenty SIGKILL, on SQLite and on a PostgreSQL.

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
    environ = {
        **os.environ,
        "DATABASE_URL": url,
        "SECRET_KEY": secrets.token_urlsafe(60),
        "NEWSLETTER_PER_MINUTE": "0",
        "NEWSLETTER_WHEN_UNCERTAIN": when_uncertain,
    }

    def manage(*words):
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True).stdout

    async def slowly(_server, _envelope):
        await asyncio.sleep(0.01)

    manage("migrate", "--verbosity", "0")
    manage("shell", "--verbosity", "0", "--command", FILL.format(count=arguments.messages))
    with Server(slowly) as server:
        outcome = storm(
            server,
            environ,
            expected=arguments.messages,
            senders=arguments.senders,
            kills=arguments.kills,
            seed=arguments.seed,
        )
    counts, doubtful, everybody = manage("shell", "--verbosity", "0", "--command", READ).split("\n")[:3]
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
    sys.exit(not kept)


if __name__ == "__main__":
    main()
