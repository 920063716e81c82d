"""The full-size proofs of discretion: scanners change nothing, and nobody can tell a known address from another.

    .venv/bin/python bench/privacy.py [--requests 10000] [--sign-ups 1000]

It works through Django's own handler, on a new SQLite file or on the empty database that DATABASE_URL names, and takes
about two minutes.
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
    "DATABASE_URL": os.environ.get("DATABASE_URL") or f"sqlite:///{folder.name}/privacy.sqlite3",
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
    preferences = f"/newsletter/preferences/{tokens.PREFERENCES.make(reader)}/"
    links = [
        f"/newsletter/confirmer/{tokens.CONFIRM.make(asked)}/",
        preferences,
        f"{preferences}donnees.json",
        f"/newsletter/desinscription/{tokens.LEAVE.make(reader)}/",
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
    """Sign up addresses of every kind in turn; return whether bytes and median times are alike."""
    make_reader("confirmee@example.org")
    make_reader("bloquee@example.org", state="blocked")
    ask("en-attente@example.org")
    client, answers = Client(), set()
    times = {name: [] for name in ("confirmee", "bloquee", "en-attente", "inconnue")}
    for _round in range(sign_ups):
        for name, spent in times.items():
            started = time.perf_counter()
            answer = client.post("/newsletter/", filled(f"{name}@example.org"))
            spent.append(time.perf_counter() - started)
            answers.add((answer.status_code, answer.headers["Location"], answer.content))
    medians = {name: 1000 * median(spent) for name, spent in times.items()}
    told = ", ".join(f"{name} {spent:.2f} ms" for name, spent in medians.items())
    print(f"{sign_ups} sign-ups each: {told}, {len(answers)} kind of answer")
    return len(answers) == 1 and max(medians.values()) < 1.05 * min(medians.values())


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
