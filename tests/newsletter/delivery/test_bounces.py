import socketserver
import threading
from email import message_from_bytes
from email.message import EmailMessage
from io import BytesIO
from types import SimpleNamespace

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import DataError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from newsletter.delivery import bounces, composition
from newsletter.models import Bounce, Delivery
from operations import doctor
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
    said = came(monkeypatch, capsys, report(composition.signed_address("bounce", delivery.uid), status))

    delivery.refresh_from_db()
    delivery.subscriber.refresh_from_db()
    assert ("définitifs 1" if hard else "passagers 1") in said
    assert (delivery.state, delivery.subscriber.state) == ("failed", state)
    assert Bounce.objects.get().hard is hard
    assert "no such user" in editor_client.get("/admin/newsletter/bounce/").content.decode()


def test_a_return_that_is_read_twice_counts_once(delivery, monkeypatch, capsys):
    for _time in range(2):
        came(monkeypatch, capsys, report(composition.signed_address("bounce", delivery.uid), "4.2.2"))

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
    "nobody": lambda good: composition.signed_address("bounce", "0" * 20),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED)
def test_nobody_has_somebody_else_blocked(delivery, monkeypatch, capsys, forge):
    said = came(monkeypatch, capsys, report(forge(composition.signed_address("bounce", delivery.uid))))

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
    said = came(monkeypatch, capsys, content(composition.signed_address("bounce", delivery.uid)))

    delivery.refresh_from_db()
    assert "sans suite 1" in said
    assert (delivery.state, Bounce.objects.count()) == ("sent", 0)


def test_a_reader_unsubscribes_by_mail(delivery, monkeypatch, capsys):
    address = composition.signed_address("leave", delivery.uid).upper()

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

    said = came(monkeypatch, capsys, report(composition.signed_address("bounce", delivery.uid)))

    assert "définitifs 1" in said


@pytest.mark.parametrize("kind", ["eml", "mbox", "maildir"])
def test_a_file_an_mbox_and_a_maildir_are_read(delivery, tmp_path, capsys, kind):
    import mailbox

    content = report(composition.signed_address("bounce", delivery.uid))
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


def read_over_imap(capsys, delete):
    """Read the mailbox of Imap with the command; return what it says."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Imap) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        call_command("read_bounces", f"imap://moi%40x:secret@127.0.0.1:{server.server_address[1]}/INBOX", delete=delete)
        server.shutdown()
    return capsys.readouterr()


@pytest.mark.parametrize(("delete", "left"), [(False, 2), (True, 0)])
def test_a_mailbox_is_read_over_imap_and_emptied_when_told(delivery, capsys, monkeypatch, delete, left):
    content = report(composition.signed_address("bounce", delivery.uid))
    monkeypatch.setattr(Imap, "kept", {1: content, 2: note("somebody@exemple.org")})

    assert "définitifs 1, sans suite 1" in read_over_imap(capsys, delete).out
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
    ("answer", "state", "returns"),
    [("550 5.1.1 no such user", "blocked", 1), ("550 no", "active", 1), ("550 5.7.1 policy", "active", 0)],
)
def test_an_addressee_refused_at_once_is_a_return_too(settings, answer, state, returns):
    reader = make_reader()
    make_letter()

    class Refuses(Server):
        async def handle_RCPT(self, server, session, envelope, address, options):
            return answer

    with Refuses() as server:
        settings.EMAIL_URL = server.url
        call_command("send_newsletter", verbosity=0)

    reader.refresh_from_db()
    assert (reader.state, Bounce.objects.count()) == (state, returns)


@pytest.mark.parametrize(
    ("status", "diagnostic", "state"),
    [
        ("5.0.0", "smtp; 554 Virus Detected", "active"),
        ("5.0.0", "smtp; 552 5.2.2 Mailbox Full", "active"),
        ("5.0.0", "smtp; 550 5.1.1 User unknown", "blocked"),
        ("5.1.0", "smtp; 550 not allowed to send mail from example.org .. SPF", "active"),
        ("5.1.8", "smtp; 550 Sender domain not found", "active"),
        ("5.2.3", "smtp; 552 too big", "active"),
        ("5.1.4", "smtp; 550 ambiguous", "active"),
        ("5.1.2", "smtp; 550 Host unknown", "blocked"),
        ("5.1.3 (bad address)", "smtp; 550 syntax", "blocked"),
        ("5.1.6", "", "blocked"),
    ],
)
def test_only_a_certainty_blocks_at_once(delivery, monkeypatch, capsys, status, diagnostic, state):
    address = composition.signed_address("bounce", delivery.uid)

    came(monkeypatch, capsys, report(address, status, diagnostic=diagnostic))

    delivery.subscriber.refresh_from_db()
    assert (delivery.subscriber.state, Bounce.objects.get().hard) == (state, state == "blocked")


@pytest.mark.parametrize(("status", "state"), [("5.7.1", "active"), ("5.3.4", "active"), ("5.2.2", "blocked")])
def test_returns_by_a_fault_of_ours_never_add_up_against_a_reader(send_mail, status, state):
    reader = make_reader()
    for _letter in range(bounces.SOFT_BEFORE_BLOCK):
        bounces.record(Delivery.objects.get(letter=make_letter()), status, "smtp; 550 refused")
        send_mail()

    reader.refresh_from_db()
    assert (reader.state, Bounce.objects.count()) == (state, bounces.SOFT_BEFORE_BLOCK)


def text_return(to, subject, body, sender="MAILER-DAEMON@mx.example.org", **headers):
    """A message that came back without a delivery report."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"From: {sender}\r\nTo: {to}\r\nSubject: {subject}\r\n{more}\r\n{body}\r\n".encode()


QMAIL = (
    "Hi. This is the qmail-send program at mx.example.org.\r\nI'm afraid I wasn't able to deliver your message to the "
    "following addresses.\r\nThis is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n"
    "<colette@example.org>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n"
)
EXIM = (
    "A message that you sent could not be delivered to one or more of its recipients.\r\n\r\n  colette@example.org\r\n"
)
YAHOO = "<colette@example.org>:\r\nRemote host said: 554 delivery error: dd This user doesn't have a yahoo.com account"
EXCHANGE = "Your message did not reach some or all of the intended recipients.\r\nThe e-mail account does not exist."
TEXTS = {
    "qmail": (("failure notice", QMAIL), {}, "5.1.1"),
    "exim": (
        ("Mail delivery failed: returning message to sender", EXIM),
        {"X_Failed_Recipients": "colette@example.org", "Auto_Submitted": "auto-replied"},
        "",
    ),
    "yahoo": (("Failure Notice", YAHOO), {}, ""),
    "exchange": (("Undeliverable: Lettre", EXCHANGE), {"sender": "System Administrator <postmaster@x.example>"}, ""),
}


@pytest.mark.parametrize(("words", "headers", "status"), TEXTS.values(), ids=TEXTS)
def test_an_unknown_user_without_a_delivery_report_is_a_passing_return(
    delivery, monkeypatch, capsys, words, headers, status
):
    address = composition.signed_address("bounce", delivery.uid)

    said = came(monkeypatch, capsys, text_return(address, *words, **headers))

    delivery.refresh_from_db()
    assert "passagers 1" in said
    assert (delivery.state, delivery.subscriber.state) == ("failed", "active")
    assert Bounce.objects.values_list("hard", "status").get() == (False, status)


NO_FAILURES = {
    "a delay": ("Warning: message delayed 24 hours", f"{EXIM} It will be retried.", {"X_Failed_Recipients": "a@b.fr"}),
    "an absence": ("Absence", "Je suis absente.", {"sender": "colette@example.org", "Auto_Submitted": "auto-replied"}),
    "an answer": ("Re: Lettre", "Merci pour la lettre", {"sender": "colette@example.org"}),
    "a stranger to the mailbox": ("failure notice", QMAIL, {"to": "retours@exemple.org"}),
    "a forged signature": ("failure notice", QMAIL, {"to": f"retours+bounce-{'0' * 20}-{'0' * 16}@exemple.org"}),
}


@pytest.mark.parametrize(("subject", "body", "headers"), NO_FAILURES.values(), ids=NO_FAILURES)
def test_what_tells_of_no_failure_is_left_alone(delivery, monkeypatch, capsys, subject, body, headers):
    to = headers.get("to") or composition.signed_address("bounce", delivery.uid)
    others = {name: value for name, value in headers.items() if name != "to"}

    assert "sans suite 1" in came(monkeypatch, capsys, text_return(to, subject, body, **others))
    assert Bounce.objects.count() == 0


def complaint(original, kind="abuse", form="message/rfc822"):
    """A complaint (RFC 5965) about a message, given by its headers, to the address where complaints come."""
    return (
        "From: fbl@provider.example\r\nTo: plaintes@exemple.org\r\nSubject: FW: Lettre\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n"
        f"--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: Some/1.0\r\n"
        f"Version: 1\r\n\r\n--b\r\nContent-Type: {form}\r\n\r\n{original}\r\nSubject: Lettre\r\n\r\nBonjour\r\n"
        "--b--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("kind", "form", "header", "state"),
    [
        ("abuse", "message/rfc822", "Return-Path: <{bounce}>", "left"),
        ("Abuse", "text/rfc822-headers", "List-Unsubscribe: <https://x/>,\r\n <mailto:{leave}?subject=a>", "left"),
        ("fraud", "message/rfc822", "Return-Path: <{bounce}>", "left"),
        ("opt-out", "message/rfc822", "Return-Path: <{bounce}>", "left"),
        ("not-spam", "message/rfc822", "Return-Path: <{bounce}>", "active"),
        ("auth-failure", "message/rfc822", "Return-Path: <{bounce}>", "active"),
        ("abuse", "message/rfc822", "Return-Path: <retours@exemple.org>", "active"),
        ("abuse", "message/rfc822", f"Return-Path: <r+bounce-{'0' * 20}-{'0' * 16}@exemple.org>", "active"),
    ],
)
def test_a_complaint_unsubscribes_who_complains(delivery, monkeypatch, capsys, kind, form, header, state):
    signed = {purpose: composition.signed_address(purpose, delivery.uid) for purpose in ("bounce", "leave")}
    content = complaint(header.format(**signed), kind, form)

    said = came(monkeypatch, capsys, content)

    delivery.subscriber.refresh_from_db()
    assert delivery.subscriber.state == state
    assert ("plaintes 1" if state == "left" else "sans suite 1") in said


POISONS = [
    b"To: =?utf-8?q?Cher=0Aclient?= <%s>\r\n\r\n",
    b'To: "\r\n\r\n',
    b"To: <\r\n\r\n",
    b"To: a@[1.2.3.4\r\n\r\n",
    b"To: " + b"(" * 2000 + b"\r\n\r\n",
    b"Cc:  <a@\r\n\r\n",
    b"Content-Type: multipart/mixed; boundary=\r\nTo: %s\r\n\r\n--\r\n",
    b"To: %s\r\nContent-Type: text/plain; charset=no-such\r\nContent-Transfer-Encoding: base64\r\n\r\n\xff=\r\n",
    b"To: %s\r\nFrom: postmaster\r\nSubject: failure notice \xff\x00\r\n\r\nunknown user \xff\x00 \xed\xa0\x80\r\n",
    b"\xff\xfe\x00",
]


@pytest.mark.parametrize("delete", [False, True])
def test_headers_that_nobody_can_parse_stop_nothing(delivery, capsys, monkeypatch, delete):
    address = composition.signed_address("bounce", delivery.uid).encode()
    poisons = [one.replace(b"%s", address) for one in POISONS]
    kept = dict(enumerate([*poisons, report(address.decode())], start=1))
    monkeypatch.setattr(Imap, "kept", kept)

    said = read_over_imap(capsys, delete)

    delivery.subscriber.refresh_from_db()
    assert delivery.subscriber.state == "blocked"
    assert f"Messages lus\u00a0: {len(POISONS) + 1} – définitifs 1" in said.out
    assert said.err == ""
    assert len(kept) == (0 if delete else len(POISONS) + 1)


@pytest.mark.parametrize("where", ["read", "act"])
@pytest.mark.parametrize("error", [ValueError("header"), DataError("too long"), RecursionError()], ids=str)
def test_a_message_that_cannot_be_handled_is_named_stays_and_the_next_ones_are_read(
    delivery, capsys, monkeypatch, where, error
):
    real = getattr(bounces, where)
    content = report(composition.signed_address("bounce", delivery.uid))
    kept = {1: note("somebody@exemple.org"), 2: content, 3: note("somebody@exemple.org")}
    monkeypatch.setattr(Imap, "kept", kept)
    count = iter(range(10))

    def fails(one):
        if next(count) == 0:
            raise error
        return real(one)

    monkeypatch.setattr(bounces, where, fails)
    said = read_over_imap(capsys, True)

    assert "définitifs 1, sans suite 1" in said.out
    assert "laissés dans la boîte\u00a0: 1" in said.err
    assert f"Message 1 de la boîte\u00a0: {type(error).__name__}" in said.err
    assert list(kept) == [1]


RUBBISH = st.text(
    st.sampled_from('<>()[]"\\,;:@.=?+-_ \t\r\nabé\x00\u2028\xff') | st.characters(codec="utf-8"), max_size=80
)
HEADER = st.tuples(
    st.sampled_from(
        ["To", "Cc", "Delivered-To", "From", "Subject", "Content-Type", "Content-Transfer-Encoding", "Auto-Submitted"]
    ),
    st.one_of(
        RUBBISH,
        st.sampled_from(
            [
                "SIGNED",
                "multipart/report; boundary=b",
                "message/delivery-status",
                "message/feedback-report",
                "text/plain; charset=" + "x" * 40,
                "base64",
                "quoted-printable",
                "x-uuencode",
                "=?utf-8?q?a=0A?= <SIGNED>",
                "message/rfc822",
            ]
        ),
    ),
)
MESSAGES = st.one_of(
    st.binary(max_size=400),
    st.builds(
        lambda headers, body, cuts: (
            "".join(f"{name}: {value}\r\n" for name, value in headers).encode("utf-8", "surrogateescape")
            + b"\r\n"
            + body
            + b"--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\n\r\n--b--\r\n" * cuts
        ),
        st.lists(HEADER, max_size=8),
        st.binary(max_size=200),
        st.integers(0, 1),
    ),
    st.tuples(st.integers(0, 900), st.binary(max_size=12)).map(
        lambda cut: SAMPLE[: cut[0]] + cut[1] + SAMPLE[cut[0] + len(cut[1]) :]
    ),
)
SAMPLE = report("retours+bounce-00000000000000000000-0000000000000000@exemple.org")


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=MESSAGES, purpose=st.sampled_from(["bounce", "leave"]))
def test_no_message_makes_the_reader_of_returns_raise(content, purpose):
    signed = composition.signed_address(purpose, "0" * 20).encode()

    found = bounces.read(message_from_bytes(content.replace(b"SIGNED", signed)))

    assert bounces.act(found) == "ignored"
    assert all(text.encode() is not None and "\x00" not in text for text in (found.status, found.diagnostic))


@pytest.mark.parametrize(("local", "warned"), [("retours", False), ("r" * 19, False), ("r" * 20, True)])
def test_a_name_too_long_to_be_signed_is_told_by_the_checks_and_by_doctor(settings, local, warned):
    settings.BOUNCE_ADDRESS = f"{local}@exemple.org"
    settings.EMAIL_URL = "smtp://127.0.0.1:1"

    told = [one.id for one in run_checks() if one.id == "newsletter.W001"]
    found = [one.words for name, one in doctor.consult(lambda: True) if name == "Courriel" and "BOUNCE" in one.words]

    assert told == ["newsletter.W001"] * warned
    assert len(found) == warned
    assert (len(composition.signed_address("bounce", "0" * 20).partition("@")[0]) > 64) is warned
