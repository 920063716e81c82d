"""The full-size run of odd requests: no answer is 500 or more, on either database.

    make fuzz ARGS="--requests 100000 --seed 1 --minutes 60"

It works on a new database, which it deletes, through the application that the server runs; DATABASE_URL says on which
server, else it is a SQLite file. It ends with 1 when something was found, and prints how to ask it again.
"""

import argparse
import os
import random
import secrets
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
folder = tempfile.TemporaryDirectory()
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "bonnespratiques.settings",
    "DATABASE_URL": os.environ.get("TEST_DATABASE_URL") or f"sqlite:///{folder.name}/fuzz.sqlite3",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "SITE_URL": "http://testserver",
    "MEDIA_ROOT": f"{folder.name}/media",
    "EMAIL_URL": "memorymail://",
    "NEWSLETTER_SEND_AT_ONCE": "false",
    "NEWSLETTER_SIGNUPS_PER_HOUR": "100000000",
    "PROPOSALS_PER_HOUR": "100000000",
    "API_RATE": "1000000/sec",
}

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402


def main():
    """Run, print the figures, and what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--minutes", type=float, default=60, help="stop after so long, whatever is left")
    asked = parser.parse_args()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    name = f"{folder.name}/fuzz.sqlite3" if connection.vendor == "sqlite" else f"test_fuzz_{os.getpid()}"
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        call_command("load_collection", verbosity=0)
        from bonnespratiques.wsgi import application
        from tests.fuzzing import Fuzzer
        from tests.fuzzing_data import good_arguments

        fuzzer = Fuzzer(random.Random(asked.seed), application, good_arguments())
        began = time.perf_counter()
        outcome = fuzzer.run(asked.requests, lambda: time.perf_counter() - began > 60 * asked.minutes)
        taken = time.perf_counter() - began
    finally:
        connection.creation.destroy_test_db("", verbosity=0)
    count = outcome.statuses.total()
    print(f"{connection.vendor}, seed {asked.seed}: {count} requests in {taken:.0f} s, {count / taken:.0f} a second")
    print(f"{len(fuzzer.routes)} routes, {len(outcome.addresses)} addresses, forms at {len(fuzzer.fields)}")
    print(f"answers: {dict(sorted(outcome.statuses.items()))}")
    for kind, (count, request) in sorted(outcome.findings.items()):
        print(f"FOUND {count} x {kind}\n      {request}")
    print(f"{len(outcome.findings)} findings")
    sys.exit(bool(outcome.findings))


if __name__ == "__main__":
    main()
