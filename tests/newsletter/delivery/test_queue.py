"""The proof that what a server says of us is held against nobody: real servers, at RCPT and after DATA."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from newsletter.delivery.queue import CERTAIN_IN_A_ROW, IN_A_ROW
from newsletter.models import Bounce, Delivery, Letter, MailServer, Subscriber
from tests.newsletter.makers import ask, make_letter, make_reader
from tests.newsletter.servers import Refuses, TakesTwo
from tests.newsletter.storm import Server

pytestmark = pytest.mark.django_db
OF_OURS = [
    "550 5.1.8 Sender address rejected: Domain not found",
    "554 5.7.1 <%s>: Relay access denied",
    "550 5.4.5 Daily user sending limit exceeded",
    "550 5.7.1 Client host [192.0.2.1] blocked using zen.example.org; id=%s",
    "550 relay not permitted",
    "550 no",
]


def run():
    """Run the command; return what it says when it ends with an error, and its code."""
    try:
        call_command("send_newsletter", verbosity=0)
    except CommandError as error:
        return str(error), error.returncode
    return "", 0


def states():
    return sorted(Delivery.objects.values_list("state", flat=True))


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
@pytest.mark.parametrize("said", OF_OURS)
def test_what_is_said_to_several_in_a_row_is_said_of_us(settings, editor_client, said, command):
    letter = make_letter(readers=10)

    with Refuses(said, command) as server:
        settings.EMAIL_URL = server.url
        told, code = run()
        asked = len(server.asked)
        page = editor_client.get(f"/admin/newsletter/letter/{letter.pk}/apercu/").content.decode()
        home = editor_client.get("/admin/").content.decode()
        listed = editor_client.get("/admin/newsletter/delivery/").content.decode()
        with time_machine.travel(timezone.now() + timedelta(minutes=1)):
            again = run()[1]
        server.mend()
        with time_machine.travel(timezone.now() + timedelta(minutes=10)):
            mended = run()

    words = said.partition("%s")[2].strip(">:; ") or said
    assert (code, again, mended) == (75, 75, ("", 0))
    assert words.partition("id=")[0] in told
    assert asked == IN_A_ROW
    assert len(server.asked) == IN_A_ROW + 1 + 10
    assert (Bounce.objects.count(), Subscriber.objects.filter(state="active").count()) == (0, 10)
    assert {address: len(copies) for address, copies in server.ids.items()} == {
        reader.email: 1 for reader in Subscriber.objects.all()
    }
    assert states() == ["sent"] * 10
    assert all("Rien ne part en ce moment" in one for one in (page, listed))
    assert "Courriels que le serveur ne prend pas" in home
    letter.refresh_from_db()
    assert letter.state == "sent"
    assert "Rien ne part" not in editor_client.get("/admin/newsletter/delivery/").content.decode()


def test_nothing_is_lost_while_the_way_is_closed_for_weeks(settings):
    make_letter(readers=5)

    with Refuses("554 5.7.1 Relay access denied") as server:
        settings.EMAIL_URL = server.url
        for day in range(21):
            with time_machine.travel(timezone.now() + timedelta(days=day)):
                run()
        server.mend()
        with time_machine.travel(timezone.now() + timedelta(days=22)):
            assert Letter.objects.get().state == "held"
            call_command("send_newsletter", verbosity=0, late="send")

    assert states() == ["sent"] * 5
    assert Bounce.objects.count() == 0


def test_a_limit_reached_half_way_holds_the_rest_back(settings):
    make_letter(readers=8)

    with Refuses("550 5.4.5 Daily user sending limit exceeded", "DATA", after=4) as server:
        settings.EMAIL_URL = server.url
        _told, code = run()
        assert (code, states()) == (75, ["deferred"] * 3 + ["queued"] + ["sent"] * 4)
        server.mend()
        with time_machine.travel(timezone.now() + timedelta(hours=20)):
            run()

    assert states() == ["sent"] * 8


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_confirmations_that_come_one_at_a_time_wait_too_and_the_third_is_told(settings, command):
    with Refuses("554 5.7.1 Relay access denied", command) as server:
        settings.EMAIL_URL = server.url
        codes = []
        for number in range(4):
            ask(f"nouvelle{number}@example.org")
            codes.append(run()[1])
        server.mend()
        with time_machine.travel(timezone.now() + timedelta(hours=1)):
            run()

    assert codes == [0, 0, 75, 75]
    assert states() == ["sent"] * 4


def test_one_message_that_the_server_keeps_refusing_fails_once_it_takes_others_and_charges_nobody(settings):
    reader = make_reader("odd@example.org")
    make_letter()

    class Odd(Server):
        async def handle_RCPT(self, server, session, envelope, address, options):
            if address.startswith("odd"):
                return "550 5.7.1 policy"
            envelope.rcpt_tos.append(address)
            return "250 OK"

    with Odd() as server:
        settings.EMAIL_URL = server.url
        run()
        assert states() == ["deferred"]
        ask("autre@example.org")
        run()
        with time_machine.travel(timezone.now() + timedelta(minutes=6)):
            run()
            assert states() == ["failed", "sent"]
            run()

    reader.refresh_from_db()
    assert (reader.state, Bounce.objects.count()) == ("active", 0)


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
def test_an_address_that_does_not_exist_is_blocked_at_once_whichever_command_says_so(settings, command):
    make_letter(readers=CERTAIN_IN_A_ROW - 1)

    with Refuses("550 5.1.1 <%s>: no such user", command) as server:
        settings.EMAIL_URL = server.url
        assert run()[1] == 0

    assert set(Subscriber.objects.values_list("state", flat=True)) == {"blocked"}
    assert set(Bounce.objects.values_list("hard", "status")) == {(True, "5.1.1")}


def test_a_server_that_knows_nobody_at_all_is_no_server_and_what_it_said_is_undone(settings):
    make_letter(readers=CERTAIN_IN_A_ROW + 5)

    with Refuses("550 5.1.1 <%s>: no such user") as server:
        settings.EMAIL_URL = server.url
        assert run()[1] == 75
        assert set(Subscriber.objects.values_list("state", flat=True)) == {"active"}
        assert Bounce.objects.count() == 0
        server.mend()
        with time_machine.travel(timezone.now() + timedelta(minutes=6)):
            run()

    assert states() == ["sent"] * (CERTAIN_IN_A_ROW + 5)


def test_dead_addresses_in_a_row_never_keep_the_others_waiting(settings):
    for number in range(CERTAIN_IN_A_ROW + 2):
        make_reader(f"dead{number}@example.org")
    for number in range(3):
        make_reader(f"living{number}@example.org")
    make_letter()

    class KnowsSome(Server):
        async def handle_RCPT(self, server, session, envelope, address, options):
            if address.startswith("dead"):
                return "550 5.1.1 unknown user"
            envelope.rcpt_tos.append(address)
            return "250 OK"

    with KnowsSome() as server:
        settings.EMAIL_URL = server.url
        for minute in range(0, 30, 2):
            with time_machine.travel(timezone.now() + timedelta(minutes=minute)):
                run()

    assert len(server.ids) == 3
    assert Subscriber.objects.filter(state="blocked").count() == CERTAIN_IN_A_ROW + 2
    assert states() == ["failed"] * (CERTAIN_IN_A_ROW + 2) + ["sent"] * 3


def test_a_server_that_takes_two_messages_on_a_connection_gets_the_others_on_the_next(settings):
    make_letter(readers=7)

    with TakesTwo() as server:
        settings.EMAIL_URL = server.url
        assert run() == ("", 0)

    assert states() == ["sent"] * 7
    assert {len(copies) for copies in server.ids.values()} == {1}


def test_a_server_that_puts_everybody_off_ends_the_run_and_is_told(settings):
    make_letter(readers=6)

    with Refuses("451 4.3.0 try again later") as server:
        settings.EMAIL_URL = server.url
        told, code = run()

    assert (code, states()) == (75, ["deferred"] * 3 + ["queued"] * 3)
    assert "451 4.3.0 try again later" in told
    assert MailServer.objects.get().refusal == "451 4.3.0 try again later"
