from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsletter.models import Subscriber
from operations import clock
from operations.doctor import BROKEN, FINE
from operations.models import Run
from operations.monitoring import probes
from tests.newsletter.makers import ask, make_letter

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 28, 2, tzinfo=timezone.get_default_timezone())


def at(days):
    """The clock, some days after what the site has seen."""
    return time_machine.travel(NOW + timedelta(days=days), tick=False)


@pytest.fixture
def site():
    """A site with two readers, where prune has run last night."""
    with at(-1):
        make_letter(readers=2)
        call_command("prune", verbosity=0)
    return set(Subscriber.objects.values_list("pk", flat=True))


def levels():
    return [finding.level for finding in clock.examination()]


@pytest.mark.parametrize("days", [31, 365, 4 * 365, 40 * 365])
def test_a_clock_that_jumped_erases_nobody(site, days):
    with at(days):
        with pytest.raises(CommandError, match="l’horloge a peut-être sauté"):
            call_command("prune", verbosity=0)

        assert set(Subscriber.objects.values_list("pk", flat=True)) == site
        assert levels() == [BROKEN]
        assert probes.prune() == "failed"


def test_a_clock_that_stays_wrong_is_not_believed_for_what_is_written_by_it(site):
    for days in range(4 * 365, 4 * 365 + 5):
        with at(days):
            ask(f"{days}@example.org")
            with pytest.raises(CommandError):
                call_command("prune", verbosity=0)


def test_once_the_clock_is_right_again_all_is_well(site):
    with at(4 * 365), pytest.raises(CommandError):
        call_command("prune", verbosity=0)

    with at(1):
        call_command("prune", verbosity=0)

        assert (levels(), probes.prune()) == ([FINE], "ok")
        assert Run.objects.get(name="prune").failed_at is None


def test_an_operator_who_has_looked_at_the_clock_says_yes(site):
    with at(4 * 365):
        call_command("prune", verbosity=0, yes=True)

        assert levels() == [FINE]
    with at(4 * 365 + 1):
        call_command("prune", verbosity=0)


@pytest.mark.parametrize("days", [0, 1, 8, 28])
def test_a_night_or_four_weeks_without_prune_are_no_jump(site, days):
    with at(days):
        call_command("prune", verbosity=0)


def test_a_timer_that_did_not_run_for_months_on_a_site_that_lives_is_no_jump(site):
    for days in range(10, 200, 20):
        with at(days):
            ask(f"{days}@example.org")

    with at(200):
        call_command("prune", verbosity=0)


def test_the_first_run_looks_at_all_that_is_known():
    with at(0):
        ask("ancienne@example.org")
    with at(4 * 365):
        ask("nouvelle@example.org")
        with pytest.raises(CommandError):
            call_command("prune", verbosity=0)


def test_an_empty_site_has_nothing_to_doubt():
    assert clock.jump(NOW - timedelta(days=9999)) is None


def test_what_would_be_done_is_said_with_the_doubt(site, capsys):
    with at(4 * 365):
        call_command("prune", dry_run=True)

    told = capsys.readouterr()
    assert "l’horloge a peut-être sauté" in told.err
    assert "(à faire)" in told.out


def test_a_last_run_in_the_future_is_no_witness(site):
    Run.objects.filter(name="prune").update(succeeded_at=NOW + timedelta(days=4 * 365))

    with at(2 * 365), pytest.raises(CommandError):
        call_command("prune", verbosity=0)
