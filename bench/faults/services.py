"""The faults of what the site does without: the shared cache, and the server that takes its mail."""

import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager

from bench.faults.ledger import Ledger
from bench.faults.report import show
from bench.faults.stage import ROOT, Site, wait_for
from bench.faults.traffic import Traffic
from bench.servers import free_port
from tests.newsletter.storm import Server

FINE = ({"200"}, {"302"}, {"200", "302"})


class Redis:
    """A Redis that keeps nothing on disk."""

    def __init__(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.server = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=tempfile.gettempdir())
        wait_for(lambda: socket.create_connection(("127.0.0.1", self.port), 1).close(), OSError)

    def stop(self):
        self.server.kill()
        self.server.wait()


@contextmanager
def served_with(**environ):
    """A filled site over SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        site = Site(folder, f"sqlite:///{folder}/db.sqlite3", **environ)
        site.fill()
        with site.served():
            yield site


def redis_stopped():
    """Redis killed for five seconds, under load."""
    return without_redis(lambda redis: redis.stop(), lambda redis: redis.start(), "stopped")


def redis_frozen():
    """Redis stopped where it is (SIGSTOP) for five seconds, under load."""
    return without_redis(
        lambda redis: redis.server.send_signal(signal.SIGSTOP),
        lambda redis: redis.server.send_signal(signal.SIGCONT),
        "frozen",
    )


def without_redis(end, begin, word):
    """Everything is answered, as if nothing had happened."""
    if not shutil.which("redis-server"):
        print("NOT RUN: redis-server is not installed.")
        return False
    redis = Redis()
    redis.start()
    try:
        with served_with(CACHE_URL=redis.url) as site, Traffic(site) as traffic:
            calm = time.monotonic()
            time.sleep(4)
            fault = time.monotonic()
            end(redis)
            time.sleep(5)
            back = time.monotonic()
            begin(redis)
            time.sleep(4)
            over = time.monotonic()
        counts = show(traffic, {"before": (calm, fault), word: (fault, back), "after": (back, over)})
        slowest = max(one.seconds for one in traffic.heard)
        print(f"slowest answer: {slowest:.2f} s")
        return all(set(told) in FINE for phase in counts.values() for told in phase.values()) and slowest < 3
    finally:
        redis.stop()


def mail_away():
    """No mail server, then one that accepts connections and says nothing, then a good one."""
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        port = free_port()
        address = {"EMAIL_URL": f"smtp://127.0.0.1:{port}?timeout=5", "NEWSLETTER_SEND_AT_ONCE": "true"}
        with served_with(**address, NEWSLETTER_PER_MINUTE="0") as site:
            with Traffic(site) as traffic:
                refused = time.monotonic()
                time.sleep(5)
            counts = show(traffic, {"no mail server": (refused, time.monotonic())})
            site.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{hanging.getsockname()[1]}?timeout=2"
            codes = [timer(site)]
            asked = traffic.acknowledged["sign-up"]
            with Server() as good:
                site.environ["EMAIL_URL"] = good.url
                # What hung may be in doubt until the sender that hung is seen to be dead: a later run of the timer.
                codes += [timer(site), timer(site)]
            copies = Counter(len(good.ids.get(email, [])) for email in asked)
            lines, kept = Ledger.read(site).against(traffic.acknowledged)
    print("send_newsletter ended with", codes, "(75: the server is out of reach; the timer tries again)")
    print(f"sign-ups acknowledged while the mail was away: {len(asked)}; copies received afterwards: {dict(copies)}")
    print("; ".join(lines))
    fine = all(set(told) in FINE for told in counts["no mail server"].values())
    return kept and fine and set(copies) == {1}


def timer(site):
    """One run of the timer; its exit code."""
    command = [sys.executable, "manage.py", "send_newsletter", "--verbosity", "0"]
    return subprocess.run(command, cwd=ROOT, env=site.environ, stderr=subprocess.DEVNULL).returncode
