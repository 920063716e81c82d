import json
from datetime import timedelta
from itertools import cycle, islice

import pytest
import time_machine
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core import serializers
from django.utils import timezone
from django.utils.html import escape

from newsletter import tokens
from newsletter.models import Bounce, ErasedAddress, SavedSearch, Subscriber
from newsletter.readers import subscriptions
from newsletter.readers.consent_wording import PRESENT, wording
from tests.factories import make_practice
from tests.newsletter.makers import ask, link, make_reader

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def dump():
    """Everything the database holds, in one text."""
    models = [model for model in apps.get_models() if model._meta.managed]
    return "".join(serializers.serialize("json", model._default_manager.all()) for model in models)


def path(name, kind, row):
    return f"/newsletter/{name}/{kind.make(row)}/"


def test_no_get_head_or_options_of_any_mailed_link_changes_anything(client, send_mail):
    reader = make_reader("colette@example.org", frequency="weekly")
    asked = ask("nouvelle@example.org")
    send_mail()
    preferences = path("preferences", tokens.PREFERENCES, reader)
    links = [
        path("confirmer", tokens.CONFIRM, asked),
        preferences,
        f"{preferences}donnees.json",
        path("desinscription", tokens.LEAVE, reader),
    ]
    before = dump()

    statuses = set()
    for address, method in islice(zip(cycle(links), cycle(["get", "head", "options"]), strict=False), 120):
        statuses.add((method, getattr(client, method)(address).status_code))

    assert statuses == {("get", 200), ("head", 200), ("options", 405)}
    assert dump() == before
    assert client.cookies == {}


def test_a_program_unsubscribes_by_one_post_without_cookie_token_or_redirect_as_often_as_it_likes(client):
    reader = make_reader()
    address = path("desinscription", tokens.LEAVE, reader)

    statuses = [client.post(address, ONE_CLICK).status_code for _time in range(3)]

    reader.refresh_from_db()
    assert statuses == [200, 200, 200]
    assert (reader.state, reader.letters, reader.consents.standing().count()) == ("left", False, 0)
    assert client.cookies == {}


def test_the_link_to_leave_still_answers_after_erasure(client):
    reader = make_reader()
    address = path("desinscription", tokens.LEAVE, reader)
    subscriptions.erase(reader.email)

    assert client.get(address).status_code == 200
    assert client.post(address, ONE_CLICK).status_code == 200


def test_confirming_twice_is_a_success_and_changes_nothing_more(client, send_mail):
    ask()
    [message] = send_mail()
    first = client.post(link(message, "confirmer"))
    before = dump()

    second, shown = client.post(link(message, "confirmer")), client.get(link(message, "confirmer"))

    assert first.content[:2000] == second.content[:2000]
    assert (second.status_code, shown.status_code) == (200, 200)
    assert dump() == before


def test_every_link_that_opens_nothing_shows_one_plain_page_with_the_way_to_ask_again(client, send_mail):
    ask()
    [message] = send_mail()
    used = link(message, "confirmer")
    client.post(used)
    subscriptions.leave(Subscriber.objects.get().key)
    with time_machine.travel(timezone.now() - timedelta(days=8)):
        old = path("confirmer", tokens.CONFIRM, ask("old@example.org"))
    reader = make_reader()
    spent = {
        "used, and left since": used,
        "expired": old,
        "forged": "/newsletter/confirmer/abc.def.ghi/",
        "of another purpose": path("confirmer", tokens.LEAVE, reader),
        "of another purpose, to leave": path("desinscription", tokens.PREFERENCES, reader),
        "preferences forged": "/newsletter/preferences/x/",
        "of nobody": f"/newsletter/preferences/{tokens.PREFERENCES.sign('nobody')}/",
    }

    answers = {name: client.get(address) for name, address in spent.items()}
    posts = {client.post(address).status_code for address in spent.values()}

    assert {answer.status_code for answer in answers.values()} == posts == {404}
    assert len({answer.content.split(b"<main")[1] for answer in answers.values()}) == 1
    assert b'action="/newsletter/"' in answers["forged"].content


def test_a_used_confirmation_does_not_bring_back_who_left(client, send_mail):
    ask()
    [message] = send_mail()
    client.post(link(message, "confirmer"))
    reader = Subscriber.objects.get()
    subscriptions.leave(reader.key)

    client.post(link(message, "confirmer"))

    reader.refresh_from_db()
    assert reader.state == "left"


def test_a_reader_changes_her_choices(client):
    reader = make_reader(frequency="weekly")
    kept, dropped = (SavedSearch.objects.create(subscriber=reader, query=query) for query in ("?q=a", "?q=b"))
    address = path("preferences", tokens.PREFERENCES, reader)

    page = client.post(address, {"action": "save", "frequency": "monthly", "language": "en", "searches": [kept.pk]})

    reader.refresh_from_db()
    assert page.status_code == 200
    assert (reader.letters, reader.frequency, reader.language) == (False, "monthly", "en")
    assert list(reader.searches.all()) == [kept]
    assert dropped.pk not in reader.searches.values_list("pk", flat=True)


def test_nobody_touches_the_searches_of_another(client):
    reader, other = make_reader(frequency="weekly"), make_reader(frequency="weekly")
    foreign = SavedSearch.objects.create(subscriber=other, query="?q=a")
    address = path("preferences", tokens.PREFERENCES, reader)

    page = client.post(address, {"action": "save", "frequency": "monthly", "language": "fr", "searches": [foreign.pk]})

    assert page.context["form"].errors
    assert other.searches.count() == 1


def test_wanting_nothing_any_more_is_leaving(client):
    reader = make_reader()

    client.post(path("preferences", tokens.PREFERENCES, reader), {"action": "save", "language": "fr"})

    reader.refresh_from_db()
    assert reader.state == "left"


@pytest.mark.parametrize(("action", "state"), [("leave", "left"), ("nonsense", "active"), ("", "active")])
def test_the_page_of_choices_does_what_its_button_says_only(client, action, state):
    reader = make_reader()

    client.post(path("preferences", tokens.PREFERENCES, reader), {"action": action})

    reader.refresh_from_db()
    assert reader.state == state


def test_a_reader_takes_her_data(client, send_mail):
    ask(frequency="weekly", query="?q=recyclage")
    [message] = send_mail()
    client.post(link(message, "confirmer"))
    reader = Subscriber.objects.get()

    answer = client.get(f"{path('preferences', tokens.PREFERENCES, reader)}donnees.json")

    data = json.loads(answer.content)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (data["email"], data["saved_searches"][0]["query"]) == ("colette@example.org", "?q=recyclage")
    assert data["consents"][0]["wording"] == "2026-11"


def test_after_erasure_the_address_is_nowhere_in_the_database_and_its_hash_is(client, editor_client, send_mail):
    for address in ("Colette@example.org", "colette@example.org"):
        ask(address)
    [message] = send_mail()
    client.post(link(message, "confirmer"))
    reader = Subscriber.objects.get()
    inlines = {f"{name}-{what}_FORMS": "0" for name in ("consents", "searches") for what in ("TOTAL", "INITIAL")}
    editor_client.post(f"/admin/newsletter/subscriber/{reader.pk}/change/", {"state": "active", **inlines})
    assert LogEntry.objects.count() == 1
    ask("colette@example.org")
    assert "colette@example.org" in dump().lower()

    client.post(path("preferences", tokens.PREFERENCES, reader), {"action": "erase"})

    assert "colette" not in dump().lower()
    assert ErasedAddress.objects.count() == 1


def test_deleting_a_reader_in_the_back_office_is_erasing_her(editor_client):
    reader = make_reader("colette@example.org")

    editor_client.post(f"/admin/newsletter/subscriber/{reader.pk}/delete/", {"post": "yes"})

    assert "colette" not in dump().lower()
    assert ErasedAddress.objects.count() == 1


@pytest.mark.parametrize("name", ["subscriber", "delivery"])
def test_the_back_office_lists_readers_and_deliveries(editor_client, send_mail, name):
    make_reader("colette@example.org")
    ask("nouvelle@example.org")
    send_mail()

    page = editor_client.get(f"/admin/newsletter/{name}/")

    assert {"subscriber": "colette@example.org", "delivery": "nouvelle@example.org"}[name] in page.content.decode()


def test_pages_behind_a_mailed_link_are_kept_by_nobody(client):
    answer = client.get(path("preferences", tokens.PREFERENCES, make_reader()))

    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "noindex" in answer.headers["X-Robots-Tag"]


def test_a_used_link_opens_nothing_any_more(client, send_mail):
    ask()
    [message] = send_mail()
    mailed = link(message, "confirmer")
    assert "colette@example.org" in client.post(mailed).content.decode()

    for answer in (client.get(mailed), client.post(mailed)):
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Ce lien a déjà servi" in page
        assert "/newsletter/preferences/" not in page
        assert "colette@example.org" not in page


def test_what_a_reader_adds_to_her_choices_has_its_proof(client):
    reader = make_reader(letters=False, frequency="weekly")
    choices = path("preferences", tokens.PREFERENCES, reader)
    page = client.get(choices).content.decode()

    client.post(choices, {"action": "save", "letters": "on", "frequency": "weekly", "language": "fr"})
    client.post(choices, {"action": "save", "letters": "on", "frequency": "weekly", "language": "fr"})

    assert escape(wording(PRESENT, "fr")) in page
    proofs = reader.consents.order_by("pk").values_list("letters", "frequency", "wording")
    assert list(proofs)[1:] == [(True, "weekly", PRESENT)]
    assert reader.consents.filter(confirmed_at=None).count() == 0


def test_her_data_hold_what_she_was_told_of(client, send_mail):
    since = timezone.now() - timedelta(days=9)
    reader = make_reader(frequency="weekly", next_digest_at=timezone.now(), told_since=since)
    make_practice(title="Ressourcerie", published_at=since + timedelta(days=1))
    send_mail()
    Bounce.objects.create(delivery=reader.deliveries.get(), subscriber=reader, hard=False, status="4.2.2")

    told = client.get(f"{path('preferences', tokens.PREFERENCES, reader)}donnees.json").json()

    assert [one["practices"] for one in told["digests"]] == [["ressourcerie"]]
    assert [one["status"] for one in told["bounces"]] == ["4.2.2"]
    assert told["next_digest_at"]


def test_dropping_the_last_search_is_agreeing_to_all_that_is_new(client):
    reader = make_reader(letters=False, frequency="weekly")
    kept = [SavedSearch.objects.create(subscriber=reader, query=query) for query in ("?q=a", "?q=b")]
    choices = path("preferences", tokens.PREFERENCES, reader)
    wanted = {"action": "save", "frequency": "weekly", "language": "fr"}

    client.post(choices, {**wanted, "searches": kept[0].pk})
    before = reader.consents.count()
    client.post(choices, wanted)

    assert before == 1
    assert list(reader.consents.order_by("pk").values_list("frequency", "query"))[1:] == [("weekly", "")]
