"""Proves that nothing brings back what was erased: two requests at once on one mailed link, many times.

    .venv/bin/python bench/races.py [--rounds 200] [--postgresql postgresql://postgres@127.0.0.1:5432/postgres]

Each database is new and dropped afterwards; the requests go through Django's own handler, from two threads. It takes
about two minutes a database, and fails when anything came back or a request failed.
"""

import argparse
import logging
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.delivery import postgresql, sqlite  # noqa: E402

ONE = "--one-database"


def one_database(rounds):
    """Run every race on the database of DATABASE_URL and print a line each; return whether nothing came back."""
    import django

    django.setup()
    # Half of the requests come second: that their link opens nothing any more is what is hoped for.
    logging.disable(logging.WARNING)

    from django.core.management import call_command
    from django.db import connection

    from tests.races import RACES, run

    call_command("migrate", verbosity=0)
    sound = True
    for race in RACES:
        start = time.monotonic()
        back, failed = run(race, rounds)
        sound &= not back and not failed
        took = f"{time.monotonic() - start:.0f} s"
        name = race.__name__.replace("_", " ")
        print(f"{connection.vendor}: {name}, {rounds} times: {back} came back, {failed} failed, {took}", flush=True)
    return sound


def main():
    """Run the races on both databases, each in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    parser.add_argument(ONE, action="store_true", help="for itself")
    arguments = parser.parse_args()
    if arguments.one_database:
        return 0 if one_database(arguments.rounds) else 1
    sound = True
    for database in (sqlite(), postgresql(arguments.postgresql)):
        with database as url:
            environ = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "bonnespratiques.settings",
                "DATABASE_URL": url,
                "SECRET_KEY": secrets.token_urlsafe(60),
                "DEBUG": "true",
                "EMAIL_URL": "memorymail://",
                "NEWSLETTER_SEND_AT_ONCE": "false",
                "PROPOSALS_PER_HOUR": "1000000",
                "ALLOWED_HOSTS": "testserver",
                "STATISTICS": "false",
            }
            command = [sys.executable, __file__, ONE, "--rounds", str(arguments.rounds)]
            sound &= subprocess.run(command, cwd=ROOT, env=environ, check=False, timeout=1800).returncode == 0
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
