"""How a command that timers run leaves a trace of each run, which `doctor` reads."""

from functools import wraps

from django.db import DatabaseError
from django.utils import timezone

from operations.logs.privacy import scrubbed
from operations.models import Run


def recorded(handle):
    """Have the `handle` of a command record its runs under the command's name; a dry run is none."""
    name = handle.__module__.rpartition(".")[2]

    @wraps(handle)
    def run(self, *args, **options):
        if options.get("dry_run"):
            return handle(self, *args, **options)
        note(name, began_at=timezone.now())
        try:
            answer = handle(self, *args, **options)
        except BaseException as error:
            note(name, failed_at=timezone.now(), note=_clean(str(error)))
            raise
        note(name, succeeded_at=timezone.now(), note="")
        return answer

    return run


def _clean(words):
    """Words that a database takes, and that name nobody."""
    return scrubbed(words.replace("\0", "").encode(errors="replace").decode())


def note(name, **facts):
    """Keep what is known of a run, as fields of `Run`; one that ends well makes an earlier failure the past.

    Otherwise a failure at a moment that a wrong clock gave would be later than every success for years.
    """
    if "succeeded_at" in facts:
        facts["failed_at"] = None
    try:
        if not Run.objects.filter(name=name).update(**facts):
            Run.objects.get_or_create(name=name, defaults={"began_at": timezone.now(), **facts})
    except DatabaseError:
        # The command itself says what ails the database.
        return
