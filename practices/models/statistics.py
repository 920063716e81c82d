"""The statistics: counts by day and searches made in vain; how they are counted is in `practices.statistics`."""

from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_WORDS = 80
"""Characters of the longest search that is kept as words."""


class DailyCount(models.Model):
    """How often something happened on a day: a practice read, a search made, a search made in vain."""

    day = models.DateField()
    kind = models.CharField(max_length=6)
    # The key of the practice; zero for searches. It is no relation: a count outlives what it counted.
    practice = models.BigIntegerField(default=0)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("count of a day")
        verbose_name_plural = _("counts of days")
        constraints = [models.UniqueConstraint(fields=["day", "kind", "practice"], name="dailycount_unique")]

    def __str__(self):
        return f"{self.day} {self.kind} {self.practice}: {self.count}"


class Unanswered(models.Model):
    """Words that found nothing: known by a keyed hash alone until they were searched on several days."""

    digest = models.CharField(max_length=32, unique=True)
    words = models.CharField(max_length=LONGEST_WORDS, blank=True)
    days = models.PositiveSmallIntegerField(default=1)
    last_on = models.DateField()

    class Meta:
        verbose_name = _("search in vain")
        verbose_name_plural = _("searches in vain")

    def __str__(self):
        return self.words
