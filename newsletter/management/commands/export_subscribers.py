"""`manage.py export_subscribers FILE`: writes the readers and their latest proof of consent as CSV."""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from newsletter.models import Subscriber
from newsletter.readers import csv_files


class Command(BaseCommand):
    """The file holds personal data: only its owner can read it."""

    help = "Export all readers as CSV, in the columns that import_subscribers takes."

    def add_arguments(self, parser):
        """Declare the file."""
        parser.add_argument("file", type=Path, help="the file to write; it must not exist yet")

    def handle(self, *args, file, **options):
        """Write the file."""
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(f"Le fichier ne peut être créé : {error}") from error
        with open(descriptor, "w", encoding="utf-8", newline="") as stream:
            count = csv_files.write(stream, Subscriber.objects.order_by("pk"))
        self.stdout.write(f"Lecteurs écrits dans {file} : {count}.")
