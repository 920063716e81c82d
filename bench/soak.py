"""The proof of endurance: as much mixed traffic as the machine allows for five minutes, and what memory does.

    .venv/bin/python -m bench.soak [--seconds 300]

Visitors, sign-ups, saves and exports against the server of `make serve`, on a PostgreSQL of its own. Fails when an
answer is not whole, or when the second half takes more than a tenth of memory over what the first half did.
"""

import argparse
import subprocess
import sys
import tempfile
import time

from bench.faults.ledger import Ledger
from bench.faults.report import show
from bench.faults.stage import Site
from bench.faults.traffic import Traffic
from tests.cluster import Cluster


def memory(pids):
    """Megabytes resident, of several processes together."""
    said = subprocess.run(["ps", "-o", "rss=", "-p", ",".join(map(str, pids))], capture_output=True, text=True).stdout
    return sum(map(int, said.split())) / 1024


def main():
    """Run, print the answers and the memory, exit 1 when a promise is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=300)
    seconds = parser.parse_args().seconds
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        # A cache of pages that is full within a minute, so that what grows afterwards is not the cache.
        site = Site(folder, cluster.url, PAGE_CACHE_MB="8")
        site.fill()
        with site.served():
            with Traffic(site, readers=6, pause=0) as traffic:
                started = time.monotonic()
                samples = []
                while time.monotonic() < started + seconds:
                    time.sleep(5)
                    traffic.read("export", "/bonnes-pratiques/export.csv")
                    samples.append(memory(site.workers()))
            counts = show(traffic, {"soak": (started, time.monotonic())})
            lines, kept = Ledger.read(site).against(traffic.acknowledged)
    requests = sum(told.total() for told in counts["soak"].values())
    middle, last = max(samples[len(samples) // 3 : len(samples) // 2]), max(samples[len(samples) // 2 :])
    print(f"{requests} requests, {requests / seconds:.0f} a second; {'; '.join(lines)}")
    print(
        f"memory of the workers, MB: {samples[0]:.0f} at first, {middle:.0f} by the half, {last:.0f} at most after it"
    )
    whole = all(set(told) <= {"200", "302"} for told in counts["soak"].values())
    sys.exit(not (kept and whole and last < 1.1 * middle))


if __name__ == "__main__":
    main()
