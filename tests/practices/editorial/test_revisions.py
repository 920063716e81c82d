import re

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from zeal import zeal_ignore

from accounts.roles import CONTRIBUTOR, EDITOR
from practices.editorial.revisions import differences, edition_of, record, restore, snapshot, versions
from practices.models import Country, KeyFigure, Link, Practice, Revision, Sector, Status, Theme
from tests.factories import edition, in_french, make_person, make_practice, make_term

pytestmark = pytest.mark.django_db

BASE = "/admin/practices/practice/"


@pytest.fixture
def colette():
    return make_person("colette", EDITOR)


@pytest.fixture
def editor(client, colette):
    client.force_login(colette)
    return client


def form(practice, **fields):
    counts = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    fields = {
        "title": practice.title,
        "teaser": practice.teaser,
        "kind": practice.kind_id,
        "edition": edition(practice),
        "themes": [make_term(Theme, "handicap").pk],
        "sectors": [make_term(Sector, "textile").pk],
        **{
            f"{prefix}-{name}": value
            for prefix in ("key_figures", "links", "documents")
            for name, value in counts.items()
        },
        **fields,
    }
    return in_french(fields)


def rich_practice(**fields):
    practice = make_practice(
        title="Avant",
        context="<p>Un contexte <strong>riche</strong>.</p>",
        countries=["france", "belgique"],
        sectors=["textile"],
        themes=["handicap", "jeunesse"],
        audiences=["artistes"],
        **fields,
    )
    practice.related.add(make_practice(title="Voisine"))
    KeyFigure.objects.create(practice=practice, value="12", label="emplois", year=2024, order=1)
    Link.objects.create(practice=practice, title="La source", url="https://example.org/", language="fr")
    return practice


def test_restoring_brings_back_everything_relations_and_parts_included(colette):
    practice = rich_practice()
    before = snapshot(practice)
    first = record(practice.pk, colette, "save")
    practice.title, practice.context = "Après", ""
    practice.save()
    for name in ("countries", "themes", "audiences", "related", "sectors"):
        getattr(practice, name).clear()
    practice.key_figures.all().delete()
    practice.links.all().delete()

    restored, lost = restore(first, colette)

    assert snapshot(Practice.objects.get(pk=practice.pk)) == before
    assert (restored.status, lost) == (Status.PUBLISHED, [])
    assert [one.cause for one in Revision.objects.all()] == ["restore", "elsewhere", "save"]


def test_a_deleted_practice_comes_back_as_a_draft_under_its_address(editor):
    practice = rich_practice(slug="envie")
    before = snapshot(practice)
    pk = practice.pk

    editor.post(f"{BASE}{pk}/delete/", {"post": "yes"})
    gone = not Practice.objects.filter(pk=pk).exists()
    page = editor.get(f"{BASE}supprimees/").content.decode()
    revision = Revision.objects.get(practice=pk, cause="delete")
    editor.post(f"{BASE}versions/{revision.pk}/")

    back = Practice.objects.get(pk=pk)
    assert gone
    assert "Avant" in page
    assert snapshot(back) == before
    assert back.status == Status.DRAFT
    assert "Avant" not in editor.get(f"{BASE}supprimees/").content.decode()


def test_what_is_no_longer_in_a_vocabulary_is_named_and_the_rest_restored(colette):
    practice = rich_practice()
    first = record(practice.pk, colette, "save")
    practice.countries.clear()
    Country.objects.get(slug="belgique").delete()

    restored, lost = restore(first, colette)

    assert [country.slug for country in restored.countries.all()] == ["france"]
    assert lost == ["pays"]


def test_a_save_is_one_version_that_says_what_changed_and_by_whom(editor, colette):
    practice = rich_practice()

    editor.post(f"{BASE}{practice.pk}/change/", form(practice, title="Après, mieux", slug=practice.slug))

    (last, changes), (first, nothing) = versions(practice.pk)
    told = {change.label: change.pieces for change in changes}
    assert (last.by, first.by, nothing) == (colette, None, [])
    assert told["Titre"] == [("del", "Avant"), ("ins", "Après, mieux")]
    assert told["Thèmes"] == [("del", "Jeunesse")]
    assert told["Contexte"] == [("del", "Un contexte riche.")]
    page = editor.get(f"{BASE}{practice.pk}/history/").content.decode()
    assert "<del>Avant</del>" in page
    assert page.count("Restaurer cette version") == 1


def test_saving_without_a_change_keeps_no_version(editor):
    practice = make_practice(status=Status.DRAFT, published_at=None, themes=["handicap"], sectors=["textile"])

    for _time in range(3):
        editor.post(f"{BASE}{practice.pk}/change/", form(practice, slug=practice.slug))

    assert Revision.objects.filter(practice=practice.pk).count() == 1


@given(old=st.lists(st.sampled_from("abcdef ")), new=st.lists(st.sampled_from("abcdef ")))
def test_a_difference_holds_every_word_that_went_or_came(old, new):
    before, after = " ".join(old).split(), " ".join(new).split()

    changes = differences({"teaser_fr": " ".join(before)}, {"teaser_fr": " ".join(after)})

    pieces = changes[0].pieces if changes else [("", " ".join(before))]
    if "…" not in str(pieces):
        assert " ".join(words for kind, words in pieces if kind != "ins").split() == before
        assert " ".join(words for kind, words in pieces if kind != "del").split() == after


# Two editors at once


def hidden_edition(page):
    return re.search(r'name="edition" value="(\w+)"', page)[1]


def test_the_second_of_two_editors_sees_what_the_first_changed_and_chooses(editor):
    other = Client()
    other.force_login(make_person("adrien", EDITOR))
    practice = rich_practice()
    address = f"{BASE}{practice.pk}/change/"
    mine, theirs = form(practice, title="La mienne"), form(practice, title="La leur", place="Gand")

    other.post(address, theirs)
    refused = editor.post(address, mine)
    kept = Practice.objects.get(pk=practice.pk).title
    page = refused.content.decode()
    editor.post(address, mine | {"edition": hidden_edition(page)})

    assert (refused.status_code, kept) == (200, "La leur")
    assert "<ins>La leur</ins>" in page
    assert "<ins>Gand</ins>" in page
    assert 'value="La mienne"' in page
    assert Practice.objects.get(pk=practice.pk).title == "La mienne"


@pytest.mark.parametrize("forged", ["", "x", "0" * 32])
def test_a_form_that_says_it_was_made_from_nothing_overwrites_nothing(editor, forged):
    practice = rich_practice()

    editor.post(f"{BASE}{practice.pk}/change/", form(practice, title="Autre") | {"edition": forged})

    assert Practice.objects.get(pk=practice.pk).title == "Avant"


def test_a_term_or_a_figure_changed_meanwhile_counts_too(editor):
    practice = rich_practice()
    address, data = f"{BASE}{practice.pk}/change/", form(practice, title="Autre")
    KeyFigure.objects.create(practice=practice, value="13", label="sites")

    assert "13 · sites" in editor.post(address, data).content.decode()
    assert KeyFigure.objects.count() == 2


def test_interleaved_saves_lose_nothing():
    clients = []
    for name in ("colette", "adrien"):
        clients.append(Client())
        clients[-1].force_login(make_person(name, EDITOR))
    practice = make_practice(teaser="", themes=["handicap"], sectors=["textile"])
    address, accepted = f"{BASE}{practice.pk}/change/", []

    for number in range(10):
        forms = []
        for one, _client in enumerate(clients):
            here = Practice.objects.get(pk=practice.pk)
            forms.append(form(here, teaser=f"{here.teaser} m{number}-{one}".strip(), slug=here.slug))
        for one, client in enumerate(clients):
            if client.post(address, forms[one]).status_code == 302:
                accepted.append(f"m{number}-{one}")

    assert len(accepted) == 10
    assert Practice.objects.get(pk=practice.pk).teaser.split() == accepted


# Who may


def test_a_contributor_restores_their_draft_and_nothing_else(client):
    ines = make_person("ines", CONTRIBUTOR)
    client.force_login(ines)
    titles = []

    for author, status in ((ines, Status.DRAFT), (ines, Status.PUBLISHED), (None, Status.DRAFT)):
        practice = make_practice(title="Avant", status=status, author=author)
        with zeal_ignore():
            revision = record(practice.pk, None, "save")
        Practice.objects.filter(pk=practice.pk).update(title="Après")
        with zeal_ignore():  # each turn of this loop is a request of its own
            client.post(f"{BASE}versions/{revision.pk}/")
        titles.append(Practice.objects.get(pk=practice.pk).title)
    gone = record(make_practice().pk, None, "delete")
    Practice.objects.filter(pk=gone.practice).delete()

    assert titles == ["Avant", "Après", "Après"]
    assert client.post(f"{BASE}versions/{gone.pk}/").status_code == 403
    assert client.get(f"{BASE}supprimees/").status_code == 403


def test_the_same_contents_have_the_same_edition():
    practice = rich_practice()

    assert edition_of(snapshot(practice)) == edition_of(snapshot(Practice.objects.get(pk=practice.pk)))


def test_the_history_of_a_practice_tells_its_publication_among_the_versions(editor, colette):
    practice = rich_practice(status=Status.DRAFT, published_at=None)
    record(practice.pk, colette, "save")
    editor.post(f"{BASE}{practice.pk}/etape/", {"_publish": "1", "note": "Relue par deux personnes."})

    page = editor.get(f"{BASE}{practice.pk}/history/").content.decode()

    assert page.index("Publiée") < page.index("Relue par deux personnes.") < page.index("La première version gardée")
    assert page.count("Restaurer cette version") == 0
