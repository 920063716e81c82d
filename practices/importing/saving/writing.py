"""Writes compared rows, all or nothing: terms, practices, parts, search, versions, steps.

In bulk, because ten thousand saves would take minutes, and ready beforehand (`preparing`), because on SQLite nobody
else writes before the end. Nobody is written to: whoever imports ten thousand practices does not mean to send as many
messages.
"""

from contextlib import nullcontext

from django.conf import settings
from django.db import transaction
from django.utils import translation

from operations.garbage_collection import collector_paused
from practices.importing.comparing import CHANGED, NEW
from practices.importing.saving import inserting
from practices.importing.saving.preparing import Overtaken, Writing
from practices.importing.words import Addresses
from practices.index import search_index, triggers
from practices.models import Practice
from practices.models.publication import HAVING_PAGES

TRIES = 3
"""How often a writing is made ready, where somebody changes the catalogue each time before it begins."""
READY = 0.8
"""The share of the time that making ready takes."""


def write(results, new, by=None, note="", progress=lambda share: None, claim=nullcontext):
    """Write the rows that are new or changed and return how many; all, or none and Overtaken.

    `new` is what the comparison said is to be made, as {column: {key below zero: fields}}; `progress` is told the share
    that is done; `claim` gives what is entered at the beginning of the transaction and left at its end.
    """
    # The site’s first language is what a field without a language holds.
    with translation.override(settings.LANGUAGE_CODE), collector_paused():
        if not any(one.state in (NEW, CHANGED) for one in results):
            with transaction.atomic(), claim():
                return 0
        for _attempt in range(TRIES):
            writing = Writing(results, new, by, note, lambda share: progress(share * READY))
            try:
                with transaction.atomic(), claim(), triggers.counted_once() as counted:
                    _check(writing)
                    counted |= _carry_out(writing, progress)
            except _Moved:
                continue
            return len(writing.todo)
    raise Overtaken


class _Moved(Exception):
    """The catalogue has changed since the writing was made ready."""


def _check(writing):
    """Lock the practices that change; raise _Moved or Overtaken unless what the writing was made from still holds."""
    for start in range(0, len(writing.changed), inserting.AT_ONCE):
        some = writing.changed[start : start + inserting.AT_ONCE]
        list(Practice.objects.select_for_update().filter(pk__in=some).order_by("pk").values_list("pk"))
    if writing.look() != writing.found:
        raise _Moved
    others = writing.related - set(writing.keys.values())
    if Addresses(writing.slugs).keys or len(_statuses(others)) < len(others):
        raise Overtaken


def _carry_out(writing, progress):
    """Write everything; return the practices of the public that it changes, None standing for all of them."""
    search_index.write(writing.entries)
    inserting.run(writing.statements, lambda share: progress(READY + share * (1 - READY)))
    counted = {row.practice.pk for row in writing.rows if row.public}
    counted |= {pk for pk, status in _statuses(writing.related).items() if status in HAVING_PAGES}
    return counted | {None} if writing.terms_made else counted


def _statuses(pks):
    found, pks = {}, sorted(pks)
    for start in range(0, len(pks), inserting.AT_ONCE):
        some = pks[start : start + inserting.AT_ONCE]
        found |= dict(Practice.objects.filter(pk__in=some).values_list("pk", "status"))
    return found
