"""`manage.py export_subscribers FILE`: writes the readers and their latest proof of consent as CSV."""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from newsletter.models import Subscriber
from newsletter.readers import csv_files


class Command(BaseCommand):
    """The file holds personal data: only its owner can read it."""

    def add_arguments(self, parser):
        """Declare the file."""
        parser.description = _("Export all readers as CSV, in the columns that import_subscribers takes.")
        parser.add_argument("file", type=Path, help=_("the file to write; it must not exist yet"))

    def handle(self, *args, file, **options):
        """Write the file."""
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(_("The file cannot be created: %(error)s") % {"error": error}) from error
        with open(descriptor, "w", encoding="utf-8", newline="") as stream:
            count = csv_files.write(stream, Subscriber.objects.order_by("pk"))
        self.stdout.write(_("Readers written to %(file)s: %(count)s.") % {"file": file, "count": count})
