"""`make bench`: measures everything in one run and writes the tables of `docs/performance.md`.

Ratios are between figures of the same run on the same machine; a figure alone says little on a machine that others use.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from urllib.request import Request, urlopen

from bench import data, servers
from bench.questions import QUESTIONS, THREE_FACETS, different
from bench.report import Report
from bench.timing import measure

LISTING = "/bonnes-pratiques/"


def fetch(address, **headers):
    """The bytes of an answer."""
    with urlopen(Request(address, headers=headers), timeout=300) as answer:
        return answer.read()


def site(path, server=servers.granian, **environ):
    """The site on a catalogue, as `servers.running` wants it, and the port."""
    port = servers.free_port()
    full = data.environ_of(path) | {"SITE_URL": f"http://127.0.0.1:{port}"} | environ
    return servers.running(server(port), port, LISTING, full)


def itself(report, sizes, postgresql):
    """Counts by the index and by SQL, pages, memory."""
    for name, where in [*((f"SQLite, {size:,}", data.catalogue(size)) for size in sizes), *postgresql]:
        report.itself(name, data.probe(where))
    return report


def against_datasette(report, sizes):
    """The same questions to both over HTTP, one client, no cache of pages on our side."""
    for size in sizes:
        path = data.catalogue(size)
        rows = data.for_datasette(path)
        port = servers.free_port()
        with (
            site(path, PAGE_CACHE_MB="0") as ours,
            servers.running(servers.datasette(port, rows), port, "/-/versions.json") as theirs,
        ):
            table = f"/{rows.stem}/practices"
            for question in QUESTIONS:
                there = asked_again(theirs, f"{table}?{question.datasette}", seconds=4, at_least=2)
                here = asked_again(ours, f"{LISTING}?{question.query}", seconds=2, at_least=20)
                report.datasette(size, question.name, here, there)


def asked_again(address, path, **given):
    """How long one page takes to one client that keeps its connection, as a browser does."""
    connection = HTTPConnection(address.removeprefix("http://"), timeout=300)

    def ask():
        connection.request("GET", path)
        with connection.getresponse() as answer:
            assert answer.status == 200, path
            answer.read()

    try:
        return measure(ask, **given)
    finally:
        connection.close()


def throughput(report, size, seconds):
    """Requests a second of a cached page, a 304, an uncached page and an empty view; of nginx for the same bytes."""
    path, listing = data.catalogue(size), f"{LISTING}?{THREE_FACETS.query}"
    encoded = {"Accept-Encoding": "br"}
    for name, server in (("granian", servers.granian), ("gunicorn", servers.gunicorn)):
        with site(path, server) as address:
            with urlopen(Request(address + listing, headers=encoded), timeout=60) as answer:
                body, etag = answer.read(), answer.headers["ETag"]
            for _warm in range(20):
                fetch(address + listing, **encoded)
            cached = servers.wrk(address + listing, seconds=seconds, headers=["Accept-Encoding: br"])
            unchanged = servers.wrk(
                address + listing, seconds=seconds, headers=["Accept-Encoding: br", f"If-None-Match: {etag}"]
            )
        with site(path, server, PAGE_CACHE_MB="0") as address:
            for _warm in range(20):
                fetch(address + listing)
            uncached = servers.wrk(address + listing, seconds=seconds)
            asked = different(values_of(address))
            unseen = servers.wrk(address, seconds=seconds, paths=[f"{LISTING}?{query}" for query in asked])
            empty = servers.wrk(address + "/vide", seconds=seconds)
            slow = starved(address, int(address.rpartition(":")[2]))
        figures = {"cached page": cached, "304": unchanged, "uncached page": uncached}
        report.server(name, figures | {"unseen pages": unseen, "empty view": empty}, slow)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_bytes(body)
        port = servers.free_port()
        command = servers.nginx(port, folder, file)
        if command is None:
            report.missing("nginx")
        else:
            with servers.running(command, port) as address:
                report.server(
                    "nginx, un fichier des mêmes octets",
                    {"cached page": servers.wrk(address + "/", seconds=seconds)},
                    None,
                )


def values_of(address):
    """The values one can filter by, as {parameter: values}, as the site tells them to programs."""
    told = json.loads(fetch(address + "/api/v1/facets/"))["facets"]
    return {facet["param"]: [one["value"] for one in facet["options"]] for facet in told}


def starved(address, port):
    """How long a cached page takes alone and beside 200 clients that send their headers a letter at a time, in ms."""
    alone = measure(lambda: fetch(address + "/vide"), seconds=1, at_least=20)["median"]
    with servers.slow_clients(port) as clients:
        durations = []
        for _round in range(20):
            for client in clients:
                try:
                    client.sendall(b"a")
                except OSError:  # the server has had enough of it
                    continue
            started = time.perf_counter()
            try:
                with urlopen(address + "/vide", timeout=10) as answer:
                    answer.read()
            except OSError:
                durations.append(float("inf"))
                break
            durations.append((time.perf_counter() - started) * 1000)
    return {"alone": alone, "beside": statistics.median(durations)}


def main():
    """Measure what is asked, and write the report."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--sizes", default="27,10000,100000", help="practices in each catalogue")
    parser.add_argument("--million", type=int, default=1_000_000, help="practices of the index alone; 0 leaves it out")
    parser.add_argument(
        "--datasette", default="10000,100000", help="practices in the catalogues asked of Datasette too"
    )
    parser.add_argument("--seconds", type=int, default=4, help="of each measure of throughput")
    parser.add_argument("--postgresql", default="", help="address of a database that holds a catalogue already")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md, and not only print")
    arguments = parser.parse_args()
    sizes = [int(size) for size in arguments.sizes.split(",")]
    report = Report(command=asked(), machine=machine(), day=date.today())
    itself(report, sizes, [("PostgreSQL", arguments.postgresql)] if arguments.postgresql else [])
    if arguments.million:
        times = max(1, arguments.million // max(sizes))
        report.index_alone(data.probe(data.multiplied(data.catalogue(max(sizes)), times), "index"))
    if (servers.BIN / "datasette").exists():
        against_datasette(report, [int(size) for size in arguments.datasette.split(",")])
    else:
        report.missing("datasette")
    if shutil.which("wrk") is None:
        report.missing("wrk")
    else:
        throughput(report, max(sizes), arguments.seconds)
    print(report.text())
    if arguments.write:
        report.write(data.ROOT / "docs" / "performance.md")


def asked():
    """The command that was given, as one types it."""
    arguments = " ".join(sys.argv[1:])
    return f'make bench ARGS="{arguments}"' if arguments else "make bench"


def machine():
    """What the figures were measured on."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    versions = [f"Python {platform.python_version()}"]
    for program in ("granian", "gunicorn", "datasette"):
        path = servers.BIN / program
        if path.exists():
            said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout.strip()
            versions.append(said)
    return f"{cpu}, {len(os.sched_getaffinity(0))} cœurs, charge au départ {load} ; {', '.join(versions)}"


if __name__ == "__main__":
    main()
