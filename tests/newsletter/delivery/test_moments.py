from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from newsletter import letters
from newsletter.delivery import moments, queue
from newsletter.delivery.sender import Sender
from newsletter.models import Delivery, MailServer, SavedSearch, Subscriber
from newsletter.models.letters import LetterState
from newsletter.readers import subscriptions
from newsletter.schedule import next_digest
from operations import doctor
from tests.factories import make_practice
from tests.newsletter.makers import ask, make_letter, make_reader

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
JUMPS = [timedelta(days=3), timedelta(days=366), timedelta(days=4000)]


def at(moment):
    return time_machine.travel(moment, tick=False)


def run():
    mail.outbox.clear()
    call_command("send_newsletter", verbosity=0)
    return sorted(message.to[0] for message in mail.outbox)


@pytest.mark.parametrize("jump", JUMPS, ids=str)
@pytest.mark.parametrize("pace", [1, 60, 6000])
def test_what_a_clock_that_was_ahead_for_one_run_left_keeps_nothing_from_leaving(settings, monkeypatch, jump, pace):
    settings.NEWSLETTER_PER_MINUTE = pace
    waited = []
    monkeypatch.setattr(Sender, "_wait_for_slot", lambda self: waited.append(queue.reserve_slot()) or True)
    with at(NOW):
        reader = make_reader(
            "a@example.org", frequency="weekly", told_since=NOW, next_digest_at=NOW + timedelta(days=6)
        )
        letter = make_letter(send_at=NOW + timedelta(hours=1), start=False)
    with at(NOW + jump):
        call_command("send_newsletter", verbosity=0)
        ask("b@example.org")
        Delivery.objects.exclude(state="sent").update(state="deferred", tries=1, next_try_at=timezone.now())
        queue.server()
        MailServer.objects.update(next_slot_at=timezone.now(), failed_at=timezone.now())
        stopped = Delivery.objects.create(kind="2-reminder", subscriber=reader)
        queue.claim("elsewhere|1|x", ["2-reminder"])
    waited.clear()
    with at(NOW + timedelta(hours=2)):
        first = run()
        assert waited[0] <= timezone.now()
        assert waited[-1] <= timezone.now() + queue.FURTHEST_SLOT
        stopped.refresh_from_db()
        assert timezone.now() - timedelta(seconds=1) <= stopped.claimed_at <= timezone.now()
        assert MailServer.objects.get().next_slot_at <= timezone.now() + queue.FURTHEST_SLOT + timedelta(minutes=1)
        assert not queue.mail_is_late()
        reader.refresh_from_db()
        assert reader.next_digest_at == next_digest("weekly", timezone.now())
    letter.refresh_from_db()

    assert "b@example.org" in first
    assert letter.state == LetterState.SENT
    assert letter.started_at <= NOW + timedelta(hours=2) or jump == JUMPS[0]
    assert Delivery.objects.filter(letter=letter, state="sent").count() == 1


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_who_signs_up_while_the_clock_is_ahead_is_written_to_and_told_of_what_comes_next(jump):
    with at(NOW + jump):
        asked = ask("a@example.org", letters=False, frequency="weekly", query="?q=titre")
        reader = subscriptions.confirm(asked.key)
    with at(NOW):
        run()
        reader.refresh_from_db()
        assert (reader.told_since, reader.joined_at, reader.next_digest_at) == (NOW, NOW, next_digest("weekly", NOW))
        assert SavedSearch.objects.get().created_at == NOW
    make_practice(title="Titre", published_at=NOW + timedelta(days=1))
    with at(reader.next_digest_at + timedelta(minutes=1)):
        assert run() == ["a@example.org"]


@pytest.mark.parametrize("jump", JUMPS, ids=str)
def test_a_letter_sent_now_by_a_clock_that_is_ahead_leaves_now(jump):
    make_reader("a@example.org")
    letter = make_letter(start=False, state=LetterState.DRAFT)
    later = make_letter(start=False, state=LetterState.DRAFT)
    with at(NOW + jump):
        letters.schedule(letter, timezone.now())
        letters.schedule(later, NOW + 2 * jump)
    with at(NOW):
        assert run() == ["a@example.org"]
    letter.refresh_from_db()
    later.refresh_from_db()

    assert letter.state == LetterState.SENT
    assert (later.state, later.send_at) == (LetterState.SCHEDULED, NOW + 2 * jump)


def test_what_waits_as_it_should_is_left_as_it_is(send_mail):
    with at(NOW):
        make_reader("a@example.org", frequency="monthly", told_since=NOW, next_digest_at=next_digest("monthly", NOW))
        make_letter(send_at=NOW + timedelta(days=400), start=False)
        make_letter(readers=2)
        for tries, wait in enumerate(queue.BACK_OFF, start=1):
            reader = make_reader()
            fields = {"kind": "2-reminder", "subscriber": reader, "state": "deferred"}
            Delivery.objects.create(**fields, tries=tries, next_try_at=NOW + wait)
        held = make_letter(send_at=NOW - timedelta(days=2), start=False, state=LetterState.HELD)

        assert moments.impossible() == {}
        assert moments.mend() == 0
    held.refresh_from_db()
    assert held.state == LetterState.HELD


def test_doctor_names_the_moments_that_cannot_be():
    with at(NOW):
        reader = make_reader("a@example.org", told_since=NOW + timedelta(days=3))
        make_letter(title="Dans longtemps", send_at=NOW + timedelta(days=500), start=False)
        make_letter(title="Jamais partie", send_at=NOW - timedelta(hours=3), start=False)
        ask("b@example.org")
        Delivery.objects.update(next_try_at=NOW + timedelta(days=3))
        Subscriber.objects.update(next_digest_at=NOW - timedelta(hours=5))

        found = [one.words for name, one in doctor.consult(lambda: True) if name == "Heures d’envoi"]
        moments.mend()
        left = [one.words for name, one in doctor.consult(lambda: True) if name == "Heures d’envoi"]

    assert found == [
        "Une heure impossible, à venir, est notée (envois\u00a0: 1)\u00a0: l’horloge a été en avance.",
        "Une heure impossible, à venir, est notée (lecteurs\u00a0: 1)\u00a0: l’horloge a été en avance.",
        "La lettre «\u00a0Dans longtemps\u00a0» est programmée dans plus d’un an.",
        "La lettre «\u00a0Jamais partie\u00a0» devait partir et ne part pas.",
        f"Lecteurs qui attendent leur récapitulatif depuis plus d’une heure\u00a0: 1 (n° {reader.pk}).",
    ]
    assert left == found[2:]


def test_a_slot_is_no_further_than_the_messages_that_wait(settings):
    settings.NEWSLETTER_PER_MINUTE = 60
    make_letter(readers=20)
    with at(NOW):
        queue.server()
        slots = []
        for ahead in (20, 29, 31, 299, 3600):
            MailServer.objects.update(next_slot_at=NOW + timedelta(seconds=ahead))
            slots.append((queue.reserve_slot() - NOW).total_seconds())

    assert slots == [20, 29, 0, 0, 0]


def test_a_run_ends_when_its_time_is_over_and_the_next_one_goes_on(send_mail):
    make_letter(readers=3)

    call_command("send_newsletter", minutes=0, verbosity=0)

    assert len(mail.outbox) == 0
    assert len(send_mail()) == 3
