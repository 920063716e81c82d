import re
from datetime import UTC, date, datetime

import pytest
import time_machine

from accounts.roles import CONTRIBUTOR, EDITOR
from practices.editorial.dashboard import Bar, dashboard, months
from practices.editorial.needs import NEEDS, needs_of
from practices.models import Status, Step
from practices.models.links import LinkCheck
from tests.factories import PUBLISHED_AT, make_person, make_practice

pytestmark = pytest.mark.django_db

DEAD = "https://mort.example/"
LIST = "/admin/practices/practice/"
QUERIES = 40
"""What the home of an editor asks the database at most; in a transaction, the index is read anew."""


@pytest.fixture
def editor(client):
    person = make_person("colette", EDITOR)
    client.force_login(person)
    return person


@pytest.fixture
def contributor(client):
    person = make_person("denis", CONTRIBUTOR)
    client.force_login(person)
    return person


def make_needy(author):
    """A practice for each need, by its key."""
    known = {"checked_at": PUBLISHED_AT, "due_at": PUBLISHED_AT, "failed_days": 3}
    LinkCheck.objects.get_or_create(url=DEAD, defaults=known)
    sent_back = make_practice(title="À reprendre", status=Status.DRAFT, author=author, themes=["handicap"])
    for transition in ("submit", "send_back"):
        Step.objects.create(practice=sent_back, transition=transition, status=Status.DRAFT)
    return {
        "a-relire": make_practice(title="À relire", status=Status.IN_REVIEW, author=author, themes=["handicap"]),
        "a-reprendre": sent_back,
        "brouillons": make_practice(title="Brouillon", status=Status.DRAFT, author=author, themes=["handicap"]),
        "programmees": make_practice(
            title="Programmée", published_at=datetime(2099, 1, 1, tzinfo=UTC), author=author, themes=["handicap"]
        ),
        "pas-relues": make_practice(
            title="Pas relue", published_at=datetime(2020, 1, 1, tzinfo=UTC), author=author, themes=["handicap"]
        ),
        "liens-morts": make_practice(title="Lien mort", website=DEAD, author=author, themes=["handicap"]),
        "non-traduites": make_practice(title="Non traduite", author=author, themes=["handicap"]),
        "sans-image": make_practice(title="Sans image", author=author, themes=["handicap"], cover=""),
        "sans-theme": make_practice(title="Sans thème", author=author),
    }


def tiles(person):
    needs = f"{LIST}?besoin="
    found = dashboard(person)["tiles"]
    return {tile.url.removeprefix(needs): tile.count for tile in found if tile.url.startswith(needs)}


def test_each_need_is_counted(editor):
    make_needy(editor)
    make_practice(themes=["handicap"])
    make_practice(title="D’une autre", status=Status.DRAFT, author=make_person("denis"), themes=["handicap"])
    make_practice(title="Archivée", status=Status.ARCHIVED)

    assert tiles(editor) == {
        "a-relire": 1,
        "a-reprendre": 1,
        "brouillons": 2,
        "programmees": 1,
        "pas-relues": 1,
        "liens-morts": 1,
        "non-traduites": 7,
        "sans-image": 7,
        "sans-theme": 1,
    }


@pytest.mark.parametrize("need", [need for need in NEEDS if need.tile], ids=lambda need: need.key)
def test_each_count_leads_to_the_practices_it_counted(client, editor, need):
    needy = make_needy(editor)

    page = client.get(f"{LIST}?besoin={need.key}")

    found = set(page.context["cl"].queryset)
    assert needy[need.key] in found
    assert len(found) == tiles(editor)[need.key]
    assert str(need.label) in page.content.decode()


def test_a_practice_sent_back_then_submitted_and_withdrawn_is_no_longer_to_take_up(editor):
    sent_back = make_needy(editor)["a-reprendre"]
    Step.objects.create(practice=sent_back, transition="withdraw", status=Status.DRAFT)

    assert tiles(editor)["a-reprendre"] == 0


def test_a_contributor_sees_only_what_concerns_them(client, contributor):
    mine, others = make_needy(contributor), make_needy(make_person("une autre", CONTRIBUTOR))
    for one in others.values():
        one.title = f"Secrète {one.pk}"
        one.save()

    page = client.get("/admin/").content.decode()

    assert [need.key for need in needs_of(contributor)] == ["a-relire", "a-reprendre", "brouillons", "programmees"]
    assert tiles(contributor) == {"a-relire": 1, "a-reprendre": 1, "brouillons": 2, "programmees": 1}
    assert mine["brouillons"].title in page
    assert "Secrète" not in page
    assert "Par pays" not in page
    assert "sans-theme" not in client.get(LIST).content.decode()
    assert len(client.get(f"{LIST}?besoin=sans-theme", follow=True).context["cl"].queryset) == len(mine)


def test_the_home_costs_the_same_whatever_there_is(
    client, editor, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(QUERIES) as asked:
        client.get("/admin/")
    for number in range(12):
        make_practice(themes=[f"theme-{number}"], countries=[f"pays-{number}"])
        make_needy(editor)

    with django_assert_num_queries(len(asked)):
        client.get("/admin/")


def test_the_charts_say_in_figures_what_they_draw(client, editor):
    make_practice(themes=["handicap", "jeunesse"], countries=["france"])
    make_practice(themes=["jeunesse"], countries=["france"])
    make_practice(themes=["sante"], status=Status.DRAFT)

    page = " ".join(client.get("/admin/").content.decode().split())

    rows = re.findall(r'<th scope="row">(?:<a [^>]*>)?([^<]*).*?<rect width="(\d+)".*?__count">(\d+)<', page)
    assert ("France", "100", "2") in rows
    assert ("Jeunesse", "100", "2") in rows
    assert ("Handicap", "50", "1") in rows
    assert "Sante" not in {label for label, _share, _count in rows}
    assert "2 pratiques publiques" in page


@time_machine.travel("2026-02-10 12:00+01:00", tick=False)
def test_months_are_those_of_the_readers_and_have_no_gap():
    make_practice(published_at=datetime(2026, 1, 31, 23, 30, tzinfo=UTC))  # the first of February in Paris
    make_practice(published_at=datetime(2025, 3, 1, tzinfo=UTC))
    make_practice(published_at=datetime(2025, 2, 1, tzinfo=UTC))
    make_practice(published_at=datetime(2025, 3, 31, tzinfo=UTC))

    found = months(date(2026, 2, 10))

    assert len(found) == 12
    assert [bar for bar in found if bar.count] == [
        Bar(date(2025, 3, 1), 2, 100),
        Bar(date(2026, 2, 1), 1, 50),
    ]
    assert (found[0].label, found[-1].label) == (date(2025, 3, 1), date(2026, 2, 1))


def test_an_empty_catalogue_has_a_home_too(client, editor):
    assert client.get("/admin/").status_code == 200
