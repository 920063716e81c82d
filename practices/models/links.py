"""What is known of each web address that the catalogue links to; which are asked, and when, is in `links.schedule`."""

from datetime import timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

DEAD_AFTER = 3
"""Failures, each on another day, after which an address is said to be dead."""
REASONS = {
    "robots.txt": _("its robots.txt asks robots not to look"),
    "too many redirects": _("too many redirects"),
    "not a web address": _("not a web address"),
    "private address": _("an address of a private network"),
    "certificate refused": _("its certificate is refused"),
    "no such host": _("no such host"),
    "no answer in time": _("no answer in time"),
}
"""What `http` says, in the words of editors."""


def told_state(failed_days):
    """What some days of failure mean, in words; nothing for none."""
    if not failed_days:
        return ""
    if failed_days >= DEAD_AFTER:
        return _("dead")
    return ngettext("failed on %(count)s day", "failed on %(count)s days", failed_days) % {"count": failed_days}


class LinkCheckQuerySet(models.QuerySet):
    """Addresses, by what is known of them."""

    def dead(self):
        """Those that failed on several days."""
        return self.filter(failed_days__gte=DEAD_AFTER)

    def failing(self):
        """Those that failed the last time, and are not said to be dead yet."""
        return self.filter(failed_days__range=(1, DEAD_AFTER - 1))


class LinkCheck(models.Model):
    """One web address: when it was asked, what it answered, on how many days it has failed since it last worked."""

    url = models.CharField(_("web address"), max_length=500, unique=True)
    checked_at = models.DateTimeField(_("checked on"))
    due_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    failed_days = models.PositiveSmallIntegerField(_("days of failure"), default=0)
    failed_on = models.DateField(null=True)
    undecided = models.BooleanField(default=False)

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("link checked")
        verbose_name_plural = _("links checked")
        ordering = ("-failed_days", "url")

    def __str__(self):
        return self.url

    @property
    def dead(self):
        """Whether it failed on several days."""
        return self.failed_days >= DEAD_AFTER

    @property
    def told(self):
        """What is known of it, in words."""
        refused = _("answers robots only to refuse them")
        told = told_state(self.failed_days) or (refused if self.undecided else _("works"))
        reason = REASONS.get(self.reason, self.reason)
        why = ", ".join(str(one) for one in (self.status, reason) if one)
        return f"{told} ({why})" if why and (self.failed_days or self.undecided) else str(told)

    def take(self, outcome, every):
        """Note an outcome of `http.look`; a failure is asked again the next day, the rest after `every` days."""
        now = timezone.now()
        today = timezone.localdate(now)
        self.checked_at, self.status, self.reason = now, outcome.status, outcome.reason[:200]
        self.undecided = outcome.works is None
        if outcome.works:
            self.failed_days, self.failed_on = 0, None
        elif outcome.works is False and self.failed_on != today:
            self.failed_days, self.failed_on = min(self.failed_days + 1, DEAD_AFTER), today
        soon = outcome.works is False and not self.dead
        # An hour less than a day: a timer that runs every night is never a minute too early.
        self.due_at = now + (timedelta(hours=23) if soon else timedelta(days=every, hours=-1))
