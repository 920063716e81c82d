"""The journal of what timers run: the last time of each command, and how it ended."""

from django.db import models


class Run(models.Model):
    """One row a command: when it last began, when it last ended well, when it last failed since, what it said."""

    name = models.CharField(max_length=60, unique=True)
    began_at = models.DateTimeField()
    succeeded_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    note = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = "run of a command"
        verbose_name_plural = "runs of commands"

    def __str__(self) -> str:
        return self.name
