from datetime import timedelta

import pytest
from django.utils import timezone

from newsletter import restore_hooks
from newsletter.models import Delivery, ErasedAddress, Subscriber
from newsletter.readers import subscriptions
from tests.newsletter.makers import ask, make_letter, make_reader

pytestmark = pytest.mark.django_db


def come_back(memory=(), moved=False):
    """What happens to the rows that are there when they are those of a backup."""
    return restore_hooks.after({"at": timezone.now(), "memory": memory, "moved": moved})


def test_who_was_erased_since_the_backup_stays_erased():
    subscriptions.erase("partie@example.org")
    memory = restore_hooks.remember()
    ErasedAddress.objects.all().delete()
    make_reader("partie@example.org", joined_at=timezone.now() - timedelta(days=3))
    make_reader("gardee@example.org")
    subscriptions.Consent.objects.update(asked_at=timezone.now() - timedelta(days=3))

    said = come_back(memory)

    assert said == ["1 lecteur effacé depuis cette sauvegarde\u00a0: effacé de nouveau."]
    assert list(Subscriber.objects.values_list("email", flat=True)) == ["gardee@example.org"]
    assert restore_hooks.remember() == memory


def test_who_came_back_after_being_erased_stays():
    subscriptions.erase("revenue@example.org")
    memory = [[mark, "2026-01-01"] for mark, _day in restore_hooks.remember()]
    ErasedAddress.objects.all().delete()
    make_reader("revenue@example.org")

    said = come_back(memory)

    assert (said, Subscriber.objects.count(), ErasedAddress.objects.count()) == ([], 1, 0)


def test_an_address_erased_since_and_unknown_to_the_backup_is_still_refused_by_imports():
    subscriptions.erase("partie@example.org")
    memory = restore_hooks.remember()
    ErasedAddress.objects.all().delete()

    come_back(memory)

    assert restore_hooks.remember() == memory


@pytest.mark.parametrize(
    ("moved", "states"),
    [
        (False, {("1-confirmation", "queued"), ("3-letter", "uncertain")}),
        (True, {("1-confirmation", "queued"), ("3-letter", "queued")}),
    ],
)
def test_what_may_have_left_since_the_backup_waits_for_a_decision_but_goes_on_when_the_site_moves(moved, states):
    ask("demande@example.org")
    make_letter(readers=2)

    said = come_back(moved=moved)

    assert set(Delivery.objects.values_list("kind", "state")) == states
    assert [line[:10] for line in said] == ([] if moved else ["2 envois é"])
