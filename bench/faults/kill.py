"""The faults of our own processes: SIGKILL during saves, and during imports."""

import random
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

from bench.faults.ledger import Ledger
from bench.faults.report import show
from bench.faults.stage import ROOT, Site
from bench.faults.traffic import Traffic
from tests.cluster import Cluster

READERS = 4000


@contextmanager
def databases():
    """{name: address} of an empty database of each kind."""
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        yield {"SQLite": f"sqlite:///{folder}/db.sqlite3", "PostgreSQL": cluster.url}


def workers(kills=6, seed=1):
    """A worker killed every six seconds, under load with many saves, on each database.

    Sooner, granian would see a crash loop and end, for its supervisor to start it again.
    """
    kept = True
    with databases() as addresses:
        for name, url in addresses.items():
            print(f"\n{name}, {kills} kills")
            with tempfile.TemporaryDirectory() as folder:
                site, chance = Site(folder, url), random.Random(seed)
                site.fill()
                with site.served():
                    with Traffic(site, pause=0.05) as traffic:
                        started = time.monotonic()
                        for number in range(kills):
                            time.sleep(5.6 + chance.random())
                            site.kill_a_worker(number)
                        last = time.monotonic()
                        time.sleep(5)
                    over = time.monotonic()
                    counts = show(traffic, {"kills": (started, last), "after": (last + 3, over)})
                    kept &= all(set(told) <= {"200", "302"} for told in counts["after"].values())
                lines, whole = Ledger.read(site).against(traffic.acknowledged)
                print("; ".join(lines))
                kept &= whole
    return kept


def importing(kills=6, seed=1):
    """The collection and a file of readers, each import killed at random, on each database."""
    kept = True
    with databases() as addresses:
        for name, url in addresses.items():
            with tempfile.TemporaryDirectory() as folder:
                site, chance = Site(folder, url), random.Random(seed)
                site.manage("migrate", "--verbosity", "0")
                file = f"{folder}/readers.csv"
                with open(file, "w") as out:
                    out.write("email,consent_at,consent_wording,consent_source\n")
                    for number in range(READERS):
                        out.write(f"lectrice{number}@example.org,2020-01-01,Je veux la lettre,papier\n")
                kept &= all_or_nothing(
                    *(name, site, chance, kills, ["load_collection"], ("practices", "Practice"), 27),
                )
                kept &= all_or_nothing(
                    *(name, site, chance, kills, ["import_subscribers", file], ("newsletter", "Subscriber"), READERS),
                )
    return kept


def all_or_nothing(name, site, chance, kills, words, model, whole):
    """Kill the command at random moments of the time that it takes, then let it end; print what each left."""
    count = f"from {model[0]}.models import {model[1]}; print({model[1]}.objects.count())"
    command = [sys.executable, "manage.py", *words, "--verbosity", "0"]
    left, seconds = [], 4.0
    for _number in range(kills):
        process = subprocess.Popen(
            command, cwd=ROOT, env=site.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        started = time.monotonic()
        try:
            process.wait(seconds * (0.3 + 0.6 * chance.random()))
            # It was quicker than the axe, which falls sooner from now on; begin again from nothing.
            seconds = time.monotonic() - started
            left.append(f"ended in {seconds:.1f} s with {site.read(count)}")
            site.read(f"from {model[0]}.models import {model[1]}; {model[1]}.objects.all().delete()")
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            left.append(int(site.read(count).splitlines()[-1]))
            if left[-1] == whole:
                site.read(f"from {model[0]}.models import {model[1]}; {model[1]}.objects.all().delete()")
    site.manage(*words, "--verbosity", "0")
    end = int(site.read(count).splitlines()[-1])
    print(f"{name}, {words[0]}: after each kill {left}, after a whole run {end} of {whole}", flush=True)
    return end == whole and all(one in (0, whole) for one in left if isinstance(one, int))
