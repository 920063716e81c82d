"""Runs in a process that `sandbox` starts: bounds what it may cost, has a module read one file, writes what was found.

Neither Django nor the settings are imported here nor by such a module: the process starts in a twentieth of a second,
and has no secret of the site in its memory.
"""

import json
import os
import resource
import signal
import sys
from contextlib import suppress
from importlib import import_module

TOO_MUCH = 3
"""How the process ends when it would need more memory than it may have."""
LARGEST_ANSWER = 100_000_000
"""Bytes that it may write."""


class Refused(Exception):
    """Why a file is not taken: one word, which the site makes a sentence of, and what the sentence tells."""

    def __init__(self, why: str, **details: object) -> None:
        super().__init__(why)
        self.why, self.details = why, details


def main() -> None:
    """Read standard input as `sandbox.run` asks; write a line of JSON, then the bytes of the files that it names.

    The line holds the word of a refusal or null, the answer or what the refusal tells, and {name: bytes of the file}.
    Ends with `TOO_MUCH` where memory lacks.
    """
    module, bounds, arguments = sys.argv[1:]
    _bound(**json.loads(bounds))
    refused = None
    try:
        answer, files = import_module(module).read(sys.stdin.buffer, **json.loads(arguments))
    except Refused as refusal:
        refused, answer, files = refusal.why, refusal.details, {}
    except MemoryError:
        sys.exit(TOO_MUCH)
    sizes = {name: len(content) for name, content in files.items()}
    sys.stdout.buffer.write(json.dumps([refused, answer, sizes]).encode() + b"\n")
    for content in files.values():
        sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def _bound(seconds: int, megabytes: int, patience: int) -> None:
    """Hold this process to seconds of processor, to megabytes of memory, and to as many seconds of time as `patience`.

    Its place is after the pages and, when the machine lacks memory, first to go. Linux alone holds a process to its
    memory: macOS refuses RLIMIT_AS.
    """
    signal.alarm(patience)
    limits = {
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_AS: megabytes * 1_000_000,
        resource.RLIMIT_FSIZE: LARGEST_ANSWER,
        resource.RLIMIT_CORE: 0,
    }
    for which, most in limits.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(which, (most, most))
    with suppress(OSError):
        os.nice(10)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
        score.write("1000")
