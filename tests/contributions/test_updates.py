import pytest
from django.utils import timezone

from contributions import updates
from contributions.links import UPDATE
from contributions.models import Update
from contributions.models.updates import UpdateState
from practices.models import Revision, Status
from tests.factories import make_practice
from tests.newsletter.makers import link

pytestmark = pytest.mark.django_db
RICH = "<p>Un <strong>atelier</strong> par semaine.</p><ul><li>du bois</li><li>du fer</li></ul>"


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def practice():
    return make_practice(title="Ressourcerie", place="Lyon", response=RICH, start_year=2001, themes=["handicap"])


@pytest.fixture
def update(practice):
    return Update.objects.create(practice=practice, email="asso@example.org")


def path(update):
    return f"/proposer/mise-a-jour/{UPDATE.make(update)}/"


def sent(client, update, **changed):
    """What a browser sends: every box as it was shown, but what was changed, and what each held at first."""
    form = client.get(path(update)).context["form"]
    shown = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    hidden = {f"initial-{name}": value for name, value in shown.items() if form.fields[name].show_hidden_initial}
    return client.post(path(update), {"action": "change", **hidden, **shown, **changed})


def test_an_editor_asks_from_the_page_of_a_practice_and_the_organisation_confirms(
    client, editor_client, practice, send_mail
):
    form = words(editor_client.get(f"/admin/practices/practice/{practice.pk}/change/"))
    assert f'href="/admin/contributions/update/add/?practice={practice.pk}"' in form

    data = {"practice": practice.pk, "email": "asso@example.org", "language": "fr", "note": "Bonjour !"}
    editor_client.post("/admin/contributions/update/add/", data)
    [message] = send_mail()
    shown = words(client.get(link(message, "mise-a-jour")))
    before = Update.objects.get().state
    client.post(link(message, "mise-a-jour"), {"action": "confirm"})

    practice.refresh_from_db()
    assert (message.to, before) == (["asso@example.org"], UpdateState.ASKED)
    assert "Bonjour !" in message.body
    assert "Ressourcerie" in shown
    assert (Update.objects.get().state, practice.reviewed_on) == (UpdateState.CONFIRMED, timezone.localdate())
    assert client.cookies == {}


def test_the_editor_takes_some_of_the_changes_and_not_the_others(client, editor_client, practice, update):
    sent(client, update, place="Villeurbanne", start_year="2003", response="Deux ateliers par semaine !")
    page = words(editor_client.get(f"/admin/contributions/update/{update.pk}/change/"))

    address = f"/admin/contributions/update/{update.pk}/change/"
    editor_client.post(address, {"_accept": "1", "kept": ["place", "response"]})

    practice.refresh_from_db()
    update.refresh_from_db()
    assert "<del>Lyon</del> <ins>Villeurbanne</ins>" in page
    assert (practice.place, practice.start_year) == ("Villeurbanne", 2001)
    assert practice.response == "<p>Deux ateliers par semaine\u202f!</p>"
    assert (update.state, practice.status) == (UpdateState.ACCEPTED, Status.PUBLISHED)
    assert practice.reviewed_on == timezone.localdate()
    assert Revision.objects.filter(practice=practice.pk).count() == 2


def test_what_was_not_touched_is_no_change_even_when_editors_changed_it_meanwhile(client, practice, update):
    form = client.get(path(update)).context["form"]
    shown = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    hidden = {f"initial-{name}": value for name, value in shown.items() if form.fields[name].show_hidden_initial}
    practice.place = "Bron"
    practice.save()

    client.post(path(update), {"action": "change", **hidden, **shown, "contact": "04 00 00 00 00"})

    update.refresh_from_db()
    assert update.answers == {"contact": "04 00 00 00 00"}
    assert [name for name, _change in updates.changes(update)] == ["contact"]


def test_a_section_that_was_not_touched_keeps_its_marks(client, editor_client, practice, update):
    sent(client, update, place="Bron")
    editor_client.post(f"/admin/contributions/update/{update.pk}/change/", {"_accept": "1", "kept": ["place"]})

    practice.refresh_from_db()
    assert practice.response == RICH


def test_changes_may_be_corrected_until_they_are_decided_and_no_longer(client, editor, update):
    sent(client, update, place="Bron")
    sent(client, update, contact="asso@example.org")
    update.refresh_from_db()
    both = dict(update.answers)
    updates.decide(update, editor, [])
    client.post(path(update), {"action": "confirm"})

    update.refresh_from_db()
    assert both == {"place": "Bron", "contact": "asso@example.org"}
    assert update.state == UpdateState.REFUSED


def test_a_refused_change_keeps_what_was_typed(client, update):
    page = sent(client, update, place="Bron", end_year="1999")

    update.refresh_from_db()
    assert update.state == UpdateState.ASKED
    assert 'value="Bron"' in words(page)
    assert "Cette année vient avant celle où elle a commencé." in words(page)


def test_no_get_changes_anything_and_no_cache_or_robot_keeps_the_page(client, update):
    before = Update.objects.values().get()

    page = client.get(path(update))
    forged = client.get("/proposer/mise-a-jour/faux/")

    assert Update.objects.values().get() == before
    assert (page.status_code, forged.status_code) == (200, 404)
    assert "no-store" in page.headers["Cache-Control"]
    assert "noindex" in page.headers["X-Robots-Tag"]
