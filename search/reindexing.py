"""The writing of a whole search index again: when a language is added, on demand, after a backup came back."""

from collections.abc import Iterable, Iterator

from django.db import DEFAULT_DB_ALIAS
from django.db.migrations import AddField, Migration

from content.languages import column, other_languages
from search.index import SearchIndex


def reindex(index: SearchIndex, start: int = 0, batch: int = 500) -> Iterator[tuple[int, int]]:
    """Write what every item after a primary key is found by, a transaction a batch; yield (done, last key)."""
    done, last = 0, start
    items = index.model._default_manager
    while pks := list(items.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:batch]):
        index.update(pks)
        done, last = done + len(pks), pks[-1]
        yield done, last


def follow_languages(index: SearchIndex, field: str, using: str, plan: Iterable[tuple[Migration, bool]]) -> None:
    """After migrations (`plan`) that add a language to a field of the model, have its pages find what they tell.

    A text that is translated is found by the pages of the languages that were there when it was indexed.
    """
    added_columns = {column(field, code) for code in other_languages()}
    added = any(
        isinstance(one, AddField) and one.model_name == index.model._meta.model_name and one.name in added_columns
        for migration, backwards in plan
        if not backwards
        for one in migration.operations
    )
    if added and using == DEFAULT_DB_ALIAS:
        for _done in reindex(index):
            pass
