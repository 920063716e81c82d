import asyncio
import os
import signal
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from mail.processes import is_dead, name_of_this_sender
from mail.transport import Fate
from newsletter import letters
from newsletter.delivery import queue
from newsletter.delivery.sender import Sender
from newsletter.models import Delivery, Letter, MailServer, Subscriber
from newsletter.models.deliveries import DeliveryState
from newsletter.models.letters import LetterState
from tests.newsletter.makers import ask, make_letter, make_reader
from tests.newsletter.storm import Server

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
LATER = timedelta(days=6)


def by_state():
    """The addresses of the deliveries, by state."""
    found = {}
    for state, key in Delivery.objects.order_by("pk").values_list("state", "subscriber__email_key"):
        found.setdefault(state, []).append(key)
    return found


@pytest.fixture
def readers():
    """Three readers: one whom the server accepts, one whom it treats badly, one more whom it accepts."""
    return [make_reader(f"{name}@example.org") for name in ("first", "odd", "last")]


def behaving(answer, command="DATA", seconds=0):
    """A server that treats the odd reader's message in some way and takes the others."""

    class Odd(Server):
        async def handle_RCPT(self, server, session, envelope, address, options):
            if command == "RCPT" and address.startswith("odd"):
                return answer
            envelope.rcpt_tos.append(address)
            return "250 OK"

    async def answered(server, envelope):
        if command == "DATA" and envelope.rcpt_tos[0].startswith("odd"):
            await asyncio.sleep(seconds)
            if answer == "drop":
                server.transport.abort()
            return answer
        return None

    return Odd(answered)


def run_against(server, settings, times=1):
    """Send, again and again over six days; return the copies that the server has accepted, by address."""
    with server:
        settings.EMAIL_URL = server.url.replace("timeout=10", "timeout=0.5")
        for time in range(times):
            with time_machine.travel(timezone.now() + time * LATER / max(times, 1)):
                Sender().run()
    return {address.partition("@")[0]: len(copies) for address, copies in server.ids.items()}


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
@pytest.mark.parametrize("code", ["550 5.1.1 no such user", "554 5.7.1 refused"])
def test_what_the_server_refuses_for_good_is_never_sent_again(readers, settings, command, code):
    make_letter()

    received = run_against(behaving(code, command), settings, times=12)

    assert received == {"first": 1, "last": 1}
    assert by_state()["failed"] == ["odd@example.org"]
    assert Delivery.objects.get(state="failed").tries == 1
    assert Delivery.objects.get(state="failed").answer == code


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
@pytest.mark.parametrize("code", ["451 4.7.1 greylisted", "421 4.3.2 too busy"])
def test_what_the_server_refuses_for_now_is_tried_later_and_the_others_leave(readers, settings, command, code):
    make_letter()

    received = run_against(behaving(code, command), settings)

    assert received == {"first": 1, "last": 1}
    assert by_state() == {"sent": ["first@example.org", "last@example.org"], "deferred": ["odd@example.org"]}
    wait = Delivery.objects.get(state="deferred").next_try_at - timezone.now()
    assert timedelta(minutes=4) < wait <= timedelta(minutes=5)


def test_what_is_refused_for_now_during_five_days_has_failed(readers, settings):
    make_letter()

    run_against(behaving("451 later"), settings, times=40)

    assert by_state()["failed"] == ["odd@example.org"]
    assert Delivery.objects.get(state="failed").tries == len(queue.BACK_OFF) + 1


@pytest.mark.parametrize(("answer", "seconds"), [("drop", 0), ("250 OK", 1.2)], ids=["drops", "hangs"])
@pytest.mark.parametrize(("when", "copies"), [("resend", 2), ("list", 1)])
def test_a_server_that_is_lost_after_the_message_was_handed_over_leaves_a_doubt(
    readers, settings, answer, seconds, when, copies
):
    settings.NEWSLETTER_WHEN_UNCERTAIN = when
    make_letter()
    server = behaving(answer, seconds=seconds)

    run_against(server, settings, times=3)

    odd = Delivery.objects.get(subscriber__email_key="odd@example.org")
    assert by_state() == {"sent": ["first@example.org", "last@example.org"], "uncertain": ["odd@example.org"]}
    assert (odd.tries, odd.resent) == (copies, when == "resend")
    assert len(server.ids["odd@example.org"]) <= copies
    assert len(set(server.ids["odd@example.org"])) <= 1


def test_a_server_that_hangs_before_the_message_leaves_no_doubt(readers, settings):
    make_letter()

    class Hangs(Server):
        async def handle_MAIL(self, server, session, envelope, address, options):
            await asyncio.sleep(1.2)
            return "250 OK"

    run_against(Hangs(), settings)

    assert set(by_state()) == {"deferred"}


def test_a_server_that_is_down_costs_a_message_neither_its_place_nor_a_try(readers, settings):
    make_letter()
    settings.EMAIL_URL = "smtp://127.0.0.1:1"

    with pytest.raises(CommandError, match="ne répond pas") as error:
        call_command("send_newsletter", verbosity=0)

    assert error.value.returncode == 75
    assert set(by_state()) == {"queued"}
    assert set(Delivery.objects.values_list("tries", flat=True)) == {0}


def test_a_connection_that_the_server_had_closed_meanwhile_is_opened_again(readers, settings):
    make_letter()

    class Impatient(Server):
        async def handle_DATA(self, server, session, envelope):
            server.loop.call_later(0.01, server.transport.close)
            return await super().handle_DATA(server, session, envelope)

    server = Impatient()
    with server:
        settings.EMAIL_URL = server.url
        Sender(on_message=lambda fate: threading.Event().wait(0.1)).run()

    assert {address: len(copies) for address, copies in server.ids.items()} == {reader.email: 1 for reader in readers}
    assert set(by_state()) == {"sent"}


def test_a_message_arrives_whole_whatever_its_lines_begin_with(settings):
    make_reader("a@example.org")
    text = "<p>.</p><p>..deux points</p><p>É, œ, « guillemets » et 😀</p>"
    make_letter(introduction=text, title="Été : l’œuvre 😀")
    contents = []

    class Keeps(Server):
        async def handle_DATA(self, server, session, envelope):
            contents.append(envelope.content)
            return "250 OK"

    run_against(Keeps(), settings)

    from email import message_from_bytes
    from email.policy import default

    [message] = [message_from_bytes(content, policy=default) for content in contents]
    body = message.get_body(["plain"]).get_content()
    assert message["Subject"] == "Été : l’œuvre 😀"
    assert "\n..deux points" in body
    assert "É, œ, «\u00a0guillemets\u00a0» et 😀" in body or "É, œ, « guillemets » et 😀" in body
    assert all(len(line) <= 998 for line in contents[0].split(b"\r\n"))


def test_a_message_carries_what_a_mail_program_needs_to_unsubscribe_its_reader(client, settings, send_mail):
    settings.SITE_URL, settings.BOUNCE_ADDRESS = "https://exemple.org", "retours@exemple.org"
    reader = make_reader("colette@example.org")
    make_letter()

    [sent] = send_mail()
    message = sent.message()

    delivery = Delivery.objects.get()
    https, mailto = message["List-Unsubscribe"].split(", ")
    assert message["Message-ID"] == f"<{delivery.uid}@exemple.org>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mailto.startswith(f"<mailto:retours+leave-{delivery.uid}-")
    assert sent.return_path.startswith(f"retours+bounce-{delivery.uid}-")
    assert len(sent.return_path.partition("@")[0]) <= 64
    assert https.startswith("<https://exemple.org/newsletter/desinscription/")
    client.post(https[1:-1].removeprefix("https://exemple.org"), {"List-Unsubscribe": "One-Click"})
    reader.refresh_from_db()
    assert reader.state == "left"


def test_a_second_message_of_the_same_delivery_bears_the_same_id(send_mail):
    make_reader()
    make_letter()
    first = send_mail()[0].message()["Message-ID"]
    Delivery.objects.update(state=DeliveryState.QUEUED)

    assert send_mail()[0].message()["Message-ID"] == first


def test_a_letter_goes_once_to_each_reader_however_often_it_is_started(send_mail):
    make_reader()
    make_reader(state="left")
    make_reader(letters=False, frequency="weekly")
    letter = make_letter()
    letters.start(letter)
    Letter.objects.update(state=LetterState.SCHEDULED)
    letters.start(letter)

    assert len(send_mail()) == 1
    assert send_mail() == []
    letter.refresh_from_db()
    assert letter.state == LetterState.SENT


def test_who_leaves_while_a_letter_is_on_its_way_does_not_get_it(send_mail):
    reader = make_reader()
    make_letter()
    Subscriber.objects.update(letters=False)

    assert send_mail() == []
    assert by_state() == {"dropped": [reader.email_key]}


def test_confirmations_leave_before_letters(send_mail):
    make_letter(readers=2)
    ask("nouvelle@example.org")

    assert send_mail()[0].to == ["nouvelle@example.org"]


def test_the_claim_of_a_dead_sender_is_settled_at_once_and_that_of_a_silent_one_after_its_lease(settings):
    settings.NEWSLETTER_WHEN_UNCERTAIN = "list"
    make_letter(readers=3)
    here, dead, elsewhere = name_of_this_sender(), f"{name_of_this_sender().partition('|')[0]}|999999999|x", "other|1|x"
    for name in (here, dead, elsewhere):
        queue.claim(name)

    def uncertain():
        queue.recover()
        return set(Delivery.objects.filter(state="uncertain").values_list("claimed_by", flat=True))

    assert [is_dead(name) for name in (here, dead, elsewhere)] == [False, True, False]
    assert uncertain() == {dead}
    with time_machine.travel(timezone.now() + queue.LEASE + timedelta(minutes=1)):
        assert uncertain() == {dead, here, elsewhere}


def test_a_sender_that_lost_its_claim_records_nothing(caplog):
    make_letter(readers=1)
    delivery = queue.claim("me")
    Delivery.objects.update(claimed_by="another")

    from mail.transport import Result

    queue.settle(delivery, Result(Fate.FAILED, "550"))

    assert Delivery.objects.get().state == "sending"
    assert "settled by another sender" in caplog.text


def test_the_pace_is_shared_and_kept_across_restarts(settings):
    settings.NEWSLETTER_PER_MINUTE = 60
    with time_machine.travel(NOW, tick=False):
        slots = [queue.reserve_slot() for _message in range(3)]
    with time_machine.travel(NOW + timedelta(seconds=1), tick=False):
        slots.append(queue.reserve_slot())
    with time_machine.travel(NOW + timedelta(hours=1), tick=False):
        slots.append(queue.reserve_slot())

    assert [(slot - NOW).total_seconds() for slot in slots] == [0, 1, 2, 3, 3600]
    assert MailServer.objects.count() == 1


def test_a_sender_told_to_stop_finishes_its_message_and_leaves_the_others(send_mail):
    make_letter(readers=5)
    stop = threading.Event()

    fates = Sender(stop=stop, on_message=lambda fate: stop.set()).run()

    assert fates == {Fate.SENT: 1}
    assert {state: len(found) for state, found in by_state().items()} == {"sent": 1, "queued": 4}
    assert len(send_mail()) == 4


def test_the_command_stops_cleanly_on_sigterm(monkeypatch):
    make_letter(readers=5)
    send = mail.EmailMessage.send

    def send_and_terminate(self, *args, **kwargs):
        signal.raise_signal(signal.SIGTERM)
        return send(self, *args, **kwargs)

    monkeypatch.setattr(mail.EmailMessage, "send", send_and_terminate)
    call_command("send_newsletter", verbosity=0)

    assert {state: len(found) for state, found in by_state().items()} == {"sent": 1, "queued": 4}


@pytest.mark.parametrize(("hours", "state", "sent"), [(23, "sent", 1), (25, "held", 0)])
def test_a_letter_more_than_a_day_late_asks_before_it_leaves(send_mail, hours, state, sent):
    make_reader()
    letter = make_letter(send_at=timezone.now() - timedelta(hours=hours), start=False)

    messages = send_mail()

    letter.refresh_from_db()
    assert (letter.state, len(messages)) == (state, sent)
    letters.approve(letter)
    assert len(messages) + len(send_mail()) == 1


def test_a_letter_whose_sending_stood_still_for_a_day_asks_before_it_goes_on(send_mail):
    letter = make_letter(readers=3)
    Sender(limit=1).run()

    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        assert send_mail() == []
        letter.refresh_from_db()
        assert letter.state == LetterState.HELD
        call_command("send_newsletter", late="send", verbosity=0)
        letter.refresh_from_db()

    assert letter.state == LetterState.SENT
    assert {state: len(found) for state, found in by_state().items()} == {"sent": 3}


def test_a_letter_that_only_waits_for_what_the_server_has_put_off_asks_nothing(readers, settings):
    letter = make_letter()
    run_against(behaving("451 later"), settings)

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert letters.advance() == []
    letter.refresh_from_db()
    assert letter.state == LetterState.SENDING


def test_a_stopped_letter_stays_where_it_is_and_goes_on_when_told(send_mail):
    letter = make_letter(readers=3)
    Sender(limit=1).run()
    letters.stop(letter)

    assert send_mail() == []
    letters.approve(letter)
    assert len(send_mail()) == 2


def test_the_command_says_what_it_did(capsys):
    make_letter(readers=2)

    call_command("send_newsletter")

    assert "Messages\u00a0: envoyés 2\u202f; restants\u00a0: 0." in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
def test_a_server_that_wants_a_password_or_refuses_who_sends_costs_no_reader_her_letter(settings, command):
    async def refuse(*_said):
        return "530 5.7.0 Authentication required"

    with Server() as server:
        setattr(server, f"handle_{command}", refuse)
        settings.EMAIL_URL = server.url
        make_letter(readers=5)
        first = Sender()
        first.run()
        delattr(server, f"handle_{command}")
        Sender().run()

    assert first.unreachable.startswith("530")
    assert len(server.received) == 5
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_a_machine_of_the_same_name_is_another_machine(monkeypatch, tmp_path):
    here = name_of_this_sender()
    real = Path.read_text

    def other_start(path, *args, **kwargs):
        return "another-start" if path.name == "boot_id" else real(path, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", other_start)

    assert name_of_this_sender().partition("|")[0] != here.partition("|")[0]
    assert not is_dead(here.replace(f"|{os.getpid()}|", "|4194000|"))
