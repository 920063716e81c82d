"""The name of a sender, by which the others can tell that it is dead."""

import os
import secrets
import socket
from pathlib import Path


def name_of_this_sender() -> str:
    """Return machine, process and a random word, as "machine|1234|5f2a…"."""
    return f"{_machine()}|{os.getpid()}|{secrets.token_hex(4)}"


def is_dead(name: str) -> bool:
    """Return whether a sender of this machine has ended; of another machine's, nothing is known: False."""
    machine, _bar, rest = name.partition("|")
    pid = rest.partition("|")[0]
    if machine != _machine() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return _is_zombie(pid)


def _machine() -> str:
    # Two containers may bear one name and count their processes apart.
    try:
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    # Two machines may bear one name: what the kernel drew at its start tells them apart.
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        boot = ""
    return f"{socket.gethostname()}{space}{boot}".replace("|", "")


def _is_zombie(pid: str) -> bool:
    """Return whether a process has ended and only its parent has not noticed yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (OSError, IndexError):
        return False
