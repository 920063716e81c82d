"""Measures and proves an import of many rows: `importing.py [ROWS] [KILLS]`.

Fills the database that DATABASE_URL names (an empty one), exports it by the back office, empties it, imports the file
through the screens, imports it again, then kills (`kill -9`) as many writers in the middle, each at another moment.
Prints seconds and memory, and fails when a request keeps its reader waiting longer than TIME_OUT, when the second
import finds a change, when a file exported again differs, or when a killed writer leaves anything.
"""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "bonnespratiques.settings"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import Group, User  # noqa: E402
from django.core.files.uploadedfile import SimpleUploadedFile  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from accounts.roles import EDITOR  # noqa: E402
from practices.importing import jobs  # noqa: E402
from practices.index import catalogue_version  # noqa: E402
from practices.models import Organisation, Practice, Revision  # noqa: E402
from practices.models.imports import ImportJob, Stage  # noqa: E402

ROWS, KILLS = (int(one) for one in (sys.argv[1:] + ["10000", "5"][len(sys.argv) - 1 :])[:2])
TIME_OUT = 25.0
"""Seconds without a byte, under what servers and proxies wait for: nginx 60 of its own accord, others 30."""
DESK = "/admin/practices/practice/"
FINISH = "import sys; from bench.importing import finish; finish(int(sys.argv[1]))"


def finish(pk):
    """Write one import, in a process that may be killed."""
    print("writing", flush=True)
    jobs.finish(ImportJob.objects.get(pk=pk))


def editor():
    """An account that may import, with nothing else to prove."""
    person = User.objects.create_user("bench", is_staff=True)
    person.groups.add(Group.objects.get(name=EDITOR))
    return person


class Desk:
    """An editor at the screens of the back office; `longest` is the longest time without a byte."""

    def __init__(self, by):
        self.client = Client(headers={"host": "127.0.0.1"})
        self.client.force_login(by)
        self.longest = {}

    def ask(self, screen, method, path, *args):
        """Ask for a page and read it whole, piece by piece."""
        began = time.monotonic()
        answer = getattr(self.client, method)(f"{DESK}{path}", *args)
        pieces = []
        for piece in answer.streaming_content if answer.streaming else [answer.content]:
            self.longest[screen] = max(self.longest.get(screen, 0.0), time.monotonic() - began)
            began = time.monotonic()
            pieces.append(piece)
        if answer.status_code not in (200, 302):
            raise SystemExit(f"{path}: {answer.status_code}")
        return b"".join(pieces)

    def compare(self, data):
        """Take a file up to its comparison, and look at it."""
        self.ask("file", "post", "importer/", {"file": SimpleUploadedFile("bench.csv", data)})
        job = ImportJob.objects.latest("pk")
        self.ask("columns", "post", f"importer/{job.pk}/colonnes/", {f"c{at}": one for one, at in job.mapping.items()})
        while job.stage != Stage.READY:
            self.ask("comparing", "post", f"importer/{job.pk}/avancer/")
            job.refresh_from_db()
        self.ask("compared", "get", f"importer/{job.pk}/")
        return job

    def write(self, job):
        """Write an import; return how many shares were told."""
        page = self.ask("writing", "post", f"importer/{job.pk}/ecrire/")
        return page.count(b"<progress")

    def export(self):
        """Every practice, by address."""
        return self.ask("export", "get", "exporter.csv?o=")


def empty():
    """Take every practice and organisation away."""
    Practice.related.through.objects.all().delete()
    Practice.objects.all().delete()
    Organisation.objects.all().delete()
    Revision.objects.all().delete()


def state():
    """What an import that did not happen leaves as it was."""
    return Practice.objects.count(), Organisation.objects.count(), Revision.objects.count(), catalogue_version.current()


def kill_one(desk, data, after):
    """Kill a writer some seconds after it began; return whether nothing or all is left of it, and which."""
    job = desk.compare(data)
    before = state()
    writer = subprocess.Popen([sys.executable, "-c", FINISH, str(job.pk)], stdout=subprocess.PIPE)
    writer.stdout.readline()
    time.sleep(after)
    writer.kill()
    writer.wait()
    connection.close()
    left = state()
    return left == before or left[0] == ROWS, left == before


def main():
    """Run and say the figures."""
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    call_command("migrate", verbosity=0)
    call_command("generate_practices", count=ROWS, verbosity=0)
    desk = Desk(editor())
    first = desk.export()
    empty()
    sound, writing = True, 1.0
    for turn in ("first", "second"):
        desk.longest, began = {}, time.monotonic()
        job = desk.compare(first)
        compared, counts = time.monotonic() - began, jobs.counts(job)
        version, began = catalogue_version.current().number, time.monotonic()
        told = desk.write(job) if counts["new"] + counts["changed"] else 0
        wrote = time.monotonic() - began
        writing = wrote if turn == "first" else writing
        moved = catalogue_version.current().number - version
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        waits = ", ".join(f"{screen} {seconds:.1f}" for screen, seconds in desk.longest.items())
        print(
            f"{connection.vendor}, {turn}: {counts}, compared in {compared:.1f} s, written in {wrote:.1f} s "
            f"({told} shares told), version moved by {moved}, peak {memory} MB; longest waits (s): {waits}",
            flush=True,
        )
        sound &= max(desk.longest.values()) < TIME_OUT
        sound &= turn == "first" or (counts["new"], counts["changed"], moved) == (0, 0, 0)
    same = sorted(desk.export().splitlines()) == sorted(first.splitlines())
    print(f"{connection.vendor}: the file exported again is {'the same' if same else 'ANOTHER'}", flush=True)
    empty()
    random, killed = Random(1), 0
    for _turn in range(KILLS):
        whole, in_time = kill_one(desk, first, random.uniform(0.1, 0.8) * writing)
        killed += in_time
        sound &= whole
        if not in_time:
            empty()
    print(f"{connection.vendor}: {killed} of {KILLS} writers killed in the middle; all or nothing: {sound}")
    return 0 if sound and same and (killed or not KILLS) else 1


if __name__ == "__main__":
    sys.exit(main())
