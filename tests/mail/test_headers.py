import re
from email import message_from_bytes
from email.header import decode_header, make_header
from email.policy import default
from email.utils import parseaddr

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from mail.headers import HEADERS_AS_WRITTEN, named_address
from newsletter import tokens
from newsletter.delivery.composition import Mail, Words, compose
from newsletter.delivery.messages import PLACEHOLDERS
from newsletter.delivery.sender import Sender
from newsletter.models import Letter
from tests.newsletter.makers import ask, make_letter, make_reader
from tests.newsletter.storm import Server

pytestmark = pytest.mark.django_db
LONG_HOST = ".".join(["x" * 60] * 3 + ["y" * 40]) + ".example"
STRUCTURED = ("From", "To", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Id", "Precedence", "Date")
ENCODED = re.compile(rb"=\?[^?]+\?[bq]\?", re.IGNORECASE)


class Keeps(Server):
    """A server that keeps the bytes and the envelopes it is given."""

    def __init__(self):
        super().__init__()
        self.kept = []

    async def handle_DATA(self, server, session, envelope):
        self.kept.append((envelope.mail_from, envelope.content))
        return "250 OK"


def leave(settings):
    """Send what is due through a real server; return its envelopes' senders and raw contents."""
    with Keeps() as server:
        settings.EMAIL_URL = server.url
        Sender().run()
    return server.kept


def headers(content):
    """The raw headers of a message, as {name: bytes, line ends included}."""
    lines = content.partition(b"\r\n\r\n")[0] + b"\r\n"
    return {
        match[1].decode(): match[2] for match in re.finditer(rb"(?m)^([\w-]+): ((?:.*\r\n)(?:[ \t].*\r\n)*)", lines)
    }


@pytest.mark.parametrize("host", ["a.fr", LONG_HOST, "café.example"])
@pytest.mark.parametrize("token", [1, 100])
def test_the_headers_by_which_one_leaves_a_list_go_out_as_they_are(settings, monkeypatch, host, token):
    kind = type(tokens.LEAVE)
    real = kind.make
    monkeypatch.setattr(kind, "make", lambda link, row: real(link, row) + "x" * token)
    settings.SITE_URL, settings.BOUNCE_ADDRESS = f"https://{host}", f"retours@{host}"
    settings.DEFAULT_FROM_EMAIL = f"lettre@{host}"
    make_reader("colette@example.org")
    make_letter()

    [(sender, content)] = leave(settings)

    raw, ascii_host = headers(content), host.replace("café", "xn--caf-dma").encode()
    for name in STRUCTURED:
        assert not ENCODED.search(raw[name]), name
    urls = raw["List-Unsubscribe"]
    assert re.fullmatch(
        rb"<https://%s/newsletter/desinscription/[\w.-]+x{%d}/>,\r?\n? <mailto:retours\+leave-[0-9a-f-]+@%s"
        rb"\?subject=unsubscribe>\r\n" % (re.escape(ascii_host), token, re.escape(ascii_host)),
        urls,
    )
    assert raw["List-Id"] == b"<lettre.%s>\r\n" % ascii_host
    assert raw["List-Unsubscribe-Post"] == b"List-Unsubscribe=One-Click\r\n"
    assert re.fullmatch(rb"<[0-9a-f]{20}@%s>\r\n" % re.escape(ascii_host), raw["Message-ID"])
    assert sender.startswith("retours+bounce-")
    assert sender.isascii()
    assert max(len(line) for line in content.split(b"\r\n")) <= 998


@pytest.mark.parametrize(
    "name", ["Bonnes pratiques", "Économie sociale", 'Dupont, "Zoé" & Cie', "É" * 120, "Zoé, d’ici ; là", "a" * 90, "."]
)
def test_the_name_of_the_site_stands_beside_its_address_whatever_its_letters(settings, name):
    settings.SITE_NAME = name
    ask("nouvelle@example.org")

    [(_sender, content)] = leave(settings)

    raw = headers(content)
    message = message_from_bytes(content, policy=default)
    shown, address = parseaddr(raw["From"].decode().replace("\r\n", "").strip())
    assert (str(make_header(decode_header(shown))), address) == (name, "lettre@testserver")
    assert [one.addr_spec for one in message["From"].addresses] == [address]
    assert raw["Auto-Submitted"] == b"auto-generated\r\n"
    assert raw["From"].count(b"<") == 1
    assert all(len(line) <= 998 for line in raw["From"].split(b"\r\n"))


TITLES = st.text(
    st.characters(codec=None, exclude_categories=()) | st.sampled_from("\u2028\u2029\x85\r\n\x00\ud800\x0b\x1c\ufffe:"),
    max_size=150,
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TITLES)
def test_whatever_a_title_holds_its_message_can_be_written_and_read(title):
    one = Letter.objects.first() or make_letter(start=False)
    words = compose("letter", title, {"letter": one, **PLACEHOLDERS})
    content = Mail("0" * 20, to="a@example.org", words=words, leave_url="https://a.fr/x/").message().as_bytes()

    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert lines[0].startswith(b"From: ")
    assert not ENCODED.search(headers(content)["List-Unsubscribe"])
    message = message_from_bytes(content, policy=default)
    assert message["To"] == "a@example.org"
    assert "".join(message["Subject"].split()) == "".join(words.subject.split())


@pytest.mark.parametrize("value", ["a\r\nBcc: x@example.org", "a\nb", "é", "a\x00b"])
def test_no_header_begins_another_one(value):
    from email.message import EmailMessage

    message = EmailMessage(policy=HEADERS_AS_WRITTEN)

    with pytest.raises(ValueError, match="holds what none may hold"):
        message["List-Id"] = value


def test_a_mailbox_whose_name_a_link_would_misread_is_written_in_the_link_all_the_same(settings):
    settings.DEFAULT_FROM_EMAIL = "a&b?c@example.org"
    words = Words("Sujet", "Bonjour", "<p>Bonjour</p>")

    value = Mail("0" * 20, to="a@example.org", words=words, leave_url="https://a.fr/x/").message()["List-Unsubscribe"]

    assert value == "<https://a.fr/x/>, <mailto:a%26b%3Fc@example.org?subject=unsubscribe>"
    assert named_address("", "a@café.example") == "a@xn--caf-dma.example"
