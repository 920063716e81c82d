"""Owns the catalogue version: a counter that the transaction of every public change moves, and the log of what changed.

The database itself counts, by triggers (`triggers`), so that no way of writing can forget to. What is built from a
version is in `index`.
"""

import secrets
from dataclasses import dataclass

from django.db import connection, models
from django.utils.translation import gettext_lazy as _

LOGGED = 10_000
"""Versions whose changes are kept; whoever is further behind reads the whole catalogue again."""


def new_epoch():
    """A number that no other life of this database has: a restored copy may count to the same version."""
    return secrets.randbits(62)


class Version(models.Model):
    """One row: how many public changes this catalogue has seen."""

    epoch = models.BigIntegerField(default=new_epoch)
    number = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("catalogue version")
        verbose_name_plural = _("catalogue version")

    def __str__(self):
        return str(self.number)


class Change(models.Model):
    """What a version changed: a practice; every practice (null); or nothing that is counted (0)."""

    version = models.BigIntegerField(db_index=True)
    practice = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("catalogue change")
        verbose_name_plural = _("catalogue changes")

    def __str__(self):
        return f"{self.version}: {self.practice}"


@dataclass(frozen=True, order=True)
class Stamp:
    """A version of this database; two are comparable within one epoch."""

    epoch: int
    number: int


def current_stamp():
    """The version that committed changes have reached; one query of one row."""
    # Every request asks this, a page from the cache nothing else: the driver alone costs a fifth of Django's cursor.
    connection.ensure_connection()
    with connection.wrap_database_errors:
        row = connection.connection.execute("SELECT epoch, number FROM practices_version").fetchone()
    return Stamp(*row) if row else Stamp(0, 0)


def changed_since(old, new):
    """Return the practices that changed after `old`, up to `new`, or None when the whole catalogue must be read."""
    if old.epoch != new.epoch or old.number > new.number:
        return None
    changes = Change.objects.filter(version__gt=old.number, version__lte=new.number)
    rows = set(changes.values_list("version", "practice")[: LOGGED + 1])
    complete = len({version for version, _practice in rows}) == new.number - old.number
    practices = {practice for _version, practice in rows}
    return practices if complete and None not in practices else None
