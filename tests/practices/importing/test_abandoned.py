from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.roles import EDITOR
from practices.importing import jobs
from practices.models.imports import ImportChunk, ImportJob
from tests.factories import make_person
from tests.practices.importing.tables import FULL, csv_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("days", "left"), [(0, 1), (6.99, 1), (7.01, 0), (20, 0)])
def test_an_import_that_nobody_finishes_is_erased_after_a_week(days, left):
    begun = timezone.now()
    with time_machine.travel(begun, tick=False):
        jobs.start("pratiques.csv", csv_of(FULL), "", make_person("colette", EDITOR))

    with time_machine.travel(begun + timedelta(days=days), tick=False):
        call_command("prune", dry_run=True, verbosity=0)
        assert ImportJob.objects.count() == 1
        call_command("prune", yes=True, verbosity=0)

    assert (ImportJob.objects.count(), ImportChunk.objects.count()) == (left, left)
