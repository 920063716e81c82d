import re
import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from mail.honeypot import SHOWN
from newsletter import tokens
from newsletter.models import Consent, Delivery, Subscriber, Tally
from newsletter.models.readers import ReaderState
from newsletter.readers import subscriptions
from practices.filters import PracticeFilterSet
from practices.models import Country
from tests.factories import make_practice, make_term
from tests.newsletter.conftest import filled
from tests.newsletter.makers import ask, link, make_reader

pytestmark = pytest.mark.django_db


def test_a_person_signs_up_confirms_and_is_subscribed(client, sign_up, send_mail):
    answer = sign_up("Colette@Example.org", frequency="monthly")
    assert (answer.status_code, answer.url) == (302, "/newsletter/merci/")
    assert Subscriber.objects.count() == 0

    [message] = send_mail()
    assert message.to == ["Colette@example.org"]
    page = client.get(link(message, "confirmer"))
    assert (page.status_code, Subscriber.objects.count()) == (200, 0)

    done = client.post(link(message, "confirmer"))

    assert done.status_code == 200
    reader = Subscriber.objects.get()
    assert (reader.email, reader.email_key) == ("Colette@example.org", "colette@example.org")
    assert (reader.state, reader.letters, reader.frequency, reader.language) == ("active", True, "monthly", "fr")
    [proof] = reader.consents.all()
    assert (proof.wording, proof.source) == ("2026-11", "")
    assert proof.asked_at < proof.confirmed_at


def test_every_facet_of_the_list_is_a_topic(client):
    make_practice(start_year=1998, countries=["france"], sectors=["culture"], themes=["handicap"], audiences=["jeunes"])

    page = client.get("/newsletter/").content.decode()

    offered = set(re.findall(r'<input type="checkbox" name="(\w+)" value=', page))
    assert offered == {facet.param for facet in PracticeFilterSet.declared_facets()}
    assert 'name="annee" value="1998"' in page


def test_the_topics_chosen_are_kept_as_the_list_of_practices_writes_them(client, sign_up, send_mail):
    make_practice(countries=["france", "belgique"], themes=["handicap"])

    sign_up("a@b.fr", frequency="weekly", pays=["france", "belgique"], theme="handicap", secteur="nulle-part")
    [message] = send_mail()
    client.post(link(message, "confirmer"))

    [search] = Subscriber.objects.get().searches.all()
    assert search.query == "?pays=belgique&pays=france&theme=handicap"
    assert "Belgique, France" in message.body


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_foot_of_any_page_leads_to_the_form_with_the_address_and_writes_nothing(client, prefix):
    home = client.get(f"{prefix}/")
    page = client.post(f"{prefix}/newsletter/", {"email": "a@b.fr"})

    assert f'action="{prefix}/newsletter/"' in home.content.decode()
    assert "csrfmiddlewaretoken" not in home.content.decode()
    assert (page.status_code, page.context["form"]["email"].value()) == (200, "a@b.fr")
    assert (Consent.objects.count(), client.cookies) == (0, {})


def test_a_list_of_practices_leads_to_the_form_with_its_filters(client):
    make_term(Country, "france")

    page = client.get("/newsletter/?pays=france&q=recyclage&annee=x&tri=titre")

    form = page.context["form"]
    assert form.query == "?q=recyclage&pays=france"
    assert (form["frequency"].value(), form["letters"].value()) == ("weekly", False)


def test_who_comes_from_a_search_reads_it_and_finds_the_button_near(client):
    make_practice(countries=["france"])

    alert = client.get("/newsletter/?pays=france").content.decode()
    plain = client.get("/newsletter/").content.decode()

    assert re.search(r"Alerte pour\xa0: <strong[^>]*>France</strong>", alert)
    assert '<details class="field topics">' in alert
    assert '<details class="facet" open' not in alert
    assert ("Alerte pour" in plain, '<details class="field topics" open>' in plain) == (False, True)


ERRORS = {
    "no address": {"email": ""},
    "an address with a line break": {"email": "a@b.fr\r\nBcc: c@d.fr"},
    "a NUL": {"email": "a\x00@b.fr"},
    "a trap filled in": {"homepage_url": "http://spam.example"},
    "nothing wanted": {"letters": ""},
    "an unknown frequency": {"frequency": "hourly"},
    "an unknown language": {"language": "xx"},
    "no age": {"age": ""},
    "a forged age": {"age": "1.2.3"},
    "an age of another purpose": {"age": tokens.make(tokens.CONFIRM, "1.0")},
}


@pytest.mark.parametrize("fields", ERRORS.values(), ids=ERRORS)
def test_a_form_that_is_wrong_is_shown_again_with_what_was_typed(client, fields):
    typed = filled("a@b.fr", frequency="monthly") | fields
    if fields == {"letters": ""}:
        typed |= {"frequency": ""}
        del typed["letters"]

    page = client.post("/newsletter/", typed)

    assert page.status_code == 200
    assert page.context["form"].errors
    assert page.context["form"]["email"].value() == typed["email"]
    assert Consent.objects.count() == 0


def test_a_form_sent_faster_than_a_person_can_read_is_shown_again_and_passes_the_second_time(client):
    page = client.post("/newsletter/", filled("a@b.fr", age=SHOWN.sign(f"{time.time():.1f}")))
    again = page.context["form"].age_to_send

    with time_machine.travel(timezone.now() + timedelta(seconds=3)):
        answer = client.post("/newsletter/", filled("a@b.fr", age=again))

    assert (page.status_code, answer.status_code) == (200, 302)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 302),
        ({"Sec-Fetch-Site": "same-origin"}, 302),
        ({"Origin": "http://testserver"}, 302),
        ({"Sec-Fetch-Site": "cross-site"}, 200),
        ({"Sec-Fetch-Site": "same-site"}, 200),
        ({"Origin": "https://evil.example"}, 200),
        ({"Origin": "null"}, 200),
    ],
)
def test_a_form_sent_from_another_site_is_only_shown(sign_up, headers, status):
    assert sign_up("a@b.fr", headers=headers).status_code == status
    assert Consent.objects.count() == (status == 302)


STATES = ["unknown", "waiting", "confirmed", "left", "blocked", "erased"]


def in_state(state):
    """An address that is in a state."""
    email = f"{state}@example.org"
    if state == "waiting":
        ask(email)
    elif state == "erased":
        subscriptions.erase(email)
    elif state != "unknown":
        make_reader(email, state={"confirmed": "active"}.get(state, state))
    return email


def test_the_answer_is_the_same_bytes_and_the_same_queries_whatever_is_known_of_the_address(client, sign_up):
    emails = [in_state(state) for state in STATES]
    sign_up("first@example.org")
    answers, pages, queries = set(), set(), set()

    for email in emails:
        with CaptureQueriesContext(connection) as asked:
            answer = sign_up(email)
        queries.add(len(asked))
        answers.add((answer.status_code, answer.url, answer.content, str(sorted(answer.headers.keys()))))
        pages.add(client.get(answer.url).content)

    assert (len(answers), len(pages), len(queries)) == (1, 1, 1)


def test_at_most_one_message_a_day_goes_to_an_address_that_has_not_confirmed(send_mail):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        ask()
        ask(email="COLETTE@example.org")
        first = send_mail()
        ask()
        second = send_mail()
    with time_machine.travel(now + timedelta(hours=23), tick=False):
        ask()
        third = send_mail()
    with time_machine.travel(now + timedelta(hours=25), tick=False):
        ask()
        fourth = send_mail()

    assert [len(messages) for messages in (first, second, third, fourth)] == [1, 0, 0, 1]


def test_all_that_was_asked_for_meanwhile_is_confirmed_by_the_one_link(client, send_mail):
    make_practice(countries=["france"])
    ask()
    ask(letters=False, frequency="weekly", query="?pays=france")
    [message] = send_mail()

    page = client.get(link(message, "confirmer"))
    done = client.post(link(message, "confirmer"))

    reader = Subscriber.objects.get()
    assert len(page.context["wishes"]) == 2
    told = re.findall(
        r"<li>(.*?)</li>", done.content.decode().partition('<ul class="wanted">')[2].partition("</ul>")[0], re.S
    )
    assert [re.sub(r"<[^>]+>|\n", "", one) for one in told] == [
        "La lettre",
        "Les nouvelles pratiques, chaque semaine\xa0: Pays\xa0: France",
    ]
    assert (reader.letters, reader.frequency, reader.searches.get().query) == (True, "weekly", "?pays=france")


def test_who_presses_the_button_twice_sees_one_wish_and_a_flood_by_somebody_else_is_not_confirmed(client, send_mail):
    ask()
    ask()
    [message] = send_mail()
    for number in range(20):
        ask(letters=False, frequency="weekly", query=f"?q=flood{number}")

    page = client.get(link(message, "confirmer"))
    client.post(link(message, "confirmer"))

    wishes = [(wish.letters, wish.query) for wish, _words in page.context["wishes"]]
    assert wishes == [(True, ""), *((False, f"?q=flood{number}") for number in range(3))]
    assert Subscriber.objects.get().searches.count() == 3


def test_a_reader_who_asks_again_keeps_her_choices_until_she_confirms_and_is_told_how_to_change_them(client, send_mail):
    reader = make_reader("colette@example.org", letters=True)
    ask(letters=False, frequency="monthly")

    [message] = send_mail()
    reader.refresh_from_db()
    assert (reader.letters, reader.frequency) == (True, "")
    client.post(link(message, "confirmer"))
    reader.refresh_from_db()

    assert (reader.letters, reader.frequency) == (True, "monthly")
    assert client.get(link(message, "preferences")).status_code == 200


def test_a_blocked_address_gets_no_message(send_mail):
    make_reader("colette@example.org", state=ReaderState.BLOCKED)
    ask()

    assert send_mail() == []
    assert Delivery.objects.get().state == "dropped"


def test_who_left_may_come_back_with_new_choices_only(client, send_mail):
    reader = make_reader("colette@example.org", letters=True)
    subscriptions.leave(reader.key)
    joined_at = reader.joined_at
    ask(letters=False, frequency="weekly")
    [message] = send_mail()

    client.post(link(message, "confirmer"))

    reader.refresh_from_db()
    assert (reader.state, reader.letters, reader.frequency) == ("active", False, "weekly")
    assert (reader.left_at, reader.joined_at > joined_at) == (None, True)


def test_two_hundred_people_behind_one_address_are_not_refused_and_a_program_is(sign_up, settings):
    settings.NEWSLETTER_SIGNUPS_PER_HOUR = 210
    people = [sign_up(f"agent{number}@example.org").status_code for number in range(200)]
    program = [sign_up(f"x{number}@example.org").status_code for number in range(20)]

    assert set(people) == {302}
    assert program == [302] * 10 + [429] * 10


def test_no_network_address_is_kept_and_the_tally_is_another_one_the_next_hour(client, settings):
    settings.NEWSLETTER_SIGNUPS_PER_HOUR = 1
    now = timezone.now().replace(minute=30)
    seen = []
    for moment, network in [(0, "2001:db8::1"), (0, "2001:db8::2"), (0, "2001:db8:0:1::1"), (1, "2001:db8::1")]:
        with time_machine.travel(now + timedelta(hours=moment), tick=False):
            seen.append(client.post("/newsletter/", filled("a@b.fr"), REMOTE_ADDR=network).status_code)

    assert seen == [302, 429, 302, 302]
    assert not [tally.key for tally in Tally.objects.all() if "2001" in tally.key]


@pytest.mark.parametrize(("behind_proxy", "statuses"), [(False, [302, 429]), (True, [302, 302])])
def test_the_forwarded_address_counts_only_behind_a_proxy_of_ours(client, settings, behind_proxy, statuses):
    settings.NEWSLETTER_SIGNUPS_PER_HOUR, settings.BEHIND_PROXY = 1, behind_proxy

    seen = [
        client.post("/newsletter/", filled("a@b.fr"), headers={"X-Forwarded-For": f"9.9.9.9, 10.0.0.{end}"}).status_code
        for end in (1, 2)
    ]

    assert seen == statuses


def test_a_person_is_told_the_truth_when_the_mail_server_does_not_answer_and_her_request_leaves_later(
    client, sign_up, settings, send_mail
):
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    sign_up("a@b.fr")
    send_mail()
    down = client.get("/newsletter/merci/").content.decode()

    settings.EMAIL_URL = "memorymail://"
    messages = send_mail()
    settings.EMAIL_URL = "smtp://127.0.0.1:1"
    up = client.get("/newsletter/merci/").content.decode()

    assert "ne répond pas" in down
    assert "ne répond pas" not in up
    assert [message.to for message in messages] == [["a@b.fr"]]
    assert Delivery.objects.get().tries == 1


def test_a_site_that_sends_nothing_says_so(client, settings):
    settings.EMAIL_URL = "consolemail://"

    assert "à l’essai" in client.get("/newsletter/merci/").content.decode()


def test_the_message_of_confirmation_is_in_the_language_asked_for(send_mail):
    ask(language="en")
    [message] = send_mail()

    assert "/en/newsletter/confirmer/" in message.body
    assert "Is it really you?" in message.body
    assert mail.outbox[0].message()["Auto-Submitted"] == "auto-generated"
