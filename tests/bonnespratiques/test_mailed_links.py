"""What every kind of signed link proves: a mailed one its mailbox, and nothing else; `LINKS` names the kinds."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from contributions import updates
from contributions.links import FOLLOW, UPDATE, WRITE
from contributions.models import Update
from contributions.models.messages import About
from contributions.models.proposals import State
from contributions.proposals import writing
from mail.addresses import address_key
from mail.signed_links import LINKS
from newsletter import tokens
from newsletter.delivery.sender import Sender
from newsletter.models import Delivery, Subscriber
from newsletter.models.deliveries import Kind
from practices.filters import catalogue_index
from practices.models import Status
from practices.views.preview import PREVIEW
from tests.contributions.makers import ANSWERS, make_proposal
from tests.factories import make_person, make_practice
from tests.newsletter.makers import ask, link, make_letter, make_reader

pytestmark = pytest.mark.django_db
MAILED = [kind for kind in LINKS.values() if kind.mailed]
HERS, THEIRS = "Colette@example.org", "attaquant@example.net"
WORD = re.compile(r"/([\w.:-]+[.:][\w-]{43})(?=[/\"&<\s>]|$)")


@pytest.fixture(autouse=True)
def clean_index():
    catalogue_index.forget()


def asked_about(email):
    return Update.objects.create(practice=make_practice(), email=email)


def delivery_to(email):
    return Delivery.objects.create(kind=Kind.LETTER, subscriber=make_reader(email), letter=make_letter(start=False))


EXAMPLES = {
    tokens.CONFIRM: ask,
    tokens.PREFERENCES: make_reader,
    tokens.STAY: make_reader,
    tokens.LEAVE: make_reader,
    tokens.LEAVE_BY_MAIL: delivery_to,
    FOLLOW: lambda email: make_proposal(email=email, state=State.SENT),
    WRITE: lambda email: make_proposal(email=email, state=State.DRAFT),
    UPDATE: asked_about,
    PREVIEW: lambda email: make_practice(status=Status.DRAFT),
}
"""For each kind, how a row of an address is made."""


def give(row, email):
    """Change the address of a row, whatever the product allows."""
    row = row.subscriber if isinstance(row, Delivery) else row
    columns = {"email": email} | ({"email_key": address_key(email)} if hasattr(row, "email_key") else {})
    type(row).objects.filter(pk=row.pk).update(**columns)
    vars(row).update(columns)


def words_in(text):
    return WORD.findall(text)


def test_every_kind_of_link_has_an_example_here():
    assert set(EXAMPLES) == set(LINKS.values())


@pytest.mark.parametrize("kind", LINKS.values(), ids=LINKS)
def test_a_link_opens_its_row_by_its_own_kind_alone(kind):
    row = EXAMPLES[kind](HERS)
    word = kind.make(row)

    opened = {other.purpose: other.open(word) for other in LINKS.values()}

    assert opened == dict.fromkeys(LINKS) | {kind.purpose: row}


@pytest.mark.parametrize("word", ["", "x", "a.b", "a.b.c.d", "é" * 50, "a" * 100_000, "\x00", "\x00-\x00", "..", "-"])
@pytest.mark.parametrize("kind", LINKS.values(), ids=LINKS)
def test_a_forged_word_opens_nothing(kind, word):
    assert kind.open(word) is None


@pytest.mark.parametrize("kind", MAILED, ids=lambda kind: kind.purpose)
def test_a_change_of_address_voids_the_links_sent_to_the_former_one(kind):
    row = EXAMPLES[kind](THEIRS)
    former = kind.make(row)

    give(row, "victime@example.org")
    present = kind.make(row)
    voided, opened = kind.open(former), kind.open(present)
    give(row, "VICTIME@example.org")
    same_mailbox = kind.open(present)
    give(row, THEIRS)

    assert (voided, opened, same_mailbox) == (None, row, row)
    assert (kind.open(former), kind.open(present)) == (row, None)


@pytest.mark.parametrize("kind", MAILED, ids=lambda kind: kind.purpose)
def test_what_a_link_tells_of_its_address_opens_no_other_row_and_is_no_use_without_the_key(kind):
    one, other = EXAMPLES[kind](HERS), EXAMPLES[kind](THEIRS)

    words = kind.make(one), kind.make(other)

    assert {kind.open(word) for word in words} == {one, other}
    assert not any("example" in word or HERS.lower() in word.lower() for word in words)


def pages_of(kind, row, word):
    """What one may do with a link, as (method, path, data)."""
    forms: dict = {
        tokens.CONFIRM: ("newsletter:confirm", [{}]),
        tokens.PREFERENCES: ("newsletter:preferences", [{"action": one} for one in ("save", "nonsense", "leave")]),
        tokens.STAY: ("newsletter:preferences", [{"action": one} for one in ("save", "nonsense", "leave")]),
        tokens.LEAVE: ("newsletter:leave", [{}]),
        FOLLOW: ("contributions:follow", [{"action": "confirm"}, {"action": "answer", "text": "Oui."}]),
        UPDATE: ("contributions:update", [{"action": "change"}, {"action": "confirm"}]),
        PREVIEW: ("preview", []),
        WRITE: ("contributions:sent", [{}]),
    }
    if kind not in forms:  # an address to write to has no page
        return
    name, sent = forms[kind]
    path = reverse(name, args=[word])
    yield "get", path, {}
    for data in sent:
        yield "post", path, data
        yield "get", path, {}
    if kind is WRITE:
        for step, answers in ANSWERS.items():
            yield "post", reverse("contributions:step", args=[word, step]), answers
        for page in ("check", "preview", "keep"):
            yield "get", reverse(f"contributions:{page}", args=[word]), {}


@pytest.mark.parametrize("kind", LINKS.values(), ids=LINKS)
def test_no_page_of_a_link_hands_out_a_link_to_another_row_or_with_more_rights(client, kind):
    reader = make_reader(HERS, frequency="weekly")
    for other in (make_proposal, asked_about):
        other(email=HERS)
    row = (
        reader
        if kind in (tokens.PREFERENCES, tokens.STAY, tokens.LEAVE)
        else EXAMPLES[kind](HERS if kind is not tokens.LEAVE_BY_MAIL else None)
    )
    found = set()

    for method, path, data in pages_of(kind, row, kind.make(row)):
        answer = getattr(client, method)(path, data)
        for word in words_in(answer.headers.get("Location", "") + " " + answer.content.decode()):
            found |= {(one, opened) for one in LINKS.values() if (opened := one.open(word))}

    # Whoever follows a draft may write it: that is less.
    assert found <= {(kind, row)} | ({(WRITE, row)} if kind is FOLLOW else set())


def test_every_message_carries_links_of_its_own_mailbox_alone(settings):
    settings.BOUNCE_ADDRESS = "retours@example.org"
    now = timezone.now()
    for number, address in enumerate([HERS, "paul@example.org"]):
        reader = make_reader(address, frequency="weekly", next_digest_at=now, told_since=now - timedelta(days=9))
        Subscriber.objects.filter(pk=reader.pk).update(reminded_at=now)
        Delivery.objects.create(kind=Kind.REMINDER, subscriber=reader)
        ask(address)
        writing.send(make_proposal(email=address, state=State.DRAFT))
        writing.write_to(make_proposal(email=address), About.RECEIVED)
        updates.ask(asked_about(address), make_person(f"edith-{number}"))
        writing.ask_for_links(f"autre-{number}@example.org")
        make_proposal(email=f"autre-{number}@example.org")
    make_practice(published_at=now - timedelta(days=1))
    make_letter()
    mail.outbox.clear()
    Sender().run()

    found = set()
    for message in mail.outbox:
        said = message.body + " " + message.html + f" {message.message()['List-Unsubscribe']} "
        for word in {*words_in(said), *re.findall(r"\+leave-([0-9a-f]+-[0-9a-f]+)@", said)}:
            [(kind, row)] = [(kind, row) for kind in LINKS.values() if (row := kind.open(word))]
            found.add(kind)
            assert kind.mailed
            assert kind.proves(row) == address_key(message.to[0])

    assert found == set(MAILED)


SIGNING = {
    "newsletter/limits.py",  # what a network has had of its share
    "newsletter/tokens.py",
    "accounts/devices.py",  # a browser that an account knows
    "operations/cache.py",  # that a value is ours, and of this key
    "practices/admin/uploads.py",  # a file that a form keeps while the rest of it is corrected
    "mail/signed_links.py",
}


def test_nothing_else_signs():
    found = {
        str(path)
        for app in (one.parent for one in Path().glob("*/__init__.py"))
        if app.name != "bench"
        for path in Path(app).rglob("*.py")
        if re.search(r"\bimport .*(signing|salted_hmac)|signed_cookie", path.read_text(encoding="utf-8"))
    }

    assert found == SIGNING


# Links that were mailed before


@pytest.mark.parametrize("kind", [tokens.CONFIRM, tokens.PREFERENCES, tokens.STAY, tokens.LEAVE])
def test_links_mailed_to_readers_before_addresses_were_signed_still_open(kind):
    row = EXAMPLES[kind](HERS)

    assert kind.open(kind.sign(row.key)) == row


def test_one_leaves_in_one_click_and_by_mail_with_a_letter_of_years_ago(client):
    with time_machine.travel(timezone.now() - timedelta(days=1000)):
        reader = make_reader()
        old = tokens.LEAVE.sign(reader.key)
    delivery = delivery_to("autre@example.org")

    answer = client.post(reverse("newsletter:leave", args=[old]), {"List-Unsubscribe": "One-Click"})

    reader.refresh_from_db()
    assert (answer.status_code, reader.state) == (200, "left")
    assert tokens.stamped("leave", delivery.uid, tokens.stamp("leave", delivery.uid).upper())
    assert not tokens.stamped("leave", delivery.uid, tokens.stamp("bounce", delivery.uid))


@pytest.mark.parametrize("kind", [FOLLOW, UPDATE])
def test_other_links_mailed_before_open_one_plain_page_with_the_way_to_ask_again(client, kind):
    row = EXAMPLES[kind](HERS)
    path = "contributions:follow" if kind is FOLLOW else "contributions:update"
    spent = [kind.sign(row.key), "x", kind.make(row)[:-1], FOLLOW.sign("nobody")]

    pages = [client.get(reverse(path, args=[word])) for word in spent]

    assert {page.status_code for page in pages} == {404}
    assert len({page.content.split(b"<main")[1] for page in pages}) == 1
    assert f'action="{reverse("contributions:links")}"' in pages[0].content.decode()


def test_a_draft_begun_before_is_still_written_from_its_browser(client):
    draft = make_proposal(state=State.DRAFT)

    assert client.get(reverse("contributions:step", args=[WRITE.sign(draft.key), "vous"])).status_code == 200


def test_a_confirmation_leads_to_no_choices_but_by_the_mailbox(client):
    asked = ask(HERS)
    page = client.post(reverse("newsletter:confirm", args=[tokens.CONFIRM.make(asked)])).content.decode()
    ask(HERS)
    mail.outbox.clear()
    Sender().run()
    messages = mail.outbox

    assert "/newsletter/preferences/" not in page
    assert any("/newsletter/preferences/" in message.body for message in messages)
    assert link(messages[-1], "preferences")
