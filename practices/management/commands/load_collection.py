"""`manage.py load_collection`: puts the founding collection and the plain pages into the catalogue."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.models import Practice

FIXTURES = ("vocabularies", "practices", "pages")


class Command(BaseCommand):
    """Loads the fixtures by natural key: what is there already is brought back to the fixtures' words."""

    def add_arguments(self, parser):
        """Declare --if-empty."""
        parser.description = _("Load the founding collection: vocabularies, 27 practices, plain pages.")
        parser.add_argument("--if-empty", action="store_true", help=_("do nothing where there is a practice already"))

    def handle(self, *args, if_empty, verbosity, **options):
        """Load everything or nothing."""
        if if_empty and Practice.objects.exists():
            self._say(_("The catalogue holds practices already: nothing was loaded."), verbosity)
            return
        with transaction.atomic():
            for name in FIXTURES:
                call_command("loaddata", settings.BASE_DIR / "fixtures" / f"{name}.json", verbosity=0)
        count = Practice.objects.published().count()
        told = ngettext(
            "Founding collection loaded: %(count)s practice.", "Founding collection loaded: %(count)s practices.", count
        )
        self._say(told % {"count": count}, verbosity)

    def _say(self, sentence, verbosity):
        if verbosity:
            self.stdout.write(sentence)
