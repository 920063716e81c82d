"""Proves that editors who save one practice at the same time lose nothing: `interleaved_saves.py [SAVES] [EDITORS]`.

Fills the database that DATABASE_URL names (an empty one), has every editor post the form of the same practice from a
thread of its own until SAVES are accepted in all, and compares what is there with what was accepted. A form refused
because somebody else saved first is made again from what is there, as a person would.
"""

import os
import re
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "bonnespratiques.settings"

import django

django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.roles import EDITOR  # noqa: E402
from practices.models import Kind, Practice, Revision, Sector, Status, Theme  # noqa: E402

SAVES, EDITORS = (int(one) for one in (sys.argv[1:] + ["1000", "2"][len(sys.argv) - 1 :])[:2])
WORDS_KEPT = 20


def prepare():
    """Make a practice and people; return its address and theirs."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    kind = Kind.objects.create(name="Initiative")
    practice = Practice.objects.create(title="Une pratique", teaser="début", kind=kind, status=Status.DRAFT)
    practice.themes.add(Theme.objects.create(name="Thème"))
    practice.sectors.add(Sector.objects.create(name="Secteur"))
    people = []
    for number in range(EDITORS):
        person = User.objects.create_user(f"personne-{number}", is_staff=True)
        person.groups.add(Group.objects.get(name=EDITOR))
        people.append(person)
    return practice, people


def edit(person, practice, tally):
    """Add one mark after another to the context of the practice, until enough saves were accepted."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    address = f"/admin/practices/practice/{practice.pk}/change/"
    number = 0
    while len(tally["accepted"]) < SAVES:
        page = client.get(address).content.decode()
        text = re.search(r'<textarea name="context_fr"[^>]*>\s*(.*?)</textarea>', page, re.S)[1]
        edition = re.search(r'name="edition" value="(\w+)"', page)[1]
        mark = f"m{person.pk}-{number}"
        words = [*re.sub(r"&lt;/?p&gt;", " ", text).split(), mark]
        counts = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
        answer = client.post(
            address,
            {
                "title_fr": practice.title,
                "slug": practice.slug,
                "teaser_fr": practice.teaser,
                "kind": practice.kind_id,
                "themes": [one.pk for one in practice.themes.all()],
                "sectors": [one.pk for one in practice.sectors.all()],
                "context_fr": " ".join(words),
                "edition": edition,
                **{
                    f"{prefix}-{name}": value
                    for prefix in ("key_figures", "links", "documents")
                    for name, value in counts.items()
                },
            },
        )
        with tally["lock"]:
            if answer.status_code == 302:
                tally["accepted"].append(mark)
                number += 1
            elif answer.status_code == 200:
                tally["refused"] += 1
            else:
                tally["errors"] += 1
    connection.close()


def main():
    """Run, say the figures, and fail when a mark is missing, doubled, or when nobody ever met anybody."""
    practice, people = prepare()
    tally: dict[str, Any] = {"accepted": [], "refused": 0, "errors": 0, "lock": threading.Lock()}
    start = time.monotonic()
    threads = [threading.Thread(target=edit, args=(person, practice, tally)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    there = re.findall(r"m\d+-\d+", Practice.objects.get(pk=practice.pk).context)
    print(
        f"{connection.vendor}: {len(tally['accepted'])} saves accepted, {tally['refused']} refused, "
        f"{tally['errors']} errors, {len(there)} marks there, {Revision.objects.count()} versions, "
        f"{time.monotonic() - start:.0f} s"
    )
    sound = sorted(there) == sorted(tally["accepted"]) and tally["refused"] and not tally["errors"]
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
