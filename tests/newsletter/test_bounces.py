import socketserver
import threading
from email.message import EmailMessage
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from newsletter import bounces, mail
from newsletter.models import Bounce, Delivery
from tests.newsletter.makers import ask, make_letter, make_reader
from tests.newsletter.storm import Server

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def mailbox_for_returns(settings):
    settings.BOUNCE_ADDRESS = "retours@exemple.org"


@pytest.fixture
def delivery(send_mail):
    """A letter that has left for Colette."""
    make_reader("colette@example.org")
    make_letter()
    send_mail()
    return Delivery.objects.get()


def report(to, status="5.1.1", action="failed", diagnostic="smtp; 550 5.1.1 no such user"):
    """A delivery report as Postfix writes them (RFC 3464)."""
    return (
        f"From: MAILER-DAEMON@mx.example.org\r\nTo: {to}\r\nSubject: Undelivered Mail\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI am sorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        f"Final-Recipient: rfc822; colette@example.org\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: {diagnostic}\r\n\r\n"
        "--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: Lettre\r\n\r\nBonjour\r\n--b--\r\n"
    ).encode()


def note(to, **headers):
    """An ordinary message."""
    message = EmailMessage()
    message["From"], message["To"] = "colette@example.org", to
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Je suis absente.")
    return message.as_bytes()


def came(monkeypatch, capsys, content, **options):
    """Give a message to the command as a mail server does; return what the command says."""
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=BytesIO(content)))
    call_command("read_bounces", "-", **options)
    return capsys.readouterr().out


@pytest.mark.parametrize(
    ("status", "hard", "state"),
    [
        ("5.1.1", True, "blocked"),
        ("5.1.10", True, "blocked"),
        ("5.2.1", True, "blocked"),
        ("5.2.2", False, "active"),
        ("5.7.1", False, "active"),
        ("4.4.7", False, "active"),
        ("", False, "active"),
    ],
)
def test_hard_and_soft_returns_are_told_apart_and_seen_in_the_back_office(
    delivery, monkeypatch, capsys, editor_client, status, hard, state
):
    said = came(monkeypatch, capsys, report(mail.signed_address("bounce", delivery.uid), status))

    delivery.refresh_from_db()
    delivery.subscriber.refresh_from_db()
    assert ("définitifs 1" if hard else "passagers 1") in said
    assert (delivery.state, delivery.subscriber.state) == ("failed", state)
    assert Bounce.objects.get().hard is hard
    assert "no such user" in editor_client.get("/admin/newsletter/bounce/").content.decode()


def test_a_return_that_is_read_twice_counts_once(delivery, monkeypatch, capsys):
    for _time in range(2):
        came(monkeypatch, capsys, report(mail.signed_address("bounce", delivery.uid), "4.2.2"))

    assert Bounce.objects.count() == 1


def test_an_address_whose_messages_keep_coming_back_is_blocked(send_mail):
    reader = make_reader()
    for _letter in range(bounces.SOFT_BEFORE_BLOCK):
        reader.refresh_from_db()
        assert reader.state == "active"
        delivery = Delivery.objects.get(letter=make_letter())
        send_mail()
        bounces.record(delivery, "4.2.2", "full")

    reader.refresh_from_db()
    assert reader.state == "blocked"
    make_letter()
    assert send_mail() == []


FORGED = {
    "another delivery's signature": lambda good: good.replace("bounce-", "bounce-0"),
    "no signature": lambda good: good.partition("+")[0] + "@exemple.org",
    "a wrong signature": lambda good: good.replace(good[-16 - len("@exemple.org") : -len("@exemple.org")], "0" * 16),
    "another purpose": lambda good: good.replace("+bounce-", "+leave-"),
    "nobody": lambda good: mail.signed_address("bounce", "0" * 20),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_nobody_has_somebody_else_blocked(delivery, monkeypatch, capsys, forge):
    said = came(monkeypatch, capsys, report(forge(mail.signed_address("bounce", delivery.uid))))

    delivery.subscriber.refresh_from_db()
    assert "sans suite 1" in said
    assert delivery.subscriber.state == "active"


@pytest.mark.parametrize(
    "content",
    [
        lambda to: note(to, Auto_Submitted="auto-replied"),
        lambda to: report(to, action="delayed", status="4.4.1"),
        lambda to: report(to, action="delivered", status="2.0.0"),
        lambda to: b"",
        lambda to: b"\xff\x00 not a message" + to.encode(),
        lambda to: f"To: {to}\r\nContent-Type: message/delivery-status\r\n\r\nrubbish".encode(),
    ],
)
def test_what_is_no_report_of_a_failure_changes_nothing(delivery, monkeypatch, capsys, content):
    said = came(monkeypatch, capsys, content(mail.signed_address("bounce", delivery.uid)))

    delivery.refresh_from_db()
    assert "sans suite 1" in said
    assert (delivery.state, Bounce.objects.count()) == ("sent", 0)


def test_a_reader_unsubscribes_by_mail(delivery, monkeypatch, capsys):
    address = mail.signed_address("leave", delivery.uid).upper()

    assert "désinscriptions 1" in came(monkeypatch, capsys, note(address), dry_run=True)
    delivery.subscriber.refresh_from_db()
    assert delivery.subscriber.state == "active"
    came(monkeypatch, capsys, note(address))

    delivery.subscriber.refresh_from_db()
    assert delivery.subscriber.state == "left"


def test_the_return_of_a_confirmation_blocks_nobody(send_mail, monkeypatch, capsys):
    ask()
    send_mail()
    delivery = Delivery.objects.get()

    said = came(monkeypatch, capsys, report(mail.signed_address("bounce", delivery.uid)))

    assert "définitifs 1" in said


@pytest.mark.parametrize("kind", ["eml", "mbox", "maildir"])
def test_a_file_an_mbox_and_a_maildir_are_read(delivery, tmp_path, capsys, kind):
    import mailbox

    content = report(mail.signed_address("bounce", delivery.uid))
    source = tmp_path / "box"
    if kind == "eml":
        source.write_bytes(content)
    else:
        box = mailbox.mbox(source) if kind == "mbox" else mailbox.Maildir(source)
        box.add(content)
        box.add(note("somebody@exemple.org"))
        box.close()

    call_command("read_bounces", str(source))

    assert "définitifs 1" in capsys.readouterr().out


class Imap(socketserver.StreamRequestHandler):
    """As much of IMAP (RFC 3501) as reading a mailbox takes; `kept` maps numbers to messages."""

    kept: dict = {}
    said: list = []

    def handle(self):
        self.wfile.write(b"* OK ready\r\n")
        deleted = set()
        for line in self.rfile:
            tag, command, *rest = line.split()
            self.said.append(command.decode())
            if command == b"CAPABILITY":
                self.wfile.write(b"* CAPABILITY IMAP4rev1\r\n")
            elif command in (b"SELECT", b"EXAMINE"):
                self.wfile.write(b"* %d EXISTS\r\n" % len(self.kept))
            elif command == b"SEARCH":
                self.wfile.write(b"* SEARCH %s\r\n" % b" ".join(b"%d" % number for number in sorted(self.kept)))
            elif command == b"FETCH":
                content = self.kept[int(rest[0])]
                self.wfile.write(b"* %s FETCH (BODY[] {%d}\r\n%s)\r\n" % (rest[0], len(content), content))
            elif command == b"STORE":
                deleted.add(int(rest[0]))
            elif command == b"EXPUNGE":
                for number in deleted:
                    del self.kept[number]
            self.wfile.write(tag + b" OK done\r\n")
            if command == b"LOGOUT":
                return


@pytest.mark.parametrize(("delete", "left"), [(False, 2), (True, 0)])
def test_a_mailbox_is_read_over_imap_and_emptied_when_told(delivery, capsys, monkeypatch, delete, left):
    content = report(mail.signed_address("bounce", delivery.uid))
    monkeypatch.setattr(Imap, "kept", {1: content, 2: note("somebody@exemple.org")})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Imap) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        call_command("read_bounces", f"imap://moi%40x:secret@127.0.0.1:{server.server_address[1]}/INBOX", delete=delete)
        server.shutdown()

    assert "définitifs 1, sans suite 1" in capsys.readouterr().out
    assert len(Imap.kept) == left
    assert ("EXAMINE" in Imap.said) or delete


@pytest.mark.parametrize(
    ("source", "address", "what"),
    [
        ("/nowhere", "r@exemple.org", "ne se lit pas"),
        ("imap://127.0.0.1:1/INBOX", "r@exemple.org", "ne se lit pas"),
        ("", "r@exemple.org", "BOUNCE_MAILBOX"),
        ("-", "", "BOUNCE_ADDRESS"),
    ],
)
def test_a_mailbox_that_cannot_be_read_is_told(settings, source, address, what):
    settings.BOUNCE_ADDRESS = address

    with pytest.raises(CommandError, match=what):
        call_command("read_bounces", source)


@pytest.mark.parametrize(
    ("answer", "state"),
    [("550 5.1.1 no such user", "blocked"), ("550 no", "active"), ("550 5.7.1 policy", "active")],
)
def test_an_addressee_refused_at_once_is_a_return_too(settings, answer, state):
    reader = make_reader()
    make_letter()

    class Refuses(Server):
        async def handle_RCPT(self, server, session, envelope, address, options):
            return answer

    with Refuses() as server:
        settings.EMAIL_URL = server.url
        call_command("send_newsletter", verbosity=0)

    reader.refresh_from_db()
    assert (reader.state, Bounce.objects.count()) == (state, 1)
