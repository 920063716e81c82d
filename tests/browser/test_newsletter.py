"""A reader's whole way, from the foot of a page to the last unsubscription, with JavaScript and without."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from playwright.sync_api import expect

from accounts.roles import EDITOR
from mail import honeypot
from newsletter.delivery.sender import Sender
from newsletter.models import Subscriber
from newsletter.models.letters import LetterState
from practices.filters import catalogue_index
from tests.factories import make_person, make_practice
from tests.newsletter.makers import ask, link, make_letter, make_reader


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def scripts(request):
    return request.param


@pytest.fixture
def browser_context_args(browser_context_args, scripts):
    return {**browser_context_args, "java_script_enabled": scripts}


@pytest.fixture
def site_to_write(server, static_files, transactional_db, monkeypatch):
    """The site, empty but for two practices, where requests may write."""
    monkeypatch.setattr(honeypot, "QUICKEST", timedelta(0))
    catalogue_index.forget()
    with static_files, override_settings(SITE_URL=server.url):
        make_practice(title="Ressourcerie", themes=["handicap"], countries=["france"])
        make_practice(title="Crèche", themes=["jeunesse"])
        yield server


def next_message():
    """Send what is due and return the one message."""
    mail.outbox.clear()
    Sender().run()
    [message] = mail.outbox
    return message


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("site_to_write")
def test_a_reader_signs_up_confirms_changes_her_mind_and_leaves(page, context, screen, scripts, assert_accessible):
    def look():
        if scripts:
            assert_accessible(page, "light" if screen == "desktop" else "dark")

    page.goto("/bonnes-pratiques/?theme=handicap")
    page.get_by_label("La lettre des bonnes pratiques").fill("colette@example.org")
    page.get_by_role("button", name="S’inscrire").click()

    expect(page.get_by_label("Votre adresse électronique")).to_have_value("colette@example.org")
    look()
    page.get_by_role("radio", name="Chaque semaine").check()
    page.locator("summary", has_text="Thème").click()
    page.get_by_role("checkbox", name="Handicap").check()
    page.get_by_role("button", name="S’inscrire").click()

    expect(page).to_have_url("/newsletter/merci/")
    look()
    assert Subscriber.objects.count() == 0

    page.goto(link(next_message(), "confirmer"))
    expect(page.get_by_role("listitem").filter(has_text="Thème")).to_contain_text("Handicap")
    look()
    page.get_by_role("button", name="Je confirme mon inscription").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("inscrit")
    look()

    ask("colette@example.org")
    page.goto(link(next_message(), "preferences"))
    page.get_by_role("radio", name="Chaque mois").check()
    page.get_by_role("button", name="Enregistrer mes choix").click()
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("enregistrés")
    look()
    assert Subscriber.objects.get().frequency == "monthly"

    make_letter(title="Lettre de novembre")
    page.goto(link(next_message(), "desinscription"))
    look()
    page.get_by_role("button", name="Me désinscrire de tout").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("désinscrit")

    assert Subscriber.objects.get().state == "left"
    assert context.cookies() == []


def unfold(page):
    for topic in ("Changer les sujets", "Pays", "Thème"):
        page.locator("summary", has_text=topic).click()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("site_to_write")
def test_a_list_leads_to_its_new_practices_by_mail_and_a_mistake_keeps_what_was_typed(page):
    page.goto("/bonnes-pratiques/?theme=handicap&pays=france")
    page.get_by_role("link", name="Recevoir par courriel les nouvelles pratiques de cette recherche").click()

    expect(page.locator(".lead")).to_have_text("Alerte pour\xa0: France · Handicap")
    unfold(page)
    expect(page.get_by_role("checkbox", name="Handicap")).to_be_checked()
    expect(page.get_by_role("checkbox", name="France")).to_be_checked()
    expect(page.get_by_role("radio", name="Chaque semaine")).to_be_checked()
    page.get_by_label("Votre adresse électronique").fill("colette@localhost")
    page.get_by_role("button", name="S’inscrire").click()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Votre adresse électronique")).to_have_value("colette@localhost")
    unfold(page)
    expect(page.get_by_role("checkbox", name="Handicap")).to_be_checked()

    page.get_by_label("Votre adresse électronique").fill("colette@example.org")
    page.get_by_role("button", name="S’inscrire").click()
    page.goto(link(next_message(), "confirmer"))
    page.get_by_role("button", name="Je confirme mon inscription").click()
    ask("colette@example.org")
    page.goto(link(next_message(), "preferences"))
    page.get_by_text("Tout faire effacer", exact=True).click()
    page.get_by_role("button", name="Tout effacer pour de bon").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Tout est effacé")
    assert Subscriber.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_editor_sends_herself_a_trial_and_then_the_letter(site_to_write, page, assert_accessible, scripts):
    make_reader("colette@example.org")
    letter = make_letter(title="Lettre de mai", start=False, state=LetterState.DRAFT)
    client = Client()
    client.force_login(make_person("denis", EDITOR, email="denis@example.org"))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site_to_write.url}])

    page.goto(f"/admin/newsletter/letter/{letter.pk}/apercu/")
    if scripts:
        assert_accessible(page, "light")
    page.get_by_role("button", name="Envoyer un essai").click()
    expect(page.get_by_text("denis@example.org", exact=False).first).to_be_visible()
    assert {message.to[0] for message in mail.outbox} == {"denis@example.org"}
    page.get_by_role("button", name="Envoyer maintenant").click()

    expect(page.get_by_text("La lettre est maintenant")).to_be_visible()
    assert next_message().to == ["colette@example.org"]
