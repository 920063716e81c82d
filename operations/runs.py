"""How a command that timers run leaves a trace of each run, which `doctor` reads."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import DatabaseError
from django.utils import timezone

from operations.logs.privacy import scrubbed
from operations.models import Run

P = ParamSpec("P")
R = TypeVar("R")


def recorded(handle: Callable[P, R]) -> Callable[P, R]:
    """Have a method of a command record its runs under the command's name.

    It returns and raises as before. With the option `dry_run` it is no run, and leaves no trace.
    """
    name = handle.__module__.rpartition(".")[2]

    @wraps(handle)
    def run(*args: P.args, **options: P.kwargs) -> R:
        if options.get("dry_run"):
            return handle(*args, **options)
        note(name, began_at=timezone.now())
        try:
            answer = handle(*args, **options)
        except BaseException as error:
            note(name, failed_at=timezone.now(), note=_clean(str(error)))
            raise
        note(name, succeeded_at=timezone.now(), note="")
        return answer

    return run


def _clean(words: str) -> str:
    """Words that a database takes, and that name nobody."""
    return scrubbed(words.replace("\0", "").encode(errors="replace").decode())


def note(name: str, **facts: datetime | str | None) -> None:
    """Keep facts about a run of a command, given as fields of `Run`; nothing is kept where the database fails.

    A run that ends well clears an earlier failure: one dated by a wrong clock would otherwise be later than every
    success for years.
    """
    if "succeeded_at" in facts:
        facts["failed_at"] = None
    try:
        if not Run.objects.filter(name=name).update(**facts):
            Run.objects.get_or_create(name=name, defaults={"began_at": timezone.now(), **facts})
    except DatabaseError:
        # The command itself says what ails the database.
        return
