"""The faults of PostgreSQL: stopped as by a crash and started again; frozen, then set going."""

import tempfile
import time
from contextlib import contextmanager

from bench.faults.ledger import Ledger
from bench.faults.report import show
from bench.faults.stage import Site
from bench.faults.traffic import Traffic
from tests.cluster import Cluster


@contextmanager
def served():
    """A filled site over a server of its own."""
    with Cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        site = Site(folder, cluster.url)
        site.fill()
        with site.served():
            yield cluster, site


def stopped():
    """`pg_ctl stop -m immediate` for five seconds, under load."""
    return outage(lambda cluster: cluster.stop("immediate"), lambda cluster: cluster.start(), "stopped")


def frozen():
    """SIGSTOP to every process of the server for eight seconds, under load."""
    return outage(lambda cluster: cluster.freeze(), lambda cluster: cluster.thaw(), "frozen", seconds=8)


def outage(end, begin, word, seconds=5, served=served):
    """Calm, fault, calm again; True when no promise was broken."""
    with served() as (cluster, site):
        workers = site.workers()
        before = Ledger.read(site)
        with Traffic(site) as traffic:
            calm = time.monotonic()
            time.sleep(5)
            fault = time.monotonic()
            end(cluster)
            time.sleep(seconds)
            back = time.monotonic()
            begin(cluster)
            answers = time.monotonic()
            time.sleep(6)
        over = time.monotonic()
        after = Ledger.read(site)
        phases = {"before": (calm, fault - 1), word: (fault - 1, back), "after": (answers + 2, over)}
        counts = show(traffic, phases)
        healthy = recovery(traffic, answers)
        died = len(workers - site.workers())
        lines, kept = after.against(traffic.acknowledged)
        print(f"recovery: every answer whole again {healthy:.2f} s after the server; workers that died: {died}")
        print(f"practices before {before.practices}, after {after.practices};", "; ".join(lines))
        slowest = max(one.seconds for one in traffic.heard)
        print(f"slowest answer: {slowest:.2f} s")
        during, calmly = counts[word], (counts["before"], counts["after"])
        return all(
            [
                kept,
                not died,
                slowest < 3,
                healthy <= 2,
                set(during["kept"]) == {"200"},
                all(set(during[who]) <= {"200", "302", "503 dressed"} for who in ("other", "sign-up", "save")),
                all(set(told) <= {"200", "302"} for phase in calmly for told in phase.values()),
            ]
        )


def recovery(traffic, since):
    """Seconds from `since` to the last answer that was not whole, asked afterwards."""
    late = [one.at + one.seconds for one in traffic.heard if one.at >= since and one.what not in ("200", "302")]
    return max(late, default=since) - since
