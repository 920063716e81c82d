"""Which commands must come back, and when each last ended well."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from operations.doctor import Finding, doubtful, fine, moment
from operations.models import Run

expected: dict[str, timedelta] = {}
"""How often each command must run."""


def expect(command: str, every: timedelta) -> None:
    """Have it told when a command has not ended well for twice as long as it should."""
    expected[command] = every


def timers() -> Iterator[Finding]:
    """When each command that must come back last ended well, as findings of `doctor`."""
    runs = {run.name: run for run in Run.objects.all()}
    now = timezone.now()
    for name, every in expected.items():
        run = runs.get(name)
        named = {"name": name}
        mend = (
            _("Set up the timer of %(name)s (deploy/), and read what it says: journalctl, or the mail of cron.") % named
        )
        if run is None or run.succeeded_at is None:
            yield doubtful(_("%(name)s has never ended well.") % named, mend)
        elif run.succeeded_at < now - 2 * every:
            told = _("%(name)s has not ended well since %(moment)s.")
            yield doubtful(told % {**named, "moment": moment(run.succeeded_at)}, mend)
        elif run.failed_at and run.failed_at > run.succeeded_at:
            told = _("%(name)s failed on %(moment)s, after having ended well.")
            yield doubtful(told % {**named, "moment": moment(run.failed_at)}, mend)
        else:
            yield fine(_("%(name)s ended well on %(moment)s.") % {**named, "moment": moment(run.succeeded_at)})
