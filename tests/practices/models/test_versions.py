import pytest
from django.db import connection, transaction
from django.utils import timezone

from facets.version import LOGGED, Stamp
from pages.models import Page
from practices.index import catalogue_version, triggers
from practices.models import Country, Kind, Organisation, Practice, Sector, Status, Theme, Version
from tests.factories import make_practice, make_term

pytestmark = pytest.mark.django_db


def retitle(practice):
    practice.title = "Autre titre"
    practice.save()


CHANGES = {
    "a save": retitle,
    "an update of many": lambda practice: Practice.objects.update(title="Autre titre"),
    "SQL": lambda practice: connection.cursor().execute("UPDATE practices_practice SET title = 'Autre titre'"),
    "a withdrawal": lambda practice: Practice.objects.update(status=Status.DRAFT),
    "a deletion": lambda practice: practice.delete(),
    "a creation": lambda practice: make_practice(),
    "a creation of many": lambda practice: Practice.objects.bulk_create(
        [Practice(title="x", slug="x", teaser="x", kind=practice.kind, status="published", published_at=timezone.now())]
    ),
    "a country more": lambda practice: practice.countries.add(make_term(Country, "malte")),
    "a sector less": lambda practice: practice.sectors.clear(),
    "an audience": lambda practice: practice.audiences.through.objects.all().delete(),
    "a related practice": lambda practice: practice.related.add(make_practice(status=Status.DRAFT)),
    "an organisation": lambda practice: practice.organisations.create(name="Une autre"),
    "a key figure": lambda practice: practice.key_figures.create(value="1", label="un"),
    "a source": lambda practice: practice.links.create(title="Source", url="https://example.org/"),
    "a renamed theme": lambda practice: Theme.objects.update(name_fr="Autre nom"),
    "a new kind": lambda practice: make_term(Kind, "autre"),
    "a renamed organisation": lambda practice: Organisation.objects.update(name="Autre nom"),
    "a plain page": lambda practice: Page.objects.update(body_fr="<p>Autre</p>"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_the_public_can_see_moves_the_version(change):
    practice = make_practice(
        countries=["france"], sectors=["textile"], themes=["handicap"], audiences=["jeunes"], status=Status.PUBLISHED
    )
    practice.organisations.create(name="Une organisation")
    Page.objects.create(slug="aide", title_fr="Aide", body_fr="<p>Oui</p>")
    before, pk = catalogue_version.current(), practice.pk

    CHANGES[change](practice)

    after = catalogue_version.current()
    assert (after.epoch, after.number > before.number) == (before.epoch, True)
    assert catalogue_version.changed_since(before, after) is None or catalogue_version.changed_since(before, after) <= {
        pk,
        0,
        pk + 1,
    }


def test_a_draft_moves_nothing():
    draft = make_practice(status=Status.DRAFT)
    country = make_term(Country, "france")
    before = catalogue_version.current()

    draft.title = "Autre titre"
    draft.save()
    draft.countries.add(country)
    draft.links.create(title="Source", url="https://example.org/")
    draft.delete()

    assert catalogue_version.current() == before


def test_what_is_rolled_back_moves_nothing():
    before = catalogue_version.current()

    with transaction.atomic():
        make_practice()
        transaction.set_rollback(True)

    assert catalogue_version.current() == before


def test_a_change_of_one_practice_names_it_and_a_change_of_a_term_names_all():
    first, _second = make_practice(), make_practice()
    before = catalogue_version.current()

    Practice.objects.filter(pk=first.pk).update(title="Autre titre")
    between = catalogue_version.current()
    make_term(Sector, "textile")

    assert catalogue_version.changed_since(before, between) == {first.pk}
    assert catalogue_version.changed_since(between, catalogue_version.current()) is None


def test_a_reader_too_far_behind_or_of_another_life_reads_everything_again():
    make_practice()
    now = catalogue_version.current()

    assert catalogue_version.changed_since(Stamp(now.epoch + 1, now.number), now) is None
    assert catalogue_version.changed_since(Stamp(now.epoch, now.number + 1), now) is None
    Version.objects.update(number=now.number + LOGGED + 5)
    assert catalogue_version.changed_since(now, catalogue_version.current()) is None


def test_every_model_that_a_public_page_prints_is_watched():
    printed = {model._meta.db_table for model in (Practice, Country, Sector, Theme, Kind, Organisation, Page)}
    printed |= {field.remote_field.through._meta.db_table for field in Practice._meta.many_to_many}
    printed |= {
        relation.related_model._meta.db_table
        for relation in Practice._meta.related_objects
        if relation.one_to_many and relation.related_model._meta.app_label == "practices"
    }

    assert printed <= set(triggers.watched)


def triggers_of_sqlite():
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name NOT LIKE 'library%'")
        return cursor.fetchall()


def test_migrations_may_rebuild_any_table_and_have_everybody_read_the_catalogue_again():
    make_practice()
    before = catalogue_version.current()
    migrations = [("practices", "0001_initial")]

    triggers.suspend(plan=migrations)
    left = triggers_of_sqlite()
    triggers.install(plan=migrations)

    assert left == []
    after = catalogue_version.current()
    assert catalogue_version.changed_since(before, after) is None
    make_practice()
    assert catalogue_version.current() > after
