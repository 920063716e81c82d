"""How an installation is examined: what a finding is, in which order they are told, and what ends with an error.

What is examined is in the `diagnostics` of each application. The words are French, for whoever holds the installation.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

logger = logging.getLogger(__name__)

FINE, DOUBTFUL, BROKEN = range(3)
MARKS = ("bien", "attention", "PANNE")


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
    """Looks at one thing, named in French; `look` yields findings. What asks the database needs its tables."""

    name: str
    look: Callable[[], Iterable[Finding]]
    asks_database: bool = False


examinations: list[Examination] = []


def examine(name: str, look: Callable[[], Iterable[Finding]], *, asks_database: bool = False) -> None:
    """Register an examination, as `Examination` describes it."""
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
            why = f"L’examen s’est arrêté ({type(error).__name__} : {error})."
            findings = [broken(why, "Relancez avec --traceback pour tout voir.")]
        for finding in findings:
            yield one.name, finding
