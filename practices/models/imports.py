"""What an import keeps between two requests: the rows of the file, what was said of them; moved on by `jobs`."""

import json
import zlib
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PackedField(models.BinaryField):
    """JSON values kept small."""

    def from_db_value(self, value, *_args):
        """Unpack."""
        return None if value is None else json.loads(zlib.decompress(value))

    def get_db_prep_value(self, value, connection, prepared=False):
        """Pack."""
        packed = None if value is None else zlib.compress(json.dumps(value).encode(), 1)
        return super().get_db_prep_value(packed, connection, prepared)


class Stage(models.TextChoices):
    """What an import waits for."""

    COLUMNS = "columns", _("Columns to confirm")
    TERMS = "terms", _("Unknown words to decide on")
    CHECKING = "checking", _("Being compared")
    READY = "ready", _("Compared")
    WRITTEN = "written", _("Written")


class ImportJob(models.Model):
    """One import, from its file to its writing; it belongs to whoever began it."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=255)
    about = models.CharField(max_length=255)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.COLUMNS)
    headings = models.JSONField()
    mapping = models.JSONField(default=dict)
    decisions = models.JSONField(default=dict)
    faults = models.JSONField(default=list)
    survey: "models.Field[Any, Any]" = PackedField(null=True)
    new: "models.Field[Any, Any]" = PackedField(null=True)
    rows = models.PositiveIntegerField()
    checked = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-created_at",)

    def __str__(self):
        return self.name


class ImportChunk(models.Model):
    """Some rows of a file, and what comparing them gave."""

    job = models.ForeignKey(ImportJob, on_delete=models.CASCADE, related_name="chunks")
    first = models.PositiveIntegerField()
    rows: "models.Field[Any, Any]" = PackedField()
    results: "models.Field[Any, Any]" = PackedField(null=True)
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("rows of an import")
        verbose_name_plural = _("rows of imports")
        ordering = ("first",)
        constraints = [models.UniqueConstraint(fields=["job", "first"], name="importchunk_unique")]

    def __str__(self):
        return f"{self.job_id}: {self.first}"
