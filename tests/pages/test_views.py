import pytest
from django.core.management import call_command

from pages.models import Page

pytestmark = pytest.mark.django_db

OWED = ["a-propos", "mentions-legales", "donnees-personnelles", "accessibilite"]


@pytest.mark.parametrize("slug", OWED)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_pages_a_french_site_owes_are_there_and_linked_from_every_page(client, slug, prefix):
    call_command("load_collection", verbosity=0)

    response = client.get(f"{prefix}/{slug}/")

    assert response.status_code == 200
    assert f'href="{prefix}/{slug}/"' in client.get(f"{prefix}/").content.decode()


def test_a_page_is_shown_in_the_language_of_the_address(client):
    Page.objects.create(slug="aide", title_fr="Aide", title_en="Help", body_fr="<p>Oui</p>", body_en="<p>Yes</p>")

    assert "<p>Oui</p>" in client.get("/aide/").content.decode()
    assert "<p>Yes</p>" in client.get("/en/aide/").content.decode()


def test_what_an_editor_writes_is_sanitised(client):
    Page.objects.create(slug="aide", title_fr="Aide", body_fr="<h2>Un</h2><script>alert(1)</script><p>Deux</p>")

    page = client.get("/aide/").content.decode()

    assert "<h2>Un</h2><p>Deux</p>" in page
    assert "alert(1)" not in page
