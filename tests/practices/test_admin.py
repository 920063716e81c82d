import re
from io import StringIO

import pytest
from django.core.management import call_command

from practices.models import Kind, Practice, Status, Theme
from tests.factories import PUBLISHED_AT, make_practice, make_term

pytestmark = pytest.mark.django_db

ADD = "/admin/practices/practice/add/"
INLINES = {
    f"{prefix}-{name}": value
    for prefix in ("key_figures", "links")
    for name, value in {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}.items()
}


@pytest.fixture
def editor(client, django_user_model):
    call_command("createeditor", "colette", verbosity=0, stdout=StringIO())
    client.force_login(django_user_model.objects.get(username="colette"))
    return client


def form(**fields):
    return {
        "title": "Une pratique",
        "slug": "",
        "teaser": "Une accroche.",
        "status": Status.DRAFT,
        "kind": make_term(Kind, "initiative").pk,
        **INLINES,
        **fields,
    }


def test_an_editor_adds_and_publishes_a_practice_in_one_form(editor, client):
    theme = make_term(Theme, "handicap")

    response = editor.post(
        ADD,
        form(
            title="L’Atelier",
            status=Status.PUBLISHED,
            themes=[theme.pk],
            context="Un premier paragraphe.\n\nUn second.",
            **{
                "links-TOTAL_FORMS": 1,
                "links-0-title": "La source",
                "links-0-url": "https://example.org/",
                "links-0-order": 1,
            },
        ),
    )

    assert response.status_code == 302
    page = client.get("/bonnes-pratiques/l-atelier/").content.decode()
    for expected in ("L’Atelier", "<p>Un second.</p>", "https://example.org/", "Handicap"):
        assert expected in page


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"title": ""}, "Ce champ est obligatoire"),
        ({"teaser": ""}, "Ce champ est obligatoire"),
        ({"slug": "theme"}, "est l’adresse d’une autre page"),
        ({"start_year": 2014, "end_year": 2008}, "ne peut pas finir avant"),
        ({"start_year": 1066}, "supérieure ou égale à 1800"),
        ({"website": "javascript:alert(1)"}, "URL valide"),
        ({"title": "a\x00b"}, "caractère nul"),
        ({"title": "a" * 201}, "200"),
    ],
    ids=lambda value: str(value)[:25],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(editor, fields, complaint):
    response = editor.post(ADD, form(context="Ce que j’ai tapé", **fields))

    page = response.content.decode()
    assert response.status_code == 200
    assert complaint in page
    assert "Ce que j’ai tapé" in page
    assert not Practice.objects.exists()


def test_the_address_of_a_practice_does_not_change_with_its_title(editor):
    practice = make_practice(slug="envie")

    editor.post(f"/admin/practices/practice/{practice.pk}/change/", form(title="Un nouveau titre", slug="autre"))

    practice.refresh_from_db()
    assert (practice.title, practice.slug) == ("Un nouveau titre", "envie")


def test_actions_publish_take_back_and_archive(editor):
    draft = make_practice(status=Status.DRAFT, published_at=None)
    dated = make_practice(status=Status.DRAFT)

    def act(action):
        editor.post("/admin/practices/practice/", {"action": action, "_selected_action": [draft.pk, dated.pk]})
        draft.refresh_from_db()
        dated.refresh_from_db()
        return draft.status, dated.status

    assert act("publish") == (Status.PUBLISHED, Status.PUBLISHED)
    assert draft.published_at is not None
    assert dated.published_at == PUBLISHED_AT
    assert act("archive") == (Status.ARCHIVED, Status.ARCHIVED)
    assert act("back_to_draft") == (Status.DRAFT, Status.DRAFT)


def test_a_term_in_use_is_not_deleted_and_the_practices_that_use_it_are_named(editor):
    make_practice(title="Elle s’en sert", themes=["handicap"])
    theme = Theme.objects.get(slug="handicap")

    page = editor.get(f"/admin/practices/theme/{theme.pk}/delete/").content.decode()
    editor.post(f"/admin/practices/theme/{theme.pk}/delete/", {"post": "yes"})

    assert "Elle s’en sert" in page
    assert Theme.objects.filter(slug="handicap").exists()


@pytest.mark.parametrize(
    "address",
    [
        "/admin/",
        "/admin/practices/practice/?q=envie&status__exact=draft",
        ADD,
        "/admin/practices/country/",
        "/admin/practices/theme/add/",
        "/admin/practices/organisation/",
        "/admin/pages/page/add/",
        "/admin/autocomplete/?term=f&app_label=practices&model_name=practice&field_name=countries",
    ],
)
def test_the_pages_an_editor_needs_answer(editor, address):
    assert editor.get(address).status_code == 200


def test_the_list_of_practices_does_not_ask_once_a_row(editor, django_assert_max_num_queries):
    for number in range(15):
        make_practice(countries=[f"pays-{number}"])

    with django_assert_max_num_queries(20):
        editor.get("/admin/practices/practice/")


def test_a_draft_has_no_link_to_a_public_page_it_does_not_have(editor):
    draft, public = make_practice(status=Status.DRAFT), make_practice()

    links = [
        re.findall(r'class="viewsitelink"', editor.get(f"/admin/practices/practice/{one.pk}/change/").content.decode())
        for one in (draft, public)
    ]

    assert [len(found) for found in links] == [0, 1]
