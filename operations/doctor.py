"""How an installation is examined: what a finding is, in which order they are told, and what ends with an error.

What is examined is in the `diagnostics` of each application. The words are for whoever holds the installation.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

logger = logging.getLogger(__name__)

FINE, DOUBTFUL, BROKEN = range(3)
MARKS = (gettext_lazy("fine"), gettext_lazy("warning"), gettext_lazy("BROKEN"))


@dataclass(frozen=True)
class Finding:
    """What one examination found: FINE, DOUBTFUL or BROKEN, a sentence, and what to do about it."""

    level: int
    words: str
    mend: str = ""


def fine(words: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(FINE, words)


def doubtful(words: str, mend: str) -> Finding:
    """Return a finding that the site works, and that somebody should have a look."""
    return Finding(DOUBTFUL, words, mend)


def broken(words: str, mend: str) -> Finding:
    """Return a finding that the site does not do what it promises."""
    return Finding(BROKEN, words, mend)


@dataclass(frozen=True)
class Examination:
    """Looks at one thing; `look` yields findings. `name` is a msgid; what asks the database needs its tables."""

    name: str
    look: Callable[[], Iterable[Finding]]
    asks_database: bool = False


examinations: list[Examination] = []


def examine(name: str, look: Callable[[], Iterable[Finding]], *, asks_database: bool = False) -> None:
    """Register an examination, as `Examination` describes it, under a name marked by `gettext_noop`."""
    examinations.append(Examination(name, look, asks_database))


def consult(tables_are_there: Callable[[], bool]) -> Iterator[tuple[str, Finding]]:
    """Examine everything; yield (name of the examination, finding) as each comes.

    An examination that raises is itself a finding.
    """
    for one in examinations:
        if one.asks_database and not tables_are_there():  # it has been told once
            continue
        try:
            findings = list(one.look())
        except Exception as error:
            logger.debug("Examination of %s", one.name, exc_info=True)
            told = {"kind": type(error).__name__, "error": error}
            why = _("The examination stopped (%(kind)s: %(error)s).") % told
            findings = [broken(why, _("Run it again with --traceback to see everything."))]
        for finding in findings:
            yield _(one.name), finding


def moment(when: datetime) -> str:
    """Return a moment as findings tell it: a day and a time of the site's time zone."""
    return date_format(timezone.localtime(when), _("d/m/Y, H:i"))
