"""Owns the full-size proofs of discretion: scanners change nothing, and nobody can tell a known address from another.

    .venv/bin/python bench/privacy.py [--requests 10000] [--sign-ups 1000]

It works on a new SQLite file, through Django's own handler, and takes about two minutes.
"""

import argparse
import logging
import os
import secrets
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
folder = tempfile.TemporaryDirectory()
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "bonnespratiques.settings",
    "DATABASE_URL": f"sqlite:///{folder.name}/privacy.sqlite3",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "NEWSLETTER_SEND_AT_ONCE": "false",
    "NEWSLETTER_SIGNUPS_PER_HOUR": "1000000",
    "ALLOWED_HOSTS": "testserver",
}

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.core import serializers  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402

from newsletter import tokens  # noqa: E402
from tests.newsletter.conftest import filled  # noqa: E402
from tests.newsletter.makers import ask, make_reader  # noqa: E402


def dump():
    """Everything the database holds, in one text."""
    return "".join(serializers.serialize("json", model._default_manager.all()) for model in apps.get_models())


def scanners(requests):
    """Follow every mailed link with GET, HEAD and OPTIONS; return whether the database stayed the same."""
    reader, asked = make_reader("colette@example.org", frequency="weekly"), ask("nouvelle@example.org")
    preferences = f"/newsletter/preferences/{tokens.make(tokens.PREFERENCES, reader.key)}/"
    links = [
        f"/newsletter/confirmer/{tokens.make(tokens.CONFIRM, asked.key)}/",
        preferences,
        f"{preferences}donnees.json",
        f"/newsletter/desinscription/{tokens.make(tokens.LEAVE, reader.key)}/",
    ]
    client, before, same = Client(), dump(), True
    for link in links:
        for method in islice(cycle(("get", "head", "options")), requests):
            getattr(client, method)(link)
        same &= dump() == before
        name = link.split("/")[2] + (" (données)" if link.endswith("json") else "")
        print(f"{requests} requests on {name}: {'nothing changed' if dump() == before else 'CHANGED'}", flush=True)
    return same


def stopwatch(sign_ups):
    """Sign up known and unknown addresses in turn; return whether bytes and median times are alike."""
    make_reader("connue@example.org")
    client, times, answers = Client(), {"connue": [], "inconnue": []}, set()
    for _round in range(sign_ups):
        for name, spent in times.items():
            started = time.perf_counter()
            answer = client.post("/newsletter/", filled(f"{name}@example.org"))
            spent.append(time.perf_counter() - started)
            answers.add((answer.status_code, answer.headers["Location"], answer.content))
    known, unknown = (1000 * median(spent) for spent in times.values())
    print(f"{sign_ups} sign-ups each: known {known:.2f} ms, unknown {unknown:.2f} ms, {len(answers)} kind of answer")
    return len(answers) == 1 and abs(known - unknown) < 0.05 * unknown


def main():
    """Run both; exit 1 when one fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--sign-ups", type=int, default=1000)
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    kept = [scanners(arguments.requests), stopwatch(arguments.sign_ups)]
    sys.exit(not all(kept))


if __name__ == "__main__":
    main()
