"""A PostgreSQL server of one's own on the loopback, to stop, kill and freeze; the shared one is never touched.

Used small by the tests and whole by `bench/faults`.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

from tests.run import find_server


def as_postgres():
    """The arguments of `subprocess` under which root runs a server, which refuses to run as root; none for others."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


class Cluster:
    """A server with its data in a temporary folder, which goes away with the block."""

    def __init__(self, **options):
        self.options = options

    def __enter__(self):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.folder = Path(tempfile.mkdtemp(prefix="cluster"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "--no-sync", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        self.start()
        return self

    def __exit__(self, *error):
        self.thaw()
        self._run("pg_ctl", "stop", "--mode=immediate", "--silent", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def url(self):
        return f"postgresql://postgres@127.0.0.1:{self.port}/postgres"

    def start(self):
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder}
        options = " ".join(f"-c {name}={value}" for name, value in {**settings, **self.options}.items())
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self.folder}/log", f"--options={options}")

    def stop(self, mode="immediate"):
        self._run("pg_ctl", "stop", f"--mode={mode}", "--silent")

    def freeze(self):
        """Stop every process of the server where it is: it accepts connections by its kernel, and says nothing."""
        self._signal(signal.SIGSTOP)

    def thaw(self):
        self._signal(signal.SIGCONT)

    def _signal(self, number):
        pid_file = self.folder / "data/postmaster.pid"
        if pid_file.exists():
            postmaster = pid_file.read_text().split()[0]
            children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
            for pid in [postmaster, *children]:
                os.kill(int(pid), number)

    def _run(self, program, *arguments, check=True):
        command = [find_server() / program, f"--pgdata={self.folder}/data", *arguments]
        # Not through pipes, which the server would keep open.
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
        subprocess.run(command, cwd=self.folder, check=check, **streams, **as_postgres())
