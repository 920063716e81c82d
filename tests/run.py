"""Owns what `make test` runs: every test on each database, with the browser, and a plain word on what was out of reach.

How the tests are configured is left to `tests/settings.py` and pyproject.toml.
"""

import os
import shutil
import subprocess
import sys
from urllib.parse import urlsplit

POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium():
    """The path of the Chromium to test with, or None: the one that CHROMIUM names, else the first one installed."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else CHROMIUM_NAMES
    return next(filter(None, map(shutil.which, names)), None)


def why_unreachable(url):
    """Why the PostgreSQL at `url` cannot be used, in one line; None when it answers."""
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.Error as error:
        return str(error).strip().splitlines()[0]
    return None


def run_pytest(arguments, environ):
    """Run every test once and return pytest's exit code, which is an error when no test was found."""
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    command = [sys.executable, "-m", "pytest", "-n", str(workers), *arguments]
    return subprocess.run(command, env=environ, check=False).returncode


def main(arguments):
    """Run the tests on each database and return the worst exit code; with CI=true, what is out of reach is an error."""
    url = os.environ.get("TEST_DATABASE_URL") or POSTGRESQL
    without = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    summary, out_of_reach = [], 0

    print("==> Tests sur SQLite", flush=True)
    codes = [run_pytest(arguments, without)]
    summary.append(("SQLite", "réussi" if codes[0] == 0 else "ÉCHEC"))

    reason = why_unreachable(url)
    if reason is None:
        print("==> Tests sur PostgreSQL", flush=True)
        codes.append(run_pytest(arguments, without | {"TEST_DATABASE_URL": url}))
        summary.append(("PostgreSQL", "réussi" if codes[-1] == 0 else "ÉCHEC"))
    else:
        parts = urlsplit(url)
        out_of_reach += 1
        summary.append(("PostgreSQL", f"NON TESTÉ, rien d’utilisable sur {parts.hostname}:{parts.port} ({reason})"))

    if chromium := find_chromium():
        summary.append(("Chromium", chromium))
    else:
        out_of_reach += 1
        summary.append(("Chromium", "NON INSTALLÉ, aucun test dans un navigateur"))

    print("==> Bilan")
    for name, outcome in summary:
        print(f"    {name:<12} {outcome}")
    if out_of_reach and os.environ.get("CI", "").lower() in ("1", "true"):
        print("    Avec CI=true, ce qui n’a pas été testé est un échec.")
        codes.append(1)
    return max(codes, key=abs)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
