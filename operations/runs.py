"""Owns how a command that timers run leaves a trace of each run, which `doctor` reads."""

from functools import wraps

from django.db import DatabaseError
from django.utils import timezone

from operations.models import Run


def recorded(handle):
    """Have the `handle` of a command record its runs under the command's name; a dry run is none."""
    name = handle.__module__.rpartition(".")[2]

    @wraps(handle)
    def run(self, *args, **options):
        if options.get("dry_run"):
            return handle(self, *args, **options)
        _note(name, began_at=timezone.now())
        try:
            answer = handle(self, *args, **options)
        except BaseException:
            _note(name, failed_at=timezone.now())
            raise
        _note(name, succeeded_at=timezone.now())
        return answer

    return run


def _note(name, **when):
    try:
        if not Run.objects.filter(name=name).update(**when):
            Run.objects.get_or_create(name=name, defaults={"began_at": timezone.now(), **when})
    except DatabaseError:
        # The command itself says what ails the database.
        return
