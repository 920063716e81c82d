"""The version of the catalogue and the log of its changes; what they mean is in `facets.version`."""

from django.db import models

from facets.version import AbstractChange, AbstractVersion


class Version(AbstractVersion):
    """One row: how many public changes this catalogue has seen."""


class Change(AbstractChange):
    """What a version changed: a practice; every practice (null); or nothing that is counted (0)."""

    # The column keeps the name it was made with.
    item = models.BigIntegerField(null=True, db_column="practice")
