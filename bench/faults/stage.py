"""The site under test: the server of `make serve` over a database of its own, in a temporary folder."""

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen

from bench.servers import free_port, granian

TERMS = """
import json
from practices.models import Kind, Sector, Theme
models = {"kind": Kind, "themes": Theme, "sectors": Sector}
print(json.dumps({name: model.objects.first().pk for name, model in models.items()}))
"""
ROOT = Path(__file__).resolve().parent.parent.parent


class Site:
    """A filled site: its address, an editor's account and the environment that its commands need."""

    def __init__(self, folder, database, **environ):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environ = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
            "DATABASE_URL": database,
            "SECRET_KEY": secrets.token_urlsafe(60),
            "SITE_URL": self.url,
            "MEDIA_ROOT": f"{folder}/media",
            "NEWSLETTER_SIGNUPS_PER_HOUR": "1000000",
            "NEWSLETTER_SEND_AT_ONCE": "false",
            "EMAIL_URL": "dummymail://",
            "API_RATE": "1000000/min",
            **environ,
        }
        Path(folder, "media").mkdir(exist_ok=True)
        self.folder = folder

    def manage(self, *words, **options):
        """Run a command of manage.py; its output."""
        command = [sys.executable, "manage.py", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.environ, check=True, capture_output=True, text=True, **options
        ).stdout

    def read(self, code):
        """What a piece of Python prints, evaluated where the models are."""
        return self.manage("shell", "--verbosity", "0", "--command", code).strip()

    def fill(self):
        """Make the tables, the founding collection, the static files and an editor."""
        self.manage("migrate", "--verbosity", "0")
        self.manage("load_collection", "--verbosity", "0")
        self.manage("collectstatic", "--noinput", "--verbosity", "0")
        said = self.manage("createeditor", "colette")
        self.password = said.partition("Mot de passe\u00a0: ")[2].split()[0]
        self.terms = json.loads(self.read(TERMS).splitlines()[-1])

    @contextmanager
    def served(self, workers=2):
        """Run the server of `make serve` until the block ends; what it wrote is in `self.log`."""
        self.log = Path(self.folder, "log")
        command = [*granian(self.port, workers)[:-1], "--respawn-failed-workers", "bonnespratiques.wsgi:application"]
        with self.log.open("ab") as log:
            server = subprocess.Popen(
                command, cwd=ROOT, env=self.environ, stdout=log, stderr=log, start_new_session=True
            )
        self.pid = server.pid
        try:
            wait_for(lambda: urlopen(f"http://127.0.0.1:{self.port}/healthz/live", timeout=5).read(), OSError)
            yield self
        finally:
            for number in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError):
                    os.killpg(server.pid, number)
                with suppress(subprocess.TimeoutExpired):
                    server.wait(10)

    def workers(self):
        """The process ids of the workers."""
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.pid)], capture_output=True, text=True).stdout
        return {int(pid) for pid in children.split()}

    def kill_a_worker(self, number):
        """Send SIGKILL to one worker."""
        pids = sorted(self.workers())
        os.kill(pids[number % len(pids)], signal.SIGKILL)


def wait_for(act, error, seconds=60):
    """What `act` returns, once it no longer raises `error`."""
    end = time.monotonic() + seconds
    while True:
        try:
            return act()
        except error:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
