"""That a link to a proposal or an update is of the mailbox it went to, and how one asks for one’s links again."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from contributions import mail as notices
from contributions import updates
from contributions.links import FOLLOW, UPDATE, WRITE
from contributions.models import Message, Proposal, Update
from contributions.models.proposals import State
from contributions.proposals import writing
from mail.addresses import address_key
from newsletter.models import Delivery
from practices.models import Status
from tests.contributions.makers import ANSWERS, make_proposal
from tests.factories import make_person, make_practice

pytestmark = pytest.mark.django_db
HERS, THEIRS = "Colette@example.org", "attaquant@example.net"


def asked_about(email):
    return Update.objects.create(practice=make_practice(), email=email)


def words_in(text):
    return re.findall(r"/([\w.-]+\.[\w-]{43})(?=[/\"<\s]|$)", text)


# Whoever knows an address


def test_whoever_knows_an_address_gets_none_of_the_proposals_made_with_it(client):
    hers = writing.begin({"title": "La sienne", "teaser": "t", "kind": ""}, "fr")
    writing.keep(hers, "victime@example.org")
    writing.confirm(Proposal.objects.get(pk=hers.pk))
    mine = writing.keep(writing.begin({"title": "La mienne", "teaser": "t", "kind": ""}, "fr"), THEIRS)
    write, follow = WRITE.make(mine), FOLLOW.make(mine)
    as_victim = {"name": "x", "email": "victime@example.org", "credit": "name", "licence": "on", "consent": "on"}

    client.post(reverse("contributions:step", args=[write, "vous"]), as_victim)
    confirmed = client.post(reverse("contributions:follow", args=[follow]), {"action": "confirm"})
    page = client.get(reverse("contributions:follow", args=[follow]))

    mine.refresh_from_db()
    assert (confirmed.status_code, page.status_code, mine.confirmed_at) == (404, 404, None)
    assert mine.email_key == "victime@example.org"
    assert "La sienne" not in page.content.decode()


def test_a_link_queued_for_a_former_address_does_not_leave(send_mail):
    draft = writing.keep(make_proposal(state=State.DRAFT), THEIRS)
    writing.save(draft, "vous", {"email": "victime@example.org"})

    assert send_mail() == []
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


@pytest.mark.parametrize("step", [writing.confirm, writing.erase, lambda one: writing.answer(one, "Oui")])
def test_a_step_taken_while_the_address_changes_is_not_taken(step):
    held = make_proposal(email=THEIRS)
    Proposal.objects.update(email="victime@example.org", email_key="victime@example.org")

    done = step(held)

    assert not done
    assert Proposal.objects.get().remarks.count() == 0


# Asking again


def test_one_asks_for_ones_links_and_gets_them_all_in_one_message(client, send_mail):
    rows = [make_proposal(email=HERS), make_proposal(email=HERS.upper()), asked_about(HERS), make_proposal()]

    asked = client.post(reverse("contributions:links"), {"email": f" {HERS} "}, follow=True)
    [message] = send_mail()

    opened = {row for word in words_in(message.body) for kind in (FOLLOW, UPDATE) if (row := kind.open(word))}
    assert opened == set(rows[:3])
    assert (asked.status_code, message.to) == (200, [HERS])
    assert all(word in message.html for word in words_in(message.body))


def test_the_answer_is_the_same_for_an_address_that_is_known_and_nothing_leaves_for_another(client, send_mail):
    make_proposal(email=HERS)

    pages = [client.post(reverse("contributions:links"), {"email": one}, follow=True) for one in (HERS, THEIRS)]

    assert pages[0].content == pages[1].content
    assert [message.to for message in send_mail()] == [[HERS]]


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


def test_the_second_proposal_of_a_day_gets_its_link_once_the_first_is_confirmed(send_mail):
    first, second = (writing.send(make_proposal(email=HERS, state=State.DRAFT)) for _number in range(2))
    [message] = send_mail()
    one = FOLLOW.open(words_in(message.body)[0])

    writing.confirm(one)
    bodies = [message.body for message in send_mail()]

    other = second if one == first else first
    assert any(FOLLOW.open(word) == other for body in bodies for word in words_in(body))


def test_at_most_one_message_a_day_with_links_leaves_for_an_address_that_nobody_confirmed(send_mail):
    writing.send(make_proposal(email=HERS, state=State.DRAFT))
    for _time in range(3):
        writing.ask_for_links(HERS)

    assert len(send_mail()) == 1
    assert send_mail() == []


@pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
def test_it_is_not_known_for_long_that_an_address_asked_for_its_links(days, left):
    writing.ask_for_links(THEIRS)

    call_command("prune", dry_run=True)
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        call_command("prune")

    assert (Message.objects.count(), Delivery.objects.count()) == (left, left)


def test_whoever_has_a_proposal_erased_is_forgotten_to_have_asked_for_links(client):
    proposal = make_proposal(email=HERS)
    writing.ask_for_links(HERS)
    writing.ask_for_links(THEIRS)

    client.post(reverse("contributions:follow", args=[FOLLOW.make(proposal)]), {"action": "erase"})

    assert [one.email for one in Message.objects.all()] == [THEIRS]


# A practice that was taken back


@pytest.mark.parametrize("status", [Status.DRAFT, Status.ARCHIVED])
def test_an_update_link_shows_nothing_of_a_practice_that_has_no_page_any_more(client, status, send_mail):
    update = asked_about(HERS)
    updates.ask(update, make_person("edith"))
    practice = update.practice
    practice.status, practice.title, practice.archived_at = status, "Retirée", None
    practice.save()

    page = client.get(reverse("contributions:update", args=[UPDATE.make(update)]))
    posted = client.post(reverse("contributions:update", args=[UPDATE.make(update)]), {"action": "confirm"})

    practice.refresh_from_db()
    assert (page.status_code, posted.status_code, practice.reviewed_on) == (404, 404, None)
    assert "Retirée" not in page.content.decode()
    assert (send_mail(), notices.links_of(address_key(HERS))) == ([], None)


def test_an_archived_page_that_visitors_still_read_may_be_updated(client):
    update = asked_about(HERS)
    practice = update.practice
    practice.status, practice.archived_at = Status.ARCHIVED, timezone.now()
    practice.save()

    assert client.get(reverse("contributions:update", args=[UPDATE.make(update)])).status_code == 200
