import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts.roles import EDITOR
from newsletter.readers.saved_searches import described, matching
from practices.editorial import revisions
from practices.editorial.merging import Merge
from practices.filters import PracticeFilterSet, indexed
from practices.models import Audience, Country, FormerAddress, Kind, Practice, Sector, Status, Theme
from tests.factories import make_person, make_practice, make_term

pytestmark = pytest.mark.django_db

BASE = "/bonnes-pratiques/"
LIST_ADDRESSES = ("flux.atom", "export.csv", "export.json", "suggestions.json")


def merge(gone, kept):
    one = Merge(gone, kept)
    one.carry_out(one.stamp)


def themes(*slugs):
    return [make_term(Theme, slug) for slug in slugs]


def where(client, path):
    response = client.get(path)
    return response.status_code, response.headers.get("Location")


def found(client, words):
    return client.get("/api/v1/practices/", {"q": words}).json()["count"]


@pytest.fixture
def editor(client):
    client.force_login(make_person("colette", EDITOR))
    return client


@pytest.mark.parametrize(
    ("model", "field"),
    [(Theme, "themes"), (Sector, "sectors"), (Country, "countries"), (Audience, "audiences")],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_practices_of_any_vocabulary_move_and_none_has_a_term_twice(model, field):
    gone, kept = make_term(model, "ancien"), make_term(model, "nouveau")
    make_practice(slug="a", **{field: ["ancien"]})
    make_practice(slug="b", **{field: ["ancien", "nouveau", "autre"]}, status=Status.DRAFT)
    make_practice(slug="c", **{field: ["autre"]})

    merge(gone, kept)

    found = {one.slug: sorted(term.slug for term in getattr(one, field).all()) for one in Practice.objects.all()}
    assert found == {"a": ["nouveau"], "b": ["autre", "nouveau"], "c": ["autre"]}
    assert not model.objects.filter(slug="ancien").exists()


def test_practices_of_a_kind_move():
    practice = make_practice(kind="publication")

    merge(Kind.objects.get(slug="publication"), make_term(Kind, "ressource"))

    practice.refresh_from_db()
    assert practice.kind.slug == "ressource"


def test_every_address_of_a_merged_term_leads_straight_to_the_one_that_stays(client):
    first, second, third = themes("premier", "deuxieme", "troisieme")
    make_practice(themes=["premier"])
    first.slug = "renomme"
    first.save()

    merge(first, second)
    merge(second, third)
    third.slug = "final"
    third.save()

    for slug in ("premier", "renomme", "deuxieme", "troisieme"):
        assert where(client, f"{BASE}theme/{slug}/") == (301, f"{BASE}theme/final/")
        assert where(client, f"/en{BASE}theme/{slug}/") == (301, f"/en{BASE}theme/final/")
        assert where(client, f"{BASE}?theme={slug}&tri=titre") == (301, f"{BASE}?theme=final&tri=titre")
    assert where(client, f"{BASE}theme/final/") == (200, None)
    assert where(client, f"{BASE}?theme=final") == (200, None)


def test_merging_back_and_forth_makes_no_loop(client):
    [old] = themes("b")
    merge(old, themes("a")[0])
    [fresh] = themes("b")

    merge(Theme.objects.get(slug="a"), fresh)

    assert where(client, f"{BASE}theme/a/") == (301, f"{BASE}theme/b/")
    assert where(client, f"{BASE}theme/b/") == (200, None)
    assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["a"]


@pytest.mark.parametrize("change", ["merged", "renamed"])
def test_no_public_address_with_the_former_name_is_dead_or_tells_less(client, change):
    old, new = themes("ancien", "nouveau")
    make_practice(title="Elle a bougé", slug="elle", themes=["ancien"])
    make_practice(title="Une autre", themes=["ailleurs"])
    if change == "merged":
        merge(old, new)
    else:
        new.delete()
        old.slug = "nouveau"
        old.save()

    for prefix in ("", "/en"):
        assert client.get(f"{prefix}{BASE}?theme=ancien", follow=True).redirect_chain == [
            (f"{prefix}{BASE}?theme=nouveau", 301)
        ]
        for name in LIST_ADDRESSES:
            assert client.get(f"{prefix}{BASE}{name}?theme=ancien").status_code == 200
        rows = client.get(f"{prefix}/api/v1/practices/?theme=ancien").json()
        assert [one["title"] for one in rows["results"]] == ["Elle a bougé"]
        assert rows["notices"] == []
        assert client.get(f"{prefix}{BASE}elle/?theme=ancien").status_code == 200
    feed = client.get(f"{BASE}flux.atom?theme=ancien").content.decode()
    assert "Elle a bougé" in feed
    assert "Une autre" not in feed


def test_a_saved_search_follows(client):
    practice = make_practice(themes=["ancien"])
    make_practice(themes=["ailleurs"])

    merge(*themes("ancien", "nouveau"))

    assert list(matching("?theme=ancien")) == [practice.pk]
    assert described("?theme=ancien&theme=ailleurs") == [("Thème", "Ailleurs, Nouveau")]


def test_memory_and_sql_follow_a_former_name_alike():
    make_practice(themes=["ancien"])
    merge(*themes("ancien", "nouveau"))
    query = QueryDict("theme=ancien&theme=inconnu")

    by_index, by_sql = indexed(query), PracticeFilterSet(query, Practice.objects.published())

    assert by_index.selection == by_sql.selection
    assert by_index.selection.chosen == {"theme": ("nouveau",)}
    assert by_index.moved == by_sql.moved == {"theme": {"ancien": "nouveau"}}
    assert by_index.notices == by_sql.notices
    assert list(by_index.results[:9]) == list(by_sql.results)


def test_the_search_finds_a_practice_by_the_name_of_the_term_that_stays(client):
    make_practice(title="Elle a bougé", themes=["reemploi"])

    merge(*themes("reemploi", "recyclage"))

    assert [found(client, words) for words in ("recyclage", "reemploi")] == [1, 0]


def test_a_renamed_term_is_searched_by_its_new_name(client):
    make_practice(title="Elle a bougé", themes=["reemploi"])
    found(client, "reemploi")

    term = Theme.objects.get(slug="reemploi")
    term.name_fr = term.name_en = "Seconde vie"
    term.save()

    assert [found(client, words) for words in ("seconde vie", "reemploi")] == [1, 0]


def test_an_old_version_is_restored_with_the_term_that_stays():
    practice = make_practice(themes=["ancien"], kind="publication")
    version = revisions.record(practice.pk, None, "save")
    practice.themes.clear()
    merge(*themes("ancien", "nouveau"))
    merge(Kind.objects.get(slug="publication"), make_term(Kind, "ressource"))

    restored, lost = revisions.restore(version, make_person("colette"))

    assert [term.slug for term in restored.themes.all()] == ["nouveau"]
    assert restored.kind.slug == "ressource"
    assert lost == []


def test_a_term_is_not_merged_with_itself_nor_across_vocabularies():
    [theme] = themes("ancien")

    for other in (theme, make_term(Sector, "ancien")):
        with pytest.raises(ValidationError):
            Merge(theme, other)


def test_a_merge_is_shown_before_it_is_done_then_logged(editor):
    gone, kept = themes("ancien", "nouveau")
    make_practice(title="Sous les deux", themes=["ancien", "nouveau"])
    make_practice(title="Un brouillon", themes=["ancien"], status=Status.DRAFT)
    address = f"/admin/practices/theme/{gone.pk}/fusionner/"

    choice = editor.get(address).content.decode()
    response = editor.get(f"{address}?into={kept.pk}")
    preview = " ".join(response.content.decode().split())

    assert f'<option value="{kept.pk}">' in choice
    assert f'<option value="{gone.pk}">' not in choice
    for sentence in (
        "2 pratiques seront sous « Nouveau »",
        "Sous les deux",
        "Un brouillon",
        "1 d’entre elles est sous les deux",
        "<code>ancien</code>",
        "Rien n’est encore fait",
    ):
        assert sentence in preview
    assert Theme.objects.filter(pk=gone.pk).exists()

    stamp = response.context["merge"].stamp
    done = editor.post(address, {"into": kept.pk, "stamp": stamp}, follow=True)

    assert "« Ancien » a été fusionné dans « Nouveau »" in " ".join(done.content.decode().split())
    assert not Theme.objects.filter(pk=gone.pk).exists()
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.get_change_message()) == (
        str(kept.pk),
        "«\N{NO-BREAK SPACE}Ancien\N{NO-BREAK SPACE}» y a été fusionné.",
    )


def test_a_merge_that_is_not_what_was_shown_is_shown_again(editor):
    gone, kept = themes("ancien", "nouveau")
    stamp = Merge(gone, kept).stamp
    make_practice(title="Arrivée entre-temps", themes=["ancien"])

    data = {"into": kept.pk, "stamp": stamp}
    page = editor.post(f"/admin/practices/theme/{gone.pk}/fusionner/", data).content.decode()

    assert "Quelque chose a changé entre-temps" in page
    assert "Arrivée entre-temps" in page
    assert Theme.objects.filter(pk=gone.pk).exists()


def test_a_term_that_cannot_be_chosen_is_refused(editor):
    gone, kept = themes("ancien", "nouveau")
    address = f"/admin/practices/theme/{gone.pk}/fusionner/"

    for into in (gone.pk, 10**12, "x", ""):
        assert editor.post(address, {"into": into, "stamp": Merge(gone, kept).stamp}).status_code == 200
    assert Theme.objects.count() == 2


def test_the_deletion_of_a_term_in_use_offers_to_merge_it(editor):
    make_practice(themes=["ancien"])
    term = Theme.objects.get(slug="ancien")

    page = editor.get(f"/admin/practices/theme/{term.pk}/delete/").content.decode()

    assert f"/admin/practices/theme/{term.pk}/fusionner/" in page


def test_the_list_of_terms_leads_to_the_practices_of_each(editor):
    practice = make_practice(themes=["ancien"])
    make_practice(themes=["nouveau"])
    term = Theme.objects.get(slug="ancien")
    address = f"/admin/practices/practice/?themes__id__exact={term.pk}"

    page = editor.get("/admin/practices/theme/").content.decode()
    found = editor.get(address).context["cl"].queryset

    assert f'<a href="{address}">1</a>' in page
    assert list(found) == [practice]
