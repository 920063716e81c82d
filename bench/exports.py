"""The proof that a list of 100,000 leaves as a file without memory growing with it: `python -m bench.exports`.

Each format is written in a process of its own, which says how long it took, how much it wrote, and by how much the
process grew once the index was read. The catalogue is that of `data`.
"""

import argparse
import json
import resource
import subprocess
import sys
import time

from bench.data import ROOT, catalogue, environ_of


def write(extension):
    """Write one format, as a server would send it; print what it took."""
    import django

    django.setup()
    from django.test import RequestFactory
    from django.utils import translation

    from practices.filters import indexed
    from practices.open_data.exports import export

    translation.activate("fr")
    count = len(indexed().results)
    before, start = peak(), time.perf_counter()
    response = export(RequestFactory().get(f"/bonnes-pratiques/export.{extension}"), extension=extension)
    size = sum(map(len, response.streaming_content))
    seconds = time.perf_counter() - start
    print(json.dumps({"count": count, "size": size, "seconds": seconds, "grown": peak() - before, "before": before}))


def peak():
    """The most memory that this process has held so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main():
    """Write a catalogue in each format, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--one", help="a format, in the database of the environment")
    asked = parser.parse_args()
    if asked.one:
        write(asked.one)
        return
    environ = environ_of(catalogue(asked.count))
    for extension in ("csv", "json", "xlsx"):
        command = [sys.executable, "-m", "bench.exports", "--one", extension]
        said = subprocess.run(command, cwd=ROOT, env=environ, check=True, capture_output=True, text=True)
        found = json.loads(said.stdout)
        written = f"{found['count']:,} practices, {found['size'] / 1e6:.1f} MB in {found['seconds']:.1f} s"
        print(f"{extension}: {written}; +{found['grown'] / 1e6:.0f} MB over {found['before'] / 1e6:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
