"""`manage.py generate_practices`: fills the catalogue with made-up practices, for load tests and benchmarks."""

from time import perf_counter

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from operations.garbage_collection import collector_paused
from practices.generation.batches import make_batches
from practices.generation.rows import first_free_number, read_vocabularies, save
from practices.models import Audience, Country, Kind, Practice, Sector, Theme

VOCABULARIES = (Country, Sector, Theme, Audience, Kind)
BAR = 40


class Command(BaseCommand):
    """Adds practices in plausible French: the same for the same seed, number and vocabularies."""

    def add_arguments(self, parser):
        """Declare how many, which and by how many at a time."""
        parser.description = _(
            "Add made-up practices for load tests and benchmarks; load the vocabularies first when there are none."
        )
        parser.add_argument("--count", type=int, required=True, help=_("how many practices to add"))
        parser.add_argument("--seed", type=int, default=1, help=_("another seed makes other practices (default: 1)"))
        parser.add_argument("--batch", type=int, default=2000, help=_("practices in one transaction (default: 2000)"))

    def handle(self, *args, count, seed, batch, verbosity, **options):
        """Add the practices, batch by batch; what a batch has saved stays if a later one fails."""
        if count < 1 or batch < 1:
            raise CommandError(_("--count and --batch take a number of at least 1."))
        started = perf_counter()
        self._prepare(verbosity)
        done = 0
        with collector_paused():
            for rows in make_batches(batch, count, seed, first_free_number(), read_vocabularies()):
                save(rows)
                done += len(rows)
                self._show_progress(done / count, verbosity)
        if verbosity:
            seconds = perf_counter() - started
            total = Practice.objects.count()
            told = _("Practices added: %(count)s, in %(seconds)s s; the catalogue holds %(total)s.")
            self.stdout.write(told % {"count": done, "seconds": f"{seconds:.1f}", "total": total})

    def _prepare(self, verbosity):
        if not any(model.objects.exists() for model in VOCABULARIES):
            call_command("loaddata", settings.BASE_DIR / "fixtures" / "vocabularies.json", verbosity=0)
        if not Kind.objects.exists():
            raise CommandError(_("The vocabulary of kinds is empty: a practice needs one."))
        if verbosity and (present := Practice.objects.count()):
            told = _("Practices there already: %(count)s; the new ones are added to them.") % {"count": present}
            self.stdout.write(self.style.WARNING(told))

    def _show_progress(self, share, verbosity):
        if verbosity and self.stdout.isatty():
            bar = "█" * int(BAR * share)
            self.stdout.write(f"\r{bar:░<{BAR}} {share:4.0%}", ending="\n" if share == 1 else "")
            self.stdout.flush()
