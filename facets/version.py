"""The version of some items: a counter that the transaction of every public change moves, and the log of what changed.

The database itself counts, by triggers (`triggers`), so that no way of writing can forget to. What is built from a
version is in `snapshot`.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models
from django.db.models import F
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

LOGGED = 10_000
"""Versions whose changes are kept; whoever is further behind reads all the items again."""


def new_epoch() -> int:
    """Return a number that no other life of this database has: a restored copy may count to the same version."""
    return secrets.randbits(62)


class AbstractVersion(models.Model):
    """One row: how many public changes the items have seen."""

    epoch = models.BigIntegerField(default=new_epoch)
    number = models.BigIntegerField(default=0)

    class Meta:
        abstract = True
        verbose_name = _("catalogue version")
        verbose_name_plural = _("catalogue version")

    def __str__(self) -> str:
        return str(self.number)


class AbstractChange(models.Model):
    """What a version changed: an item; every item (null); or nothing that is counted (0)."""

    version = models.BigIntegerField(db_index=True)
    item = models.BigIntegerField(null=True)

    class Meta:
        abstract = True
        verbose_name = _("catalogue change")
        verbose_name_plural = _("catalogue changes")

    def __str__(self) -> str:
        return f"{self.version}: {self.item}"


@dataclass(frozen=True, order=True)
class Stamp:
    """A version of this database; two are comparable within one epoch."""

    epoch: int
    number: int


class VersionLog:
    """The version of the items of one catalogue, and its log, in two tables whose models are named ("app.Model")."""

    def __init__(self, version: str, change: str) -> None:
        self._version = version
        self._change = change

    @cached_property
    def version_model(self) -> type[AbstractVersion]:
        """The model of the version."""
        return apps.get_model(self._version)

    @cached_property
    def change_model(self) -> type[AbstractChange]:
        """The model of the log."""
        return apps.get_model(self._change)

    def current(self) -> Stamp:
        """Return the version that committed changes have reached; one query of one row."""
        # Every request asks this, a page from the cache nothing else: the driver costs a fifth of Django's cursor.
        connection.ensure_connection()
        with connection.wrap_database_errors:
            row = connection.connection.execute(self._query).fetchone()
        return Stamp(*row) if row else Stamp(0, 0)

    @cached_property
    def _query(self) -> str:
        return f"SELECT epoch, number FROM {self.version_model._meta.db_table}"

    def changed_since(self, old: Stamp, new: Stamp) -> set[int] | None:
        """Return the keys of the items that changed after `old`, up to `new`; None where all must be read again."""
        if old.epoch != new.epoch or old.number > new.number:
            return None
        changes = self.change_model._default_manager.filter(version__gt=old.number, version__lte=new.number)
        rows = set(changes.values_list("version", "item")[: LOGGED + 1])
        complete = len({version for version, _item in rows}) == new.number - old.number
        items = {item for _version, item in rows if item is not None}
        everything = any(item is None for _version, item in rows)
        return items if complete and not everything else None

    def begin(self, using: str) -> None:
        """Create the row of the version where there is none."""
        versions = self.version_model._default_manager.using(using)
        if not versions.exists():
            version = self.version_model(epoch=new_epoch())
            version.pk = 1
            version.save(using=using, force_insert=True)

    def move(self, using: str, items: Iterable[int | None]) -> None:
        """Count one change, of some items (primary keys), in the transaction that is open; [None] stands for all."""
        versions = self.version_model._default_manager.using(using)
        versions.update(number=F("number") + 1)
        number = versions.values_list("number", flat=True)[0]
        changes = self.change_model._default_manager.using(using)
        changes.bulk_create(self.change_model(version=number, item=item) for item in items)
        changes.filter(version__lte=number - LOGGED).delete()

    def restart(self) -> None:
        """Begin another life, as a restored database does: what was read of the one before is comparable no more."""
        self.version_model._default_manager.update(epoch=new_epoch(), number=F("number") + 1)
        self.change_model._default_manager.all().delete()
