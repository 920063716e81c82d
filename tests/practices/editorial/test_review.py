from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import CONTRIBUTOR, EDITOR
from practices.editorial import review, workflow
from practices.editorial.dashboard import dashboard
from practices.index import catalogue_version
from practices.models import Practice, ReviewRound, Status, Step
from tests.accounts.test_roles import form
from tests.factories import edition, make_person, make_practice

pytestmark = pytest.mark.django_db

TODAY = "2026-11-24 12:00+01:00"
LONG_AGO = datetime(2025, 6, 1, tzinfo=UTC)
COMPLETE = {"themes": ["handicap"], "sectors": ["textile"]}
LIST = "/admin/practices/practice/"


@pytest.fixture
def editor(client):
    person = make_person("colette", EDITOR)
    client.force_login(person)
    return person


def archived(by, **fields):
    practice = make_practice(**COMPLETE, **fields)
    workflow.archive(practice, by)
    return Practice.objects.get(pk=practice.pk)


@time_machine.travel(TODAY, tick=False)
def test_saying_that_a_practice_is_accurate_still_is_kept_and_shown_and_is_no_update(client, editor):
    practice = make_practice(published_at=LONG_AGO, **COMPLETE)
    updated = datetime(2026, 1, 2, tzinfo=UTC)
    Practice.objects.filter(pk=practice.pk).update(updated_at=updated)
    before = client.get(practice.get_absolute_url()).content.decode()

    client.post(f"{LIST}{practice.pk}/etape/", {"_confirm": "1"})

    practice.refresh_from_db()
    assert (practice.reviewed_on, practice.updated_at) == (date(2026, 11, 24), updated)
    assert "Relue le" not in before
    assert "Relue le 24\N{NO-BREAK SPACE}novembre 2026" in client.get(practice.get_absolute_url()).content.decode()
    assert "Read again on" in client.get(f"/en{practice.get_absolute_url()}").content.decode()
    step = Step.objects.get()
    assert (step.transition, step.status, step.by) == ("confirm", Status.PUBLISHED, editor)


@pytest.mark.parametrize(("title", "is_update"), [("Pratique", False), ("Un autre titre", True)])
def test_the_button_of_the_form_saves_what_was_corrected_and_nothing_else(client, editor, title, is_update):
    practice = make_practice(title="Pratique", published_at=LONG_AGO, **COMPLETE)
    updated = datetime(2026, 1, 2, tzinfo=UTC)
    Practice.objects.filter(pk=practice.pk).update(updated_at=updated)
    data = form(practice, title=title, slug=practice.slug, edition=edition(practice), _confirm="1")
    data |= {"published_at": "2025-06-01T02:00:00"}

    response = client.post(f"{LIST}{practice.pk}/change/", data)

    practice.refresh_from_db()
    assert response.status_code == 302
    assert (practice.title, practice.updated_at != updated) == (title, is_update)
    assert practice.reviewed_on == timezone.localdate()


@time_machine.travel(TODAY, tick=False)
def test_publishing_is_reading_and_its_date_alone_is_shown(client, editor):
    practice = make_practice(status=Status.DRAFT, published_at=None, **COMPLETE)

    workflow.publish(practice, editor)

    practice.refresh_from_db()
    assert practice.reviewed_on == date(2026, 11, 24)
    assert "Relue le" not in client.get(practice.get_absolute_url()).content.decode()


@time_machine.travel(TODAY, tick=False)
def test_a_practice_is_stale_a_year_after_somebody_looked_at_it():
    year_ago = datetime(2025, 11, 24, 12, tzinfo=UTC)
    for title, published_at, reviewed_on, status in (
        ("publiée il y a plus d’un an", year_ago - timedelta(days=1), None, Status.PUBLISHED),
        ("publiée il y a un an", year_ago, None, Status.PUBLISHED),
        ("relue il y a plus d’un an", LONG_AGO, date(2025, 11, 23), Status.PUBLISHED),
        ("relue il y a un an", LONG_AGO, date(2025, 11, 24), Status.PUBLISHED),
        ("archivée", LONG_AGO, None, Status.ARCHIVED),
        ("brouillon", LONG_AGO, None, Status.DRAFT),
    ):
        make_practice(title=title, published_at=published_at, reviewed_on=reviewed_on, status=status)

    found = review.stale(timezone.localdate()).by_title()

    assert [one.title for one in found] == ["publiée il y a plus d’un an", "relue il y a plus d’un an"]


@time_machine.travel(TODAY, tick=False)
def test_a_round_takes_up_what_is_stale_and_shows_its_progress(client, editor):
    old = [make_practice(published_at=LONG_AGO, **COMPLETE) for _number in range(3)]
    make_practice(**COMPLETE)

    begun = client.post("/admin/relecture/", follow=True).content.decode()
    workflow.confirm(old[0], editor)
    workflow.archive(old[1], editor)
    page = " ".join(client.get("/admin/").content.decode().split())
    found = client.get(f"{LIST}?besoin=tour").context["cl"].queryset

    assert "La relecture annuelle a commencé" in begun
    assert "2 relues sur 3 pratiques" in page
    assert '<progress value="2" max="3"' in page
    assert list(found) == [old[2]]
    assert dashboard(editor)["round"].done == 2


@time_machine.travel(TODAY, tick=False)
def test_one_round_at_a_time_and_none_over_nothing(client, editor):
    def answer():
        return client.post("/admin/relecture/", follow=True).content.decode()

    nothing = answer()
    make_practice(published_at=LONG_AGO)
    answer()
    twice = answer()
    client.post("/admin/relecture/", {"close": "1"})

    assert "il n’y a rien à relire" in nothing
    assert "déjà en cours" in twice
    assert ReviewRound.objects.get().closed_at is not None
    assert review.progress() is None
    assert not client.get(f"{LIST}?besoin=tour").context["cl"].queryset.exists()


def test_a_contributor_neither_begins_a_round_nor_ends_it(client):
    person = make_person("denis", CONTRIBUTOR)
    client.force_login(person)
    make_practice(published_at=LONG_AGO)

    for data in ({}, {"close": "1"}):
        assert client.post("/admin/relecture/", data).status_code == 403
    for act in (review.launch, review.close):
        with pytest.raises(PermissionDenied):
            act(person)
    assert not ReviewRound.objects.exists()


def test_an_archived_practice_keeps_its_page_with_a_banner(client, editor):
    practice = archived(editor, title="Une pratique d’hier", slug="hier", countries=["france"])
    practice.slug = "avant-hier"
    practice.save()

    with_date = " ".join(client.get("/bonnes-pratiques/avant-hier/").content.decode().split())

    assert "Une pratique d’hier" in with_date
    assert "cette fiche n’est plus mise à jour" in with_date
    assert '<meta name="robots" content="noindex, follow">' in with_date
    assert "application/ld+json" not in with_date
    assert client.get("/bonnes-pratiques/hier/").headers["Location"] == "/bonnes-pratiques/avant-hier/"
    assert client.get("/bonnes-pratiques/avant-hier/citation.bib").status_code == 200
    assert client.get("/en/bonnes-pratiques/avant-hier/").status_code == 200


@pytest.mark.parametrize(
    "steps",
    [(Status.DRAFT, None), (Status.IN_REVIEW, None), (Status.PUBLISHED, datetime(2099, 1, 1, tzinfo=UTC))],
    ids=["a draft", "in review", "scheduled"],
)
def test_what_the_public_never_saw_has_no_page_once_archived(client, editor, steps):
    status, published_at = steps
    practice = archived(editor, status=status, published_at=published_at)

    with time_machine.travel("2100-01-01"):
        assert client.get(practice.get_absolute_url()).status_code == 404


def test_leaving_the_archive_for_a_draft_hides_the_page_at_once(client, editor):
    practice = archived(editor)
    shown, stamp = client.get(practice.get_absolute_url()).status_code, catalogue_version.current()

    workflow.reopen(practice, editor)

    practice.refresh_from_db()
    assert shown == 200
    assert practice.archived_at is None
    assert client.get(practice.get_absolute_url()).status_code == 404
    assert catalogue_version.current() > stamp


def test_a_change_of_what_is_archived_moves_the_version(editor):
    practice, stamps = archived(editor), [catalogue_version.current()]

    practice.title = "Un titre corrigé"
    practice.save()
    stamps.append(catalogue_version.current())
    practice.links.create(title="Une source", url="https://example.org/")
    stamps.append(catalogue_version.current())
    practice.delete()
    stamps.append(catalogue_version.current())

    assert stamps == sorted(set(stamps))


def test_a_draft_is_not_confirmed(editor):
    practice = make_practice(status=Status.DRAFT, **COMPLETE)

    with pytest.raises(ValidationError):
        workflow.confirm(practice, editor)
