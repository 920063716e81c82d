"""The faults of the disk: one that fills up under the SQLite database, one that leaves under the uploads."""

import io
import json
import os
import sqlite3
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

from bench.faults.ledger import Ledger
from bench.faults.report import show
from bench.faults.stage import Site
from bench.faults.traffic import Traffic


@contextmanager
def small_disk(megabytes):
    """A folder on a disk of its own, in memory; mounting it takes root."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)


def sqlite_full():
    """The disk of the database filled to the last byte for five seconds under load, then freed."""
    if os.geteuid() != 0:
        print("NOT RUN: mounting a small disk takes root.")
        return False
    with small_disk(24) as disk, tempfile.TemporaryDirectory() as folder:
        site = Site(folder, f"sqlite:///{disk}/db.sqlite3")
        site.fill()
        with site.served():
            before = Ledger.read(site)
            with Traffic(site) as traffic:
                calm = time.monotonic()
                time.sleep(4)
                fault = time.monotonic()
                fill(disk / "filler")
                time.sleep(2)
                full = time.monotonic()
                # What was written meanwhile may have left a page or two.
                fill(disk / "more")
                time.sleep(5)
                back = time.monotonic()
                (disk / "filler").unlink()
                (disk / "more").unlink()
                time.sleep(5)
                over = time.monotonic()
            phases = {"before": (calm, fault - 0.5), "full": (full + 0.5, back - 0.5), "after": (back + 1, over)}
            counts = show(traffic, phases)
            after = Ledger.read(site)
        lines, kept = after.against(traffic.acknowledged)
        with sqlite3.connect(disk / "db.sqlite3") as database:
            integrity = database.execute("PRAGMA integrity_check").fetchone()[0]
            keys = database.execute("PRAGMA foreign_key_check").fetchall()
        told = traffic.samples.get(("save", "503 dressed"), "")
        said = "Rien ne peut être enregistré pour l’instant" in told
        print(f"practices before {before.practices}, after {after.practices};", "; ".join(lines))
        print(f"integrity_check: {integrity}; foreign_key_check: {len(keys)}; who saves is told why: {said}")
        full, calmly = counts["full"], (counts["before"], counts["after"])
        return all(
            [
                kept,
                integrity == "ok",
                not keys,
                said,
                set(full["kept"]) == set(full["other"]) == {"200"},
                set(full["save"]) <= {"503 dressed"},
                all(set(told) <= {"200", "302"} for phase in calmly for told in phase.values()),
            ]
        )


FILES = """
import json
from django.core.files.storage import default_storage
from practices.models import Practice
found = {one.title: one.picture for one in Practice.objects.filter(title__startswith="Épreuve ")}
whole = [title for title, picture in found.items() if picture and default_storage.exists(picture.name)]
print(json.dumps({"with": len(whole), "without": sorted(set(found) - set(whole))}))
"""


def media():
    """The disk of the uploads full, then read only, then gone, under load: an editor sends pictures, readers read."""
    if os.geteuid() != 0:
        print("NOT RUN: mounting a small disk takes root.")
        return False
    with small_disk(96) as disk, tempfile.TemporaryDirectory() as folder:
        site = Site(folder, f"sqlite:///{folder}/db.sqlite3", MEDIA_ROOT=str(disk))
        site.fill()
        phases = {}
        with site.served(), Traffic(site, picture=photo()) as traffic:
            for name, fault in {
                "before": calm,
                "full": filled,
                "read only": read_only,
                "gone": gone,
                "after": calm,
            }.items():
                with fault(disk):
                    since = time.monotonic() + 0.5
                    time.sleep(4)
                    phases[name] = (since, time.monotonic() - 0.5)
                time.sleep(1)
        counts = show(traffic, phases)
        lines, kept = Ledger.read(site).against(traffic.acknowledged)
        print("; ".join(lines))
        found = json.loads(site.read(FILES).splitlines()[-1])
        print(f"practices whose picture is there: {found['with']}; not there: {len(found['without'])}")
        faults = [counts[name] for name in ("full", "read only", "gone")]
        return all(
            [
                kept,
                not found["without"],
                all(set(told) == {"200"} for phase in faults for told in (phase["kept"], phase["other"])),
                all(set(phase["sign-up"]) == {"302"} and phase["save"] for phase in faults),
                all(set(phase["save"]) == {"200 told why, words kept"} for phase in faults),
                all(set(counts[name]["save"]) == {"302"} for name in ("before", "after")),
            ]
        )


def photo():
    """A picture as a telephone takes them, in small."""
    file = io.BytesIO()
    Image.effect_noise((1200, 800), 60).convert("RGB").save(file, "JPEG", quality=60)
    return file.getvalue()


@contextmanager
def calm(_disk):
    """Nothing happens."""
    yield


@contextmanager
def filled(disk):
    """No room for one more byte."""
    fill(disk / "filler")
    yield
    (disk / "filler").unlink()


@contextmanager
def read_only(disk):
    """What Linux makes of a disk that fails."""
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    yield
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)


@contextmanager
def gone(disk):
    """An empty place where the files were, which takes nothing."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "ro,size=4k", "tmpfs", disk], check=True)
    yield
    subprocess.run(["umount", disk], check=True)


def fill(path):
    """Write zeros until there is no room for one more byte."""
    with path.open("wb", buffering=0) as filler:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    filler.write(bytes(size))
            except OSError:
                continue
