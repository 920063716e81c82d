from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from contributions.models import Proposal
from contributions.models.proposals import State
from practices.models import Practice
from tests.contributions.makers import make_proposal

pytestmark = pytest.mark.django_db


def prune(days, **options):
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        call_command("prune", verbosity=0, yes=True, **options)


@pytest.mark.parametrize("state", [State.DRAFT, State.SENT])
@pytest.mark.parametrize(("days", "left"), [(59, 1), (60, 0)])
def test_what_was_never_sent_or_confirmed_is_forgotten_after_sixty_days(state, days, left):
    make_proposal(state=state)

    prune(days)

    assert Proposal.objects.count() == left


def test_what_waits_for_the_editors_is_never_forgotten():
    make_proposal()

    prune(3000)

    assert Proposal.objects.count() == 1


@pytest.mark.parametrize(("days", "left"), [(364, 1), (365, 0)])
def test_who_proposed_is_forgotten_a_year_after_the_decision_and_the_page_keeps_the_agreed_credit(kind, days, left):
    practice = Practice.objects.create(title="Faite", teaser="…", kind=kind, credit="Colette")
    make_proposal(state=State.ACCEPTED, practice=practice, decided_at=timezone.now())

    prune(days)

    practice.refresh_from_db()
    assert (Proposal.objects.count(), practice.credit) == (left, "Colette")


def test_a_dry_run_says_and_does_nothing(capsys):
    make_proposal(state=State.DRAFT)

    with time_machine.travel(timezone.now() + timedelta(days=90)):
        call_command("prune", dry_run=True)

    assert "Propositions jamais envoyées, effacées (à faire)\u00a0: 1" in capsys.readouterr().out
    assert Proposal.objects.count() == 1
