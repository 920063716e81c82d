"""How a file from outside is read: in a process of its own, bounded in time and memory, few at a time.

A module that reads so has a function `read(file, **arguments)`, which returns an answer that JSON can tell and the
files that it made, {name: bytes}, or raises `sandbox_child.Refused`. Processes are started anew, never forked: the
server has threads.
"""

import fcntl
import json
import logging
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from threading import BoundedSemaphore
from typing import IO, Any

from django.conf import settings
from django.core.files import File

from content.media.sandbox_child import TOO_MUCH, Refused
from operations import throttling

logger = logging.getLogger(__name__)

START = "from content.media.sandbox_child import main; main()"
LONGEST_WAIT, STEP = 8.0, 0.05
"""Seconds that one file waits for a place of the machine, and between two looks at whether one is free."""
ERROR = re.compile(r"[A-Za-z_.]+(:|$)")
EXHAUSTED = {TOO_MUCH, -signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM}
"""How a process ends that took more than it may, or whose memory the system wanted back."""


class Busy(Exception):
    """Others are being read, and no place came in time; or the machine could not start a process."""


class Exhausted(Exception):
    """Reading took more time or memory than it may."""


class Failed(Exception):
    """The process ended before it had read the file: it is damaged, or made to do harm."""


@dataclass(frozen=True)
class Allowance:
    """What reading a file for somebody may cost: seconds of processor, megabytes of memory, places of the machine.

    `threads` are those of one server process that may read for such people, or wait to: the others serve pages.
    """

    seconds: int
    megabytes: int
    places: tuple[str, ...]
    threads: BoundedSemaphore = field(compare=False)

    @property
    def patience(self) -> int:
        """Return the seconds of time that reading may take, twice those of processor: it may be shared."""
        return 2 * self.seconds


EDITOR = Allowance(20, 1200, ("editors", "everybody"), BoundedSemaphore(throttling.AT_ONCE))
STRANGER = Allowance(8, 700, ("everybody",), BoundedSemaphore(1))
"""Strangers have one place, and one thread of each process: they cannot keep editors from sending a file."""


def run(
    module: str, upload: File, arguments: Mapping[str, Any], allowance: Allowance
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """Have a module read a file that was sent; return its answer and the files that it made, as {name: bytes}.

    Never inside a transaction, since it takes seconds. Raises what the module refuses (`Refused`), `Busy`,
    `Exhausted`, `Failed`; OSError when the disk has no room for what passes between the two processes.
    """
    with _turn(allowance), _place(allowance) as place, TemporaryFile() as output, TemporaryFile() as errors:
        with _opened(upload) as source:
            bounds = {name: getattr(allowance, name) for name in ("seconds", "megabytes", "patience")}
            command = [sys.executable, "-c", START, module, json.dumps(bounds), json.dumps(arguments)]
            code = _wait(command, allowance.patience, source, output, errors, place)
        if code:
            errors.seek(0)
            last = errors.read(100_000).decode("utf-8", "replace").strip().rpartition("\n")[2]
            # The kind of the error alone: what follows may quote the file.
            kind = last.partition(":")[0] if ERROR.match(last) else "no word"
            logger.info("A file could not be read by %s: %s, %s", module, code, kind)
            raise Exhausted if code in EXHAUSTED else Failed
        output.seek(0)
        refused, answer, sizes = json.loads(output.readline())
        files = {name: output.read(size) for name, size in sizes.items()}
    if refused:
        raise Refused(refused, **answer)
    return answer, files


def _wait(
    command: list[str], patience: int, source: IO[bytes], output: IO[bytes], errors: IO[bytes], place: IO[bytes]
) -> int:
    """Run a command that inherits the place, so that it is taken as long as the command lives; return how it ended.

    That is its exit code, or minus the number of the signal that ended it. Raises Busy where it could not start.
    """
    environment = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    try:
        process = subprocess.Popen(  # noqa: S603  our own modules, on a file that is data
            command,
            stdin=source,
            stdout=output,
            stderr=errors,
            pass_fds=[place.fileno()],
            cwd=settings.BASE_DIR,
            env=environment,
        )
    except OSError as problem:
        logger.error("No process could be started to read a file: %s", problem)
        raise Busy from problem
    with process:
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            return -signal.SIGKILL
        except BaseException:
            process.kill()
            raise


@contextmanager
def _opened(upload: File) -> Iterator[IO[bytes]]:
    """Give a file that was sent as one that a process can be given: on the disk, and read from its beginning."""
    upload.seek(0)
    if path := getattr(upload, "temporary_file_path", None):
        with open(path(), "rb") as source:
            yield source
        return
    with TemporaryFile() as source:
        for piece in upload.chunks():
            source.write(piece)
        source.seek(0)
        yield source


@contextmanager
def _turn(allowance: Allowance) -> Iterator[None]:
    """Take one of the threads that this process lets do long work, and give it back; raise Busy where none is free."""
    if not allowance.threads.acquire(blocking=False):
        raise Busy
    try:
        if not (give_back := throttling.take()):
            raise Busy
        try:
            yield
        finally:
            give_back()
    finally:
        allowance.threads.release()


@contextmanager
def _place(allowance: Allowance) -> Iterator[IO[bytes]]:
    """Take one of the places of the machine, which the server's processes share by locked files; give its file.

    Raises Busy where none came free within `LONGEST_WAIT`.
    """
    folder = Path(settings.RUNTIME_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    until = time.monotonic() + LONGEST_WAIT
    while True:
        locked = (_locked(folder / f"reading-{name}.lock") for name in allowance.places)
        if place := next(filter(None, locked), None):
            with place:
                yield place
            return
        if time.monotonic() > until:
            raise Busy
        time.sleep(STEP)


def _locked(path: Path) -> IO[bytes] | None:
    """Return a file, open and locked until it is closed by all who inherit it; None where somebody has locked it."""
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file
