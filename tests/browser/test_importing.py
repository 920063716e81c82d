"""An editor's whole way through an import, from the file to the catalogue, in a real browser."""

import pytest
from django.conf import settings
from django.test import Client, override_settings
from playwright.sync_api import expect

from accounts.roles import EDITOR
from practices.models import Kind, Practice, Sector, Theme
from tests.browser.screens import PHONE
from tests.browser.test_accessibility import OPEN_EVERYTHING, TOO_WIDE
from tests.factories import make_person, make_practice, make_term
from tests.practices.importing.tables import FULL, csv_of


@pytest.fixture
def desk(server, static_files, transactional_db, page):
    """The page, signed in as an editor, where requests may write."""
    with static_files, override_settings(SITE_URL=server.url):
        for model, slug in ((Kind, "initiative"), (Theme, "emploi"), (Sector, "textile")):
            make_term(model, slug)
        make_practice(slug="une", title="Une", place="Lille", themes=["emploi"], sectors=["textile"])
        client = Client()
        client.force_login(make_person("colette", EDITOR))
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server.url}])
        yield page


def test_an_import_is_walked_from_its_file_to_the_catalogue(desk, assert_accessible):
    errors = []
    desk.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    data = csv_of(
        {**FULL, "Titre": "Une", "Adresse": "une", "Lieu": "Lyon", "Thèmes": "Océans"},
        *({**FULL, "Titre": f"Pratique {one}"} for one in range(210)),
    )

    def look():
        desk.evaluate(OPEN_EVERYTHING)
        for size, colours in (({"width": 1280, "height": 800}, "light"), (PHONE, "dark")):
            desk.set_viewport_size(size)
            assert_accessible(desk, colours)
            assert desk.evaluate(TOO_WIDE) == []

    desk.goto("/admin/practices/practice/")
    desk.get_by_role("link", name="Importer", exact=True).click()
    look()
    desk.get_by_label("Fichier (CSV ou XLSX)").set_input_files(
        {"name": "pratiques.csv", "mimeType": "text/csv", "buffer": data}
    )
    desk.get_by_role("button", name="Lire le fichier").click()
    look()
    desk.get_by_role("button", name="Comparer avec le catalogue").click()
    desk.get_by_label("Océans").select_option("+")
    look()
    desk.get_by_role("button", name="Continuer").click()
    # From here a script goes on by itself.
    expect(desk.get_by_role("link", name="Nouvelles 210")).to_be_visible()
    expect(desk.locator("del", has_text="Lille")).to_be_visible()
    look()
    desk.reload()
    desk.get_by_role("button", name="Écrire 211 pratiques").click()
    expect(desk.get_by_text("211 pratiques de")).to_be_visible()

    assert (Practice.objects.count(), Practice.objects.get(slug="une").place, errors) == (211, "Lyon", [])
