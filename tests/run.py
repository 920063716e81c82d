"""What `make test` runs: every test on SQLite, those of the database on PostgreSQL, and what was out of reach.

How the tests are configured is left to `tests/settings.py` and pyproject.toml.
"""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"
ONLY_SQLITE = "--only-sqlite"
NO_TEST = 5
"""What pytest returns when it has found no test to run."""
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium():
    """The path of the Chromium to test with, or None: the one that CHROMIUM names, else the first one installed."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else CHROMIUM_NAMES
    return next(filter(None, map(shutil.which, names)), None)


def has_account(name):
    """Whether this machine knows an account by that name."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def find_server():
    """The folder of initdb and pg_ctl, with which a test makes a server to stop, or None: Debian's, else the PATH's.

    None too for root where no account is called postgres: the server refuses to run as root.
    """
    if os.geteuid() == 0 and not has_account("postgres"):
        return None
    folders = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    if folders:
        return max(folders, key=lambda folder: float(folder.parent.name))
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


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
    command = [sys.executable, "-m", "pytest", "-n", str(workers), "--dist", "worksteal", *arguments]
    return subprocess.run(command, env=environ, check=False).returncode


def main(arguments):
    """Run the tests on each database and return the worst exit code; with CI=true, what is out of reach is an error.

    ONLY_SQLITE leaves PostgreSQL out, and says so: for a second Python and Django, where the first have been on both.
    """
    only_sqlite = ONLY_SQLITE in arguments
    arguments = [one for one in arguments if one != ONLY_SQLITE]
    url = os.environ.get("TEST_DATABASE_URL") or POSTGRESQL
    without = {name: value for name, value in os.environ.items() if name != "TEST_DATABASE_URL"}
    summary, out_of_reach = [], 0

    print("==> Tests sur SQLite", flush=True)
    codes = [run_pytest(arguments, without)]
    summary.append(("SQLite", "réussi" if codes[0] == 0 else "ÉCHEC"))

    reason = None if only_sqlite else why_unreachable(url)
    if only_sqlite:
        summary.append(("PostgreSQL", f"laissé de côté ({ONLY_SQLITE})"))
    elif reason is None:
        # What a browser sees does not depend on the database, nor what a test does that may ask it nothing.
        print("==> Tests sur PostgreSQL, de ce qui touche à la base, sans navigateur", flush=True)
        codes.append(
            run_pytest(["-m", "database", *arguments, "--ignore=tests/browser"], without | {"TEST_DATABASE_URL": url})
        )
        if codes[-1] == NO_TEST and codes[0] == 0:
            # The tests that were asked for have all passed on SQLite, and none of them may use a database.
            codes[-1] = 0
            summary.append(("PostgreSQL", "rien de ce qui était demandé n’y touche"))
        else:
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

    if find_server() is None:
        out_of_reach += 1
        summary.append(
            (
                "Pannes",
                "NON TESTÉES, il manque initdb et pg_ctl, ou à root un compte « postgres »",
            )
        )

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
