"""Owns the writing of the whole search index again: when a language is added, on demand, after a backup came back."""

from django.db import DEFAULT_DB_ALIAS
from django.db.migrations import AddField

from practices import search
from practices.languages import column, other_languages
from practices.models import Practice


def index_all(start=0, batch=500):
    """Write what every practice after a primary key is found by, a transaction a batch; yield (done, last key)."""
    done, last = 0, start
    while pks := list(Practice.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]):
        search.index(pks)
        done, last = done + len(pks), pks[-1]
        yield done, last


def follow_languages(sender=None, using=DEFAULT_DB_ALIAS, plan=(), **_kwargs):
    """After migrations that add a language to practices, have its pages find what they tell: French, for now.

    A French text that is translated is found by the pages of the languages that were there when it was indexed.
    """
    titles = {column("title", code) for code in other_languages()}
    added = any(
        isinstance(one, AddField) and one.model_name == "practice" and one.name in titles
        for migration, backwards in plan
        if not backwards
        for one in migration.operations
    )
    if added and using == DEFAULT_DB_ALIAS:
        for _done in index_all():
            pass
