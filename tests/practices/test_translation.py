"""A text that exists in every language: how it is kept, what an editor sees of it, how what lacks it is found."""

from importlib import import_module

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import translation

from accounts.roles import EDITOR
from content.languages import column, fallen_back, told_in, translated_fields
from practices.editorial.revisions import record, restore, snapshot, versions
from practices.editorial.workflow import submit
from practices.models import Document, KeyFigure, Link, Practice, Revision, Sector, Status, Theme
from tests.factories import edition, in_french, make_person, make_practice, make_term

pytestmark = pytest.mark.django_db

BASE = "/admin/practices/practice/"
INLINES = {
    f"{prefix}-{name}": value
    for prefix in ("key_figures", "links", "documents")
    for name, value in {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}.items()
}


def bilingual(**fields):
    return make_practice(
        **{
            "title_fr": "L’atelier",
            "title_en": "The workshop",
            "teaser_fr": "Une accroche.",
            "teaser_en": "A teaser.",
            "context_fr": "<p>Un contexte.</p>",
            "context_en": "<p>A context.</p>",
            **fields,
        }
    )


@pytest.fixture
def editor(client):
    person = make_person("colette", EDITOR)
    client.force_login(person)
    return person


def test_a_text_is_told_in_the_language_of_the_page_else_in_french():
    practice = bilingual(teaser_en="")

    with translation.override("en"):
        assert (practice.title, practice.teaser) == ("The workshop", "Une accroche.")
        assert (told_in(practice, "title"), told_in(practice, "teaser"), told_in(practice, "place")) == (
            "en",
            "fr",
            "en",
        )
        assert fallen_back(practice) == ["teaser"]
    assert (practice.title, fallen_back(practice, "fr")) == ("L’atelier", [])


def test_a_section_is_kept_once():
    practice = bilingual()

    columns = Practice.objects.filter(pk=practice.pk).query.model._base_manager.rewrite(False)

    assert columns.values_list("context", "context_fr", "context_en").get(pk=practice.pk) == (
        "",
        "<p>Un contexte.</p>",
        "<p>A context.</p>",
    )


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_what_is_saved_while_a_page_of_any_language_is_open_stays_in_its_language(language):
    practice = bilingual(context_en="")

    with translation.override(language):
        again = Practice.objects.get(pk=practice.pk)
        again.save()

    saved = Practice.objects.get(pk=practice.pk)
    assert [getattr(saved, column("context", code)) for code in ("fr", "en")] == ["<p>Un contexte.</p>", ""]
    assert [getattr(saved, column("title", code)) for code in ("fr", "en")] == ["L’atelier", "The workshop"]


def test_a_version_holds_and_restores_every_language():
    practice = bilingual(cover="images/a/1600x900.jpg", cover_alt_fr="Un tri.", cover_alt_en="Sorting.")
    KeyFigure.objects.create(practice=practice, value_fr="12", label_fr="emplois", label_en="jobs")
    Link.objects.create(practice=practice, title_fr="La source", title_en="The source", url="https://example.org/")
    Document.objects.create(practice=practice, title_fr="Le guide", title_en="Guide", file="documents/a.pdf", size=1)
    before = snapshot(practice)
    first = record(practice.pk, None, "save")
    practice.title_en, practice.context_en, practice.cover_alt_en = "Something else", None, "A tower."
    practice.save()
    practice.key_figures.update(label_en="posts")
    practice.links.all().delete()
    practice.documents.update(title_en="A guide")
    record(practice.pk, None, "save")

    told = [change.label for change in versions(practice.pk)[0][1]]
    restore(first, None)

    assert told == [
        "Titre (EN)",
        "Contexte (EN)",
        "Ce que montre l’image (EN)",
        "Chiffres clés",
        "Liens et sources",
        "Documents",
    ]
    assert snapshot(Practice.objects.get(pk=practice.pk)) == before


def test_a_version_is_the_same_before_and_after_a_language_is_added():
    practice = make_practice()

    assert [name for name in snapshot(practice) if name.endswith("_en")] == []


def test_the_form_keeps_each_language_and_sets_the_typography_of_french_only(client, editor):
    practice = make_practice(status=Status.DRAFT)
    fields = {
        "title": "L'atelier : quoi ?",
        "title_en": "What's this: a workshop?",
        "teaser": "Une accroche.",
        "context_en": "<p>Isn't it?</p>",
        "kind": practice.kind_id,
        "edition": edition(practice),
        **INLINES,
    }

    response = client.post(f"{BASE}{practice.pk}/change/", in_french(fields))

    practice.refresh_from_db()
    assert response.status_code == 302
    assert practice.title_fr == "L’atelier\u00a0: quoi\u202f?"
    assert (practice.title_en, practice.context_en) == ("What's this: a workshop?", "<p>Isn't it?</p>")


def test_the_form_shows_a_closed_section_a_language_with_the_text_to_translate(client, editor):
    practice = bilingual(teaser_en="")

    page = client.get(f"{BASE}{practice.pk}/change/").content.decode()

    before, _name, section = page.partition('name="title_en"')
    assert before.count('class="module aligned collapse translation') == 1
    assert '<span class="source" lang="fr"><p>Une accroche.</p></span>' in section
    assert "Anglais\u00a0: 2 textes traduits sur 3" in page
    assert 'name="title"' not in page


def test_others_read_a_practice_in_french_first():
    practice = bilingual(
        title_fr="Un titre", teaser_fr="", status=Status.DRAFT, themes=["handicap"], sectors=["textile"]
    )
    editor = make_person("colette", EDITOR)

    with pytest.raises(ValidationError, match="accroche"):
        submit(practice, editor)


def untranslated_of_each_kind():
    whole = bilingual()
    part = bilingual(teaser_en="")
    none = make_practice()
    of_figure = bilingual()
    KeyFigure.objects.create(practice=of_figure, value_fr="12", label_fr="emplois", value_en="12")
    of_document, of_picture = bilingual(), bilingual(cover="images/a/1600x900.jpg", cover_alt_fr="Un tri.")
    Document.objects.create(practice=of_document, title_fr="Guide", file="documents/a.pdf", size=1)
    return whole, part, none, of_figure, of_document, of_picture


def test_what_lacks_a_translation_is_found_its_figures_documents_and_picture_included():
    whole, part, none, *of_parts = untranslated_of_each_kind()

    practices = Practice.objects.order_by("pk")

    assert list(practices.untranslated("en")) == [part, none, *of_parts]
    assert list(practices.not_begun("en")) == [none]
    assert list(practices.translated("en")) == [whole]


@pytest.mark.parametrize(("choice", "found"), [("en", 5), ("en.none", 1), ("en.whole", 1), ("xx", 6), ("", 6)])
def test_the_list_of_practices_filters_by_translation(client, editor, choice, found):
    untranslated_of_each_kind()

    page = client.get(f"{BASE}?translation={choice}").content.decode()

    assert f"{found} pratique" in page


@pytest.mark.parametrize("vocabulary", ["sector", "theme", "kind", "audience", "country"])
def test_terms_without_a_translation_are_listed(client, editor, vocabulary):
    make_term(Sector, "textile", name_en="")
    make_term(Theme, "handicap", name="Handicap", name_en="Disability")

    page = client.get(f"/admin/practices/{vocabulary}/?translation=en").content.decode()

    assert ("Textile" in page) == (vocabulary == "sector")
    assert "Handicap" not in page


def test_the_words_of_files_become_french_and_versions_go_on():
    practice = bilingual(cover="images/a/1600x900.jpg", cover_alt="Un tri.", cover_credit="Anne")
    Document.objects.create(practice=practice, title="Le guide", file="documents/a.pdf", size=1)
    kept = record(practice.pk, None, "save")
    migration = import_module("practices.migrations.0019_words_of_files_to_their_language")
    before = MigrationExecutor(connection).loader.project_state(("practices", migration.Migration.dependencies[0][1]))
    stored = (
        before.apps.get_model("practices", "practice").objects,
        before.apps.get_model("practices", "document").objects,
    )

    migration.move_back(before.apps, None)
    stored[0].update(cover_alt_fr=None, cover_credit_fr=None)
    stored[1].update(title_fr=None)
    told = Revision.objects.get(pk=kept.pk)
    alone = told.data["cover_alt"], told.data["documents"][0]["title"]
    migration.move(before.apps, None)

    back = Revision.objects.get(pk=kept.pk)
    now = snapshot(Practice.objects.get(pk=practice.pk))
    assert alone == ("Un tri.", "Le guide")
    assert (now["cover_alt_fr"], now["cover_credit_fr"], now["documents"][0]["title_fr"]) == (
        "Un tri.",
        "Anne",
        "Le guide",
    )
    assert (back.data, back.edition) == (now, edition(practice)) == (kept.data, kept.edition)


def test_a_text_that_is_not_registered_exists_once():
    assert translated_fields(Practice)[:2] == ["title", "teaser"]
    assert "contact" not in translated_fields(Practice)
