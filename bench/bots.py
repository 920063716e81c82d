"""The full-size proof that programs leave the editors' queue readable and fill nobody's mailbox.

    .venv/bin/python bench/bots.py [--posts 5000] [--networks 2500]
    DATABASE_URL=postgresql://… .venv/bin/python bench/bots.py       on an empty database, which it fills

It works on a new SQLite file unless told another database, through Django's own handler, and takes a minute or two; the
suite plays a short version.
"""

import argparse
import logging
import os
import secrets
import sys
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
folder = tempfile.TemporaryDirectory()
os.environ |= {
    "DJANGO_SETTINGS_MODULE": "bonnespratiques.settings",
    "DATABASE_URL": os.environ.get("DATABASE_URL", f"sqlite:///{folder.name}/bots.sqlite3"),
    "MEDIA_ROOT": f"{folder.name}/media",
    "SECRET_KEY": secrets.token_urlsafe(60),
    "NEWSLETTER_SEND_AT_ONCE": "false",
    "NEWSLETTER_PER_MINUTE": "0",
    "EMAIL_URL": "memorymail://",
    "BEHIND_PROXY": "true",
    # Files under their own names, without collecting them.
    "DEBUG": "true",
    "ALLOWED_HOSTS": "testserver",
}

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core import mail  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, reset_queries  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext, setup_test_environment  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.roles import EDITOR  # noqa: E402
from contributions import retention  # noqa: E402
from contributions.models import Proposal  # noqa: E402
from contributions.models.proposals import State  # noqa: E402
from contributions.proposals import writing  # noqa: E402
from newsletter.delivery.sender import Sender  # noqa: E402
from practices.models import Kind  # noqa: E402
from tests.contributions.bots import storm  # noqa: E402
from tests.contributions.makers import make_proposal  # noqa: E402
from tests.factories import make_person, make_term  # noqa: E402


def main():
    """Let the programs in, then look at what the editors and the victims see."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=5000)
    parser.add_argument("--networks", type=int, default=2500)
    asked = parser.parse_args()
    logging.disable(logging.CRITICAL)
    call_command("migrate", verbosity=0)
    setup_test_environment()
    make_term(Kind, "initiative")
    answers = storm(Client(), asked.posts, asked.networks)
    true = make_proposal(state=State.SENT, email="colette@example.org")
    writing.confirm(true)
    told = ", ".join(f"{status}: {number}" for status, number in answers.items() if status != "all")
    print(f"{answers['all']} posts from {asked.networks} networks ({told}); {Proposal.objects.count()} proposals kept")

    held = weigh()
    print(f"files kept, out of the public's reach: {held[0]}, {held[1] / 1000:.0f} kB")

    Sender().run()
    most = Counter(message.to[0] for message in mail.outbox).most_common(1)
    print(f"messages sent: {len(mail.outbox)}; most to one address: {most}")

    editor = Client()
    editor.force_login(make_person("edith", EDITOR), backend=settings.AUTHENTICATION_BACKENDS[-1])
    # The storm filled the log of queries, which counts no further.
    reset_queries()
    with CaptureQueriesContext(connection) as queries:
        page = editor.get("/admin/contributions/proposal/")
    shown = [one.pk for one in page.context["cl"].result_list]
    print(f"the editors' list shows {len(shown)} proposal(s), in {len(queries)} queries")

    retention.prune(timezone.now() + timedelta(days=settings.PROPOSAL_DRAFT_DAYS, minutes=1), dry_run=False)
    left = Proposal.objects.count()
    print(f"after {settings.PROPOSAL_DRAFT_DAYS} days and `prune`: {left} proposal(s)")
    print(f"and {weigh()[0]} files")
    return int(shown != [true.pk] or most[0][1] > 1 or left != 1 or weigh()[0] > 0)


def weigh():
    """How many files there are, and their bytes."""
    sizes = [path.stat().st_size for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    return len(sizes), sum(sizes)


if __name__ == "__main__":
    sys.exit(main())
