import re
from io import StringIO

import pytest
from django.core.management import call_command
from zeal import zeal_ignore

from practices.models import Kind, Practice, Sector, Status, Theme
from tests.factories import PUBLISHED_AT, edition, in_french, make_practice, make_term

pytestmark = pytest.mark.django_db

ADD = "/admin/practices/practice/add/"
INLINES = {
    f"{prefix}-{name}": value
    for prefix in ("key_figures", "links", "documents")
    for name, value in {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}.items()
}


@pytest.fixture
def editor(client, django_user_model):
    call_command("createeditor", "colette", verbosity=0, stdout=StringIO())
    client.force_login(django_user_model.objects.get(username="colette"))
    return client


def form(**fields):
    fields = {
        "title": "Une pratique",
        "slug": "",
        "teaser": "Une accroche.",
        "kind": make_term(Kind, "initiative").pk,
        **INLINES,
        **fields,
    }
    return in_french(fields)


def test_an_editor_adds_and_publishes_a_practice_in_one_form(editor, client):
    theme = make_term(Theme, "handicap")

    response = editor.post(
        ADD,
        form(
            title="L’Atelier",
            _publish="1",
            themes=[theme.pk],
            sectors=[make_term(Sector, "alimentation").pk],
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

    editor.post(
        f"/admin/practices/practice/{practice.pk}/change/",
        form(
            title="Un nouveau titre",
            slug="envie",
            edition=edition(practice),
            themes=[make_term(Theme, "handicap").pk],
            sectors=[make_term(Sector, "textile").pk],
        ),
    )

    practice.refresh_from_db()
    assert (practice.title, practice.slug) == ("Un nouveau titre", "envie")


def test_actions_publish_take_back_and_archive(editor):
    terms = {"themes": ["handicap"], "sectors": ["textile"]}
    draft = make_practice(status=Status.DRAFT, published_at=None, **terms)
    dated = make_practice(status=Status.DRAFT, **terms)

    def act(action):
        # A decision locks and checks each practice by itself.
        with zeal_ignore():
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


@pytest.mark.parametrize(
    ("address", "heading"), [("practices/practice/", "Pratiques"), ("contributions/report/", "Erreurs signalées")]
)
def test_a_list_is_called_by_what_it_holds(editor, address, heading):
    page = editor.get(f"/admin/{address}").content.decode()

    assert re.findall(r"<h1>(.*?)</h1>", page) == [heading]
    assert f"<title>{heading} | " in page


def test_forms_speak_a_french_that_suits_any_noun(editor):
    adding = editor.get("/admin/practices/organisation/add/").content.decode()
    added = editor.post("/admin/practices/organisation/add/", {"name": "L'Atelier", "website": ""}, follow=True)

    assert "<h1>Ajouter\xa0: organisme</h1>" in adding
    assert "L’Atelier</a>\xa0» (organisme)\xa0: ajout enregistré." in added.content.decode()


def test_a_practice_never_saved_is_not_offered_to_be_archived(editor):
    page = editor.get(ADD).content.decode()

    assert 'name="_publish"' in page
    assert 'name="_archive"' not in page


def test_the_heading_of_a_row_has_its_space_before_the_colon(editor):
    page = editor.get(ADD).content.decode()

    assert "<b>Chiffre clé\xa0:</b>" in page


def test_months_are_shortened_as_the_french_do(editor):
    page = editor.get("/admin/").content.decode()

    assert re.findall(r">(jui[^<]*)</text>", page) in (["juin", "juil."], ["juil.", "juin"])
