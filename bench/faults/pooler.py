"""The site behind a pooler in transaction mode: PgBouncer lends three connections to eight threads and more."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg

from bench.faults.ledger import Ledger
from bench.faults.postgresql import outage
from bench.faults.report import show
from bench.faults.stage import Site, wait_for
from bench.faults.traffic import Traffic
from bench.servers import free_port
from tests.cluster import Cluster, as_postgres

LENT = 3
CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={server}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {lent}
max_client_conn = 500
server_login_retry = 1
"""


@contextmanager
def pooled(cluster):
    """The address of a PgBouncer before a server."""
    program = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pgbouncer.ini")
        # With auth_type = any, every client is the one that the line of the database names.
        text = CONFIGURATION.format(server=f"{cluster.port} user=postgres", port=port, lent=LENT)
        file.write_text(text)
        Path(folder).chmod(0o755)
        command, silent = [program, "--quiet", str(file)], subprocess.DEVNULL
        server = subprocess.Popen(command, stdout=silent, stderr=silent, **as_postgres())
        try:
            wait_for(lambda: socket.create_connection(("127.0.0.1", port), 1).close(), OSError)
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres?disable_server_side_cursors=true"
        finally:
            server.terminate()
            server.wait()


@contextmanager
def served():
    """A filled site that has never spoken to its server but through the pooler."""
    with Cluster() as cluster, pooled(cluster) as url, tempfile.TemporaryDirectory() as folder:
        site = Site(folder, url)
        site.fill()
        with site.served():
            yield cluster, site


def is_here():
    """Whether PgBouncer is installed; says so where it is not."""
    found = shutil.which("pgbouncer", path=os.environ.get("PATH", "") + ":/usr/sbin")
    if not found:
        print("NOT RUN: pgbouncer is not installed.")
    return bool(found)


def calm():
    """Migrations, collection, pages, saves, sign-ups, export and delivery through three connections."""
    if not is_here():
        return False
    with served() as (cluster, site):
        with Traffic(site, readers=12) as traffic:
            started = time.monotonic()
            most = 0
            with psycopg.connect(cluster.url, autocommit=True) as own:
                asked = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> %s"
                for _each in range(50):
                    most = max(most, own.execute(asked, [own.info.backend_pid]).fetchone()[0])
                    time.sleep(0.2)
            for path in ("export.csv", "export.json"):
                traffic.read("export", f"/bonnes-pratiques/{path}")
        counts = show(traffic, {"pooled": (started, time.monotonic())})
        sent = site.manage("send_newsletter")
        lines, kept = Ledger.read(site).against(traffic.acknowledged)
    print(f"connections of the server in use, at most: {most} (lent: {LENT})")
    print("; ".join(lines), "; send_newsletter:", sent.splitlines()[-1] if sent else "")
    return kept and most <= LENT and all(set(told) <= {"200", "302"} for told in counts["pooled"].values())


def stopped():
    """The server behind the pooler stopped and started: the pooler keeps who asks waiting, and the site does not."""
    if not is_here():
        return False
    return outage(lambda cluster: cluster.stop("immediate"), lambda cluster: cluster.start(), "stopped", served=served)
