"""Sets one thing aside when its handling fails, so that it never keeps the others from theirs."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

logger = logging.getLogger(__name__)
TOLD = 20
"""Things set aside that a command names; it counts the others."""


class Asides:
    """What was set aside by one run, as sentences that name each thing and say what went wrong with it."""

    def __init__(self) -> None:
        self.told: list[str] = []

    @contextmanager
    def trying(self, name: str) -> Iterator[None]:
        """Handle one thing, named in words; whatever its handling raises sets it aside."""
        try:
            yield
        except Exception as error:
            self.note(name, error)

    def note(self, name: str, error: BaseException) -> None:
        """Set one thing aside.

        The log has the kind of the error and its place, not its words: these may hold an address.
        """
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "?"
        logger.error("%s was set aside: %s at %s", name, type(error).__name__, place)
        self.told.append(_("%(name)s: %(words)s") % {"name": name, "words": what(error)})

    def lines(self) -> list[str]:
        """Return what a command says of them: a line each, TOLD at most, then how many more there are."""
        more = len(self.told) - TOLD
        if more <= 0:
            return self.told
        return [*self.told[:TOLD], ngettext("… and %(count)s other", "… and %(count)s others", more) % {"count": more}]


def what(error: BaseException) -> str:
    """Return an error as one line of at most 500 characters that every database keeps."""
    return storable(" ".join(f"{type(error).__name__}: {error}".split()))[:500]


def storable(text: str) -> str:
    """Return a text without what a database refuses: NUL, halves of a character."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
