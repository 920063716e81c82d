"""The way of a picture and a document, from an editor's disk to what a visitor sees on a telephone."""

import pytest
from django.test import Client, override_settings
from playwright.sync_api import expect

from accounts.roles import EDITOR
from practices.filters import catalogue_index
from practices.models import Practice
from tests.browser.screens import DESKTOP, PHONE
from tests.factories import make_person, make_practice
from tests.uploads import document, picture


@pytest.fixture
def desk(server, static_files, transactional_db, context, tmp_path):
    """The page of an editor who is signed in, on the form of a practice; requests may write, files have a folder."""
    catalogue_index.forget()
    with static_files, override_settings(SITE_URL=server.url, MEDIA_ROOT=tmp_path):
        practice = make_practice(title="Ressourcerie", slug="ressourcerie", themes=["handicap"], sectors=["textile"])
        client = Client()
        client.force_login(make_person("colette", EDITOR))
        context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": server.url}])
        page = context.new_page()
        page.goto(f"/admin/practices/practice/{practice.pk}/change/")
        yield page


def file(upload, kind):
    return {"name": upload.name, "mimeType": kind, "buffer": upload.read()}


@pytest.mark.django_db(transaction=True)
def test_an_editor_sends_a_picture_and_a_document_and_a_visitor_sees_them(desk, assert_accessible):
    refused = []
    # What has no address comes from axe, which the test itself puts into the page.
    desk.on(
        "console",
        lambda message: refused.append(message.text) if message.type == "error" and message.location["url"] else None,
    )
    desk.set_viewport_size(DESKTOP)
    desk.locator("#id_cover").set_input_files(file(picture(size=(1200, 800)), "image/jpeg"))
    desk.get_by_text("Ajouter : document").click()
    row = desk.locator("#documents-0")
    row.locator("[name=documents-0-title_fr]").fill("Guide du réemploi")
    row.locator("input[type=file]").set_input_files(file(document(), "application/pdf"))
    desk.get_by_role("button", name="Enregistrer et continuer").first.click()

    # Refused for want of words, the form has kept both files.
    expect(desk.get_by_text("Dites en une phrase ce que montre l’image")).to_be_visible()
    expect(desk.get_by_text("« atelier.jpg » est bien arrivé")).to_be_visible()
    expect(desk.get_by_text("« rapport.pdf » est bien arrivé")).to_be_visible()
    desk.set_viewport_size(PHONE)
    assert_accessible(desk)
    desk.locator("[name=cover_alt_fr]").fill("Un atelier")
    desk.locator("[name=cover_credit_fr]").fill("Photo : Anne Martin")
    desk.get_by_role("button", name="Enregistrer et continuer").first.click()
    expect(desk.get_by_role("link", name="Fichier actuel (PDF)")).to_be_visible()
    assert_accessible(desk, "dark")

    desk.goto("/bonnes-pratiques/ressourcerie/")
    shown = desk.get_by_role("img", name="Un atelier")
    expect(shown).to_be_visible()
    assert desk.evaluate("() => document.querySelector('.cover img').currentSrc").endswith(".webp")
    assert shown.evaluate("image => image.complete && image.naturalWidth > 0")
    assert desk.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(desk)
    with desk.expect_download() as download:
        desk.get_by_role("link", name="Guide du réemploi (PDF, 1 ko, en français)").click()
    assert download.value.suggested_filename == "guide-du-reemploi.pdf"
    desk.goto("/bonnes-pratiques/")
    expect(desk.locator(".card img")).to_have_count(1)
    for size in (PHONE, DESKTOP):
        desk.set_viewport_size(size)
        shown, title, bookmark = (
            desk.locator(f".card {one}").bounding_box() for one in ("img", ".card__title", ".keep")
        )
        assert bookmark["y"] >= shown["y"] + shown["height"]
        assert bookmark["y"] <= title["y"] <= bookmark["y"] + bookmark["height"]
        assert bookmark["x"] >= title["x"] + title["width"] - 5
    assert refused == []
    assert Practice.objects.get().picture.credit == "Photo\u00a0: Anne Martin"
