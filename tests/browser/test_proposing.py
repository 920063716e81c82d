"""The way of a proposal, from the first tap on a telephone to the published page, with JavaScript and without.

Nothing is done by a service: the person taps, and two editors decide in the back office, on telephones too.
"""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from playwright.sync_api import expect

from accounts.roles import EDITOR
from contributions.models import Proposal, ProposalFile
from mail import honeypot
from newsletter.delivery.sender import Sender
from practices.filters import catalogue_index
from practices.models import Kind, Practice, Sector, Theme
from tests.browser.screens import PHONE
from tests.browser.test_accessibility import TOO_WIDE
from tests.factories import make_person, make_practice, make_term
from tests.newsletter.makers import link
from tests.uploads import document, picture, sent


@pytest.fixture(params=[True, False], ids=["with JavaScript", "without"])
def scripts(request):
    return request.param


@pytest.fixture
def browser_context_args(browser_context_args, scripts):
    return {**browser_context_args, "java_script_enabled": scripts, "viewport": PHONE, "has_touch": True}


@pytest.fixture
def site_to_write(server, static_files, transactional_db, monkeypatch, tmp_path):
    """The site, empty but for one practice and the terms that a proposal chooses from, where requests may write.

    Two people have to be in favour of a proposal.
    """
    monkeypatch.setattr(honeypot, "QUICKEST", timedelta(0))
    catalogue_index.forget()
    with static_files, override_settings(SITE_URL=server.url, MEDIA_ROOT=tmp_path, PROPOSAL_VALIDATIONS=2):
        make_practice(title="Ressourcerie")
        for model, slug in ((Kind, "initiative"), (Theme, "environnement"), (Sector, "reemploi")):
            make_term(model, slug)
        yield server


@pytest.fixture
def desk_of(site_to_write, browser, browser_context_args):
    """Call it with a name: a page of the back office, on the telephone of an editor who is signed in."""
    opened = []

    def sign_in(name):
        client = Client()
        client.force_login(make_person(name, EDITOR))
        context = browser.new_context(**browser_context_args)
        context.set_default_timeout(10_000)
        opened.append(context)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site_to_write.url}])
        return context.new_page()

    yield sign_in
    for context in opened:
        context.close()


def press(page, role, name):
    """Tap something that leads to another page."""
    with page.expect_navigation():
        page.get_by_role(role, name=name).first.tap()


def file(upload):
    return {"name": upload.name, "mimeType": "application/octet-stream", "buffer": upload.read()}


def open_proposal(desk):
    """Find the proposal in the queue of the back office."""
    desk.goto("/admin/")
    press(desk, "link", "Propositions à examiner")
    press(desk, "link", "La roulotte qui répare")


def agree(desk):
    """Give an opinion in favour of the proposal."""
    for question in ("Pertinence", "Résultats", "Transférabilité"):
        desk.get_by_role("group", name=question).get_by_label("Tout à fait").check()
    desk.get_by_label("Je suis d’avis de la publier").check()
    press(desk, "button", "Garder mon avis")
    expect(desk.get_by_text("Votre avis est gardé.")).to_be_visible()


def next_message():
    """Send what is due and return the last message."""
    mail.outbox.clear()
    Sender().run()
    return mail.outbox[-1]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("site_to_write")
def test_a_proposal_goes_from_the_first_tap_to_the_published_page(
    page, context, scripts, assert_accessible, desk_of, tmp_path
):
    def tap(role, name):
        press(page, role, name)

    def go_on():
        tap("button", "Enregistrer et continuer")

    def look(at=page, colours="light"):
        if scripts:
            assert_accessible(at, colours)
            assert at.evaluate(TOO_WIDE) == []

    page.goto("/")
    tap("link", "Proposer une pratique")
    tap("link", "Commencer")
    page.get_by_label("Comment s’appelle votre pratique ?").fill("La roulotte qui répare")
    go_on()

    expect(page.get_by_role("alert")).to_contain_text("Dites en deux ou trois phrases de quoi il s’agit.")
    expect(page.get_by_label("Comment s’appelle votre pratique ?")).to_have_value("La roulotte qui répare")
    look()
    page.get_by_label("En deux ou trois phrases").fill("Un atelier va de village en village.")
    page.get_by_role("radio", name="Initiative").check()
    go_on()

    page.get_by_label("Quel organisme la porte ?").fill("Les Bricoleurs du Morvan")
    page.get_by_label("En quelle année a-t-elle commencé ?").fill("2019")
    look(colours="dark")
    go_on()
    page.get_by_label("Qu’avez-vous fait ?").fill("Nous avons aménagé une roulotte.")
    go_on()
    page.get_by_role("checkbox", name="Environnement").check()
    page.get_by_role("checkbox", name="Reemploi").check()
    go_on()
    go_on()

    look()
    page.get_by_label("Choisir une image").set_input_files(file(picture(size=(1200, 800))))
    page.get_by_label("Que montre l’image ?").fill("Trois personnes autour d’une roulotte")
    page.locator("#id_document_1").set_input_files(file(sent(b"MZ", "programme.pdf")))
    page.locator("#id_document_1_title").fill("Le guide de la roulotte")
    go_on()
    expect(page.get_by_role("alert")).to_contain_text("Ce fichier n’est pas un document")
    expect(page.get_by_role("link", name="atelier.jpg")).to_be_visible()
    expect(page.get_by_label("Que montre l’image ?")).to_have_value("Trois personnes autour d’une roulotte")
    shown = page.locator(".joined__picture").evaluate("image => image.complete && image.naturalWidth > 0")
    assert shown or not scripts
    look()
    look(colours="dark")
    page.locator("#id_document_1").set_input_files(file(document()))
    go_on()

    page.get_by_label("Votre nom").fill("Colette Durand")
    page.get_by_label("Votre adresse électronique").fill("colette@example.org")
    page.get_by_role("radio", name="Mon nom et mon organisme").check()
    for box in page.get_by_role("checkbox").all():
        box.check()
    look()
    go_on()

    look()
    tap("link", "Voir la fiche comme elle paraîtrait")
    expect(page.get_by_role("heading", level=1)).to_have_text("La roulotte qui répare")
    expect(page.get_by_role("img", name="Trois personnes autour d’une roulotte")).to_be_visible()
    expect(page.get_by_role("link", name="Le guide de la roulotte")).to_be_visible()
    tap("link", "Revenir à ma proposition")
    tap("button", "Envoyer ma proposition")
    expect(page.get_by_role("heading", level=1)).to_contain_text("courriel à ouvrir")

    page.goto(link(next_message(), "suivi"))
    tap("button", "Je confirme ma proposition")
    expect(page.get_by_text("Reçue", exact=True)).to_be_visible()
    look()

    edith = desk_of("edith")
    open_proposal(edith)
    expect(edith.get_by_role("img", name="Image actuelle")).to_be_visible()
    look(edith)
    edith.get_by_label("Poser une question").fill("Combien de villages ?")
    press(edith, "button", "Envoyer la question")

    page.goto(link(next_message(), "suivi"))
    expect(page.get_by_text("Combien de villages ?")).to_be_visible()
    page.get_by_label("Votre réponse").fill("Douze.")
    tap("button", "Envoyer ma réponse")
    expect(page.get_by_text("Douze.")).to_be_visible()

    open_proposal(edith)
    expect(edith.get_by_text("Douze.")).to_be_visible()
    agree(edith)
    expect(edith.get_by_role("button", name="Accepter, et en faire un brouillon")).to_be_disabled()
    maud = desk_of("maud")
    open_proposal(maud)
    agree(maud)
    press(maud, "button", "Accepter, et en faire un brouillon")
    press(maud, "link", "La pratique qu’elle est devenue")
    press(maud, "button", "Publier")
    expect(maud.locator(".messagelist")).to_contain_text("La roulotte qui répare")
    page.goto(link_to(next_message()))

    expect(page.get_by_role("heading", level=1)).to_have_text("La roulotte qui répare")
    expect(page.get_by_text("Proposée par Colette Durand, Les Bricoleurs du Morvan")).to_be_visible()
    expect(page.get_by_role("img", name="Trois personnes autour d’une roulotte")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Le guide de la roulotte").tap()
    assert download.value.suggested_filename == "le-guide-de-la-roulotte.pdf"
    assert [one.name for one in tmp_path.rglob("*") if one.is_file() and "proposals" in one.parts] == []
    assert (Practice.objects.count(), Proposal.objects.get().practice.title) == (2, "La roulotte qui répare")
    assert ProposalFile.objects.count() == 0
    assert context.cookies() == []


def link_to(message):
    """The first address of a message."""
    return next(word for word in message.body.split() if word.startswith("http"))
