import pytest
from django.core.management import call_command

from pages.models import Page
from practices.models import Practice

pytestmark = pytest.mark.django_db

OWED = ["a-propos", "mentions-legales", "donnees-personnelles", "accessibilite"]


@pytest.mark.parametrize("slug", OWED)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_pages_a_french_site_owes_are_there_and_linked_from_every_page(client, slug, prefix):
    call_command("load_collection", verbosity=0)

    response = client.get(f"{prefix}/{slug}/")

    assert response.status_code == 200
    assert f'href="{prefix}/{slug}/"' in client.get(f"{prefix}/").content.decode()


@pytest.mark.parametrize(("prefix", "report"), [("", "Signaler une erreur"), ("/en", "Report an error")])
def test_who_finds_an_error_or_knows_a_practice_is_told_the_way(client, prefix, report):
    call_command("load_collection", verbosity=0)

    about = client.get(f"{prefix}/a-propos/").content.decode().split("<main")[1].split("</main>")[0]
    private = client.get(f"{prefix}/donnees-personnelles/").content.decode().split("<main")[1].split("</main>")[0]

    assert f'href="{prefix}/proposer/"' in about
    assert report in about
    assert report.split()[-1] in private.lower()


@pytest.mark.parametrize(
    ("prefix", "said", "box"),
    [
        ("", "sauf une chose\u00a0: garder d’un clic", "«\u00a0En bref\u00a0»"),
        ("/en", "but for one thing: keeping", "“In brief”"),
    ],
)
def test_the_pages_say_what_takes_javascript_and_where_an_error_is_reported(client, prefix, said, box):
    call_command("load_collection", verbosity=0)
    practice = Practice.objects.published().first()

    assert said in client.get(f"{prefix}/accessibilite/").content.decode()
    assert box in client.get(f"{prefix}/a-propos/").content.decode()
    aside = (
        client.get(f"{prefix}{practice.get_absolute_url()}").content.decode().split("<aside")[1].split("</aside>")[0]
    )
    assert box.strip("«»“”\u00a0") in aside
    assert "/signaler/" in aside


def test_a_page_is_shown_in_the_language_of_the_address(client):
    Page.objects.create(slug="aide", title_fr="Aide", title_en="Help", body_fr="<p>Oui</p>", body_en="<p>Yes</p>")

    assert "<p>Oui</p>" in client.get("/aide/").content.decode()
    assert "<p>Yes</p>" in client.get("/en/aide/").content.decode()


def test_what_an_editor_writes_is_sanitised(client):
    Page.objects.create(slug="aide", title_fr="Aide", body_fr="<h2>Un</h2><script>alert(1)</script><p>Deux</p>")

    page = client.get("/aide/").content.decode()

    assert "<h2>Un</h2><p>Deux</p>" in page
    assert "alert(1)" not in page
