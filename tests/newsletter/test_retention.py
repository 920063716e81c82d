from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from newsletter import tokens
from newsletter.delivery.sender import Sender
from newsletter.models import Consent, Delivery, ErasedAddress, Subscriber, Tally
from newsletter.models.deliveries import DeliveryState
from newsletter.readers import subscriptions
from tests.newsletter.makers import ask, link, make_reader

pytestmark = pytest.mark.django_db


def prune(days, **options):
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        call_command("prune", verbosity=0, yes=True, **options)


@pytest.mark.parametrize(("days", "left"), [(29, 1), (30, 0)])
def test_a_request_never_confirmed_is_forgotten_after_thirty_days(days, left):
    ask()

    prune(days)

    assert Consent.objects.count() == left


def test_a_silent_reader_is_asked_first_and_erased_when_nothing_comes(send_mail):
    reader = make_reader("colette@example.org")

    prune(3 * 365 - 1)
    assert send_mail() == []
    prune(3 * 365)
    prune(3 * 365 + 1)
    with time_machine.travel(timezone.now() + timedelta(days=3 * 365 + 2)):
        [message] = send_mail()
    prune(3 * 365 + 31)
    assert Subscriber.objects.count() == 1
    prune(3 * 365 + 33)

    assert message.to == [reader.email]
    assert "Désinscription" in message.body
    assert (Subscriber.objects.count(), ErasedAddress.objects.count()) == (0, 1)


def test_a_silent_reader_who_saves_her_choices_stays(client, send_mail):
    reader = make_reader()
    prune(3 * 365)
    with time_machine.travel(timezone.now() + timedelta(days=3 * 365 + 10)):
        address = f"/newsletter/preferences/{tokens.PREFERENCES.make(reader)}/"
        client.post(address, {"action": "save", "letters": "on", "language": "fr"})

    prune(3 * 365 + 60)

    reader.refresh_from_db()
    assert (reader.state, reader.reminded_at) == ("active", None)


def test_the_link_of_the_question_works_for_as_long_as_the_question_says(client, send_mail):
    make_reader()
    prune(3 * 365)
    now = timezone.now() + timedelta(days=3 * 365)
    with time_machine.travel(now, tick=False):
        [message] = send_mail()
    assert "trente jours" in message.body or "30 jours" in message.body

    answers = []
    for days in (8, 29, 31):
        with time_machine.travel(now + timedelta(days=days), tick=False):
            answers.append(client.get(link(message, "preferences")).status_code)

    assert answers == [200, 200, 404]


def test_nobody_is_erased_for_not_answering_a_question_that_never_left(send_mail, settings):
    make_reader()
    prune(3 * 365)
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    with time_machine.travel(timezone.now() + timedelta(days=3 * 365 + 1)):
        Sender().run()

    prune(3 * 365 + 40)
    assert Subscriber.objects.count() == 1
    Delivery.objects.update(state=DeliveryState.FAILED)
    prune(3 * 365 + 41)

    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["failed", "queued"]
    prune(3 * 365 + 42)
    assert Delivery.objects.count() == 2


def test_who_left_is_erased_after_thirty_days():
    reader = make_reader()
    subscriptions.leave(reader.key)

    prune(29)
    assert Subscriber.objects.count() == 1
    prune(31)

    assert Subscriber.objects.count() == 0


def test_a_tally_lives_a_day(sign_up):
    sign_up("a@b.fr")
    assert Tally.objects.count() == 1

    prune(1.1)

    assert Tally.objects.count() == 0


def test_a_dry_run_says_and_does_nothing(capsys):
    ask()

    with time_machine.travel(timezone.now() + timedelta(days=40)):
        call_command("prune", dry_run=True)

    assert "Demandes jamais confirmées, effacées (à faire)\u00a0: 1" in capsys.readouterr().out
    assert Consent.objects.count() == 1
