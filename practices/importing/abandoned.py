"""How long the rows of an import are kept: whoever began it still has the file, and they may name people."""

from django.utils import timezone
from django.utils.translation import gettext as _

from practices.importing.jobs import KEPT
from practices.models.imports import ImportJob


def prune(dry_run=False):
    """Erase imports begun more than `jobs.KEPT` ago, written or not; return {what was done: how many}."""
    old = ImportJob.objects.filter(created_at__lt=timezone.now() - KEPT)
    done = {_("Old or abandoned imports, erased"): old.count()}
    if not dry_run:
        old.delete()
    return done
