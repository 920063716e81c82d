"""`manage.py load_collection`: puts the founding collection and the plain pages into the catalogue."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from practices.models import Practice

FIXTURES = ("vocabularies", "practices", "pages")


class Command(BaseCommand):
    """Loads the fixtures by natural key: what is there already is brought back to the fixtures' words."""

    help = "Load the founding collection: vocabularies, 27 practices, plain pages."

    def add_arguments(self, parser):
        """Declare --if-empty."""
        parser.add_argument("--if-empty", action="store_true", help="do nothing where there is a practice already")

    def handle(self, *args, if_empty, verbosity, **options):
        """Load everything or nothing."""
        if if_empty and Practice.objects.exists():
            self._say("Le catalogue contient déjà des pratiques : rien n’a été chargé.", verbosity)
            return
        with transaction.atomic():
            for name in FIXTURES:
                call_command("loaddata", settings.BASE_DIR / "fixtures" / f"{name}.json", verbosity=0)
        self._say(f"Collection fondatrice chargée : {Practice.objects.published().count()} pratiques.", verbosity)

    def _say(self, sentence, verbosity):
        if verbosity:
            self.stdout.write(sentence)
