"""Owns what every kind of signed link proves: a mailed one its mailbox, and nothing else; `LINKS` names the kinds."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from contributions import mail as notices
from contributions import proposing, updating
from contributions.links import FOLLOW, UPDATE, WRITE
from contributions.models import Message, Proposal, Update
from contributions.models.messages import About
from contributions.models.proposals import State
from newsletter import tokens
from newsletter.addresses import address_key
from newsletter.models import Delivery, Subscriber
from newsletter.models.deliveries import Kind
from newsletter.sender import Sender
from practices.filters import catalogue_index
from practices.models import Status
from practices.preview import PREVIEW
from practices.signed import LINKS
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
    others = [make_proposal(email=HERS), make_proposal(email=HERS, state=State.DRAFT), asked_about(HERS)]
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
    assert all(other.pk for other in others)


def test_every_message_carries_links_of_its_own_mailbox_alone(settings):
    settings.BOUNCE_ADDRESS = "retours@example.org"
    now = timezone.now()
    for number, address in enumerate([HERS, "paul@example.org"]):
        reader = make_reader(address, frequency="weekly", next_digest_at=now, told_since=now - timedelta(days=9))
        Subscriber.objects.filter(pk=reader.pk).update(reminded_at=now)
        Delivery.objects.create(kind=Kind.REMINDER, subscriber=reader)
        ask(address)
        proposing.send(make_proposal(email=address, state=State.DRAFT))
        proposing.write_to(make_proposal(email=address), About.RECEIVED)
        updating.ask(asked_about(address), make_person(f"edith-{number}"))
        proposing.ask_for_links(f"autre-{number}@example.org")
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
    "practices/admin/uploads.py",  # a file that a form keeps while the rest of it is corrected
    "practices/signed.py",
}


def test_nothing_else_signs():
    found = {
        str(path)
        for app in ("bonnespratiques", "contributions", "newsletter", "operations", "pages", "practices")
        for path in Path(app).rglob("*.py")
        if re.search(r"\bimport .*(signing|salted_hmac)|signed_cookie", path.read_text(encoding="utf-8"))
    }

    assert found == SIGNING


# Whoever knows an address


def test_whoever_knows_an_address_gets_none_of_the_proposals_made_with_it(client):
    hers = proposing.begin({"title": "La sienne", "teaser": "t", "kind": ""}, "fr")
    proposing.keep(hers, "victime@example.org")
    proposing.confirm(Proposal.objects.get(pk=hers.pk))
    mine = proposing.keep(proposing.begin({"title": "La mienne", "teaser": "t", "kind": ""}, "fr"), THEIRS)
    write, follow = WRITE.make(mine), FOLLOW.make(mine)
    as_victim = {"name": "x", "email": "victime@example.org", "credit": "name", "licence": "on", "consent": "on"}

    client.post(reverse("contributions:step", args=[write, "vous"]), as_victim)
    confirmed = client.post(reverse("contributions:follow", args=[follow]), {"action": "confirm"})
    page = client.get(reverse("contributions:follow", args=[follow]))

    mine.refresh_from_db()
    assert (confirmed.status_code, page.status_code, mine.confirmed_at) == (404, 404, None)
    assert mine.email_key == "victime@example.org"
    assert "La sienne" not in page.content.decode()


def test_a_link_queued_for_a_former_address_does_not_leave():
    draft = proposing.keep(make_proposal(state=State.DRAFT), THEIRS)
    proposing.save(draft, "vous", {"email": "victime@example.org"})
    mail.outbox.clear()

    Sender().run()

    assert mail.outbox == []
    assert Delivery.objects.get().state == "dropped"


def test_a_draft_is_its_authors_alone_once_they_open_the_mailed_link_even_with_another_address(client):
    begun = make_proposal(email="victime@example.org", state=State.DRAFT, name="")
    elsewhere = WRITE.make(begun)
    theirs = client.post(reverse("contributions:follow", args=[FOLLOW.make(begun)]), {"action": "confirm"}).url
    address = theirs.rsplit("/", 2)[0]

    refused = client.post(reverse("contributions:step", args=[elsewhere, "vous"]), {**ANSWERS["vous"], "name": "Autre"})
    client.post(f"{address}/vous/", {**ANSWERS["vous"], "name": "Victime", "email": "victime@example.org"})
    sent_elsewhere = client.post(reverse("contributions:check", args=[elsewhere]))
    client.post(f"{address}/vous/", {**ANSWERS["vous"], "name": "Victime", "email": "autre@example.org"})
    revived = client.get(reverse("contributions:step", args=[elsewhere, "vous"]))

    begun.refresh_from_db()
    assert [one.status_code for one in (refused, sent_elsewhere, revived)] == [404, 404, 404]
    assert (begun.name, begun.email, begun.state) == ("Victime", "autre@example.org", State.DRAFT)


@pytest.mark.parametrize("step", [proposing.confirm, proposing.erase, lambda one: proposing.answer(one, "Oui")])
def test_a_step_taken_while_the_address_changes_is_not_taken(step):
    held = make_proposal(email=THEIRS)
    give(Proposal.objects.get(), "victime@example.org")

    done = step(held)

    assert not done
    assert Proposal.objects.get().remarks.count() == 0


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


# Asking again


def sent_now():
    mail.outbox.clear()
    Sender().run()
    return list(mail.outbox)


def test_one_asks_for_ones_links_and_gets_them_all_in_one_message(client):
    rows = [make_proposal(email=HERS), make_proposal(email=HERS.upper()), asked_about(HERS), make_proposal()]

    asked = client.post(reverse("contributions:links"), {"email": f" {HERS} "}, follow=True)
    [message] = sent_now()

    opened = {row for word in words_in(message.body) for kind in (FOLLOW, UPDATE) if (row := kind.open(word))}
    assert opened == set(rows[:3])
    assert (asked.status_code, message.to) == (200, [HERS])
    assert all(word in message.html for word in words_in(message.body))


def test_the_answer_is_the_same_for_an_address_that_is_known_and_nothing_leaves_for_another(client):
    make_proposal(email=HERS)

    pages = [client.post(reverse("contributions:links"), {"email": one}, follow=True) for one in (HERS, THEIRS)]

    assert pages[0].content == pages[1].content
    assert [message.to for message in sent_now()] == [[HERS]]


@pytest.mark.parametrize("sent", [{"email": ""}, {"email": "a@localhost"}, {"email": "\x00"}])
def test_a_refused_address_asks_for_nothing(client, sent):
    page = client.post(reverse("contributions:links"), sent)

    assert (page.status_code, Message.objects.count()) == (200, 0)
    assert 'role="alert"' in page.content.decode()


def test_a_network_has_its_share_and_another_site_asks_for_nothing(client, settings):
    settings.PROPOSALS_PER_HOUR = 1
    path = reverse("contributions:links")

    foreign = client.post(path, {"email": HERS}, headers={"Sec-Fetch-Site": "cross-site"})
    answers = [client.post(path, {"email": HERS}) for _time in range(2)]

    assert [foreign.status_code, *(one.status_code for one in answers)] == [200, 302, 429]
    assert Message.objects.count() == 1


def test_the_second_proposal_of_a_day_gets_its_link_once_the_first_is_confirmed():
    first, second = (proposing.send(make_proposal(email=HERS, state=State.DRAFT)) for _number in range(2))
    [message] = sent_now()
    one = FOLLOW.open(words_in(message.body)[0])

    proposing.confirm(one)
    bodies = [message.body for message in sent_now()]

    other = second if one == first else first
    assert any(FOLLOW.open(word) == other for body in bodies for word in words_in(body))


def test_at_most_one_message_a_day_with_links_leaves_for_an_address_that_nobody_confirmed():
    proposing.send(make_proposal(email=HERS, state=State.DRAFT))
    for _time in range(3):
        proposing.ask_for_links(HERS)

    assert len(sent_now()) == 1
    assert sent_now() == []


@pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
def test_it_is_not_known_for_long_that_an_address_asked_for_its_links(days, left):
    proposing.ask_for_links(THEIRS)

    call_command("prune", dry_run=True)
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        call_command("prune")

    assert (Message.objects.count(), Delivery.objects.count()) == (left, left)


def test_whoever_has_a_proposal_erased_is_forgotten_to_have_asked_for_links(client):
    proposal = make_proposal(email=HERS)
    proposing.ask_for_links(HERS)
    proposing.ask_for_links(THEIRS)

    client.post(reverse("contributions:follow", args=[FOLLOW.make(proposal)]), {"action": "erase"})

    assert [one.email for one in Message.objects.all()] == [THEIRS]


# A practice that was taken back


@pytest.mark.parametrize("status", [Status.DRAFT, Status.ARCHIVED])
def test_an_update_link_shows_nothing_of_a_practice_that_has_no_page_any_more(client, status):
    update = asked_about(HERS)
    updating.ask(update, make_person("edith"))
    practice = update.practice
    practice.status, practice.title, practice.archived_at = status, "Retirée", None
    practice.save()

    page = client.get(reverse("contributions:update", args=[UPDATE.make(update)]))
    posted = client.post(reverse("contributions:update", args=[UPDATE.make(update)]), {"action": "confirm"})

    practice.refresh_from_db()
    assert (page.status_code, posted.status_code, practice.reviewed_on) == (404, 404, None)
    assert "Retirée" not in page.content.decode()
    assert (sent_now(), notices.links_of(address_key(HERS))) == ([], None)


def test_an_archived_page_that_visitors_still_read_may_be_updated(client):
    update = asked_about(HERS)
    practice = update.practice
    practice.status, practice.archived_at = Status.ARCHIVED, timezone.now()
    practice.save()

    assert client.get(reverse("contributions:update", args=[UPDATE.make(update)])).status_code == 200


def test_a_confirmation_leads_to_no_choices_but_by_the_mailbox(client):
    asked = ask(HERS)
    page = client.post(reverse("newsletter:confirm", args=[tokens.CONFIRM.make(asked)])).content.decode()
    ask(HERS)
    messages = sent_now()

    assert "/newsletter/preferences/" not in page
    assert any("/newsletter/preferences/" in message.body for message in messages)
    assert link(messages[-1], "preferences")
