"""Nobody waits for what an import reads, compares or makes ready: SQLite has one writer at a time."""

from datetime import date
from threading import Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.roles import EDITOR
from practices.importing import jobs
from practices.importing.comparing import Comparison
from practices.importing.saving import preparing, writing
from practices.importing.saving.preparing import Overtaken
from practices.models import DailyCount, Kind, Organisation, Practice, Revision, Sector, Theme
from practices.models.imports import ImportJob, Stage
from tests.factories import make_person, make_practice, make_term
from tests.practices.importing.tables import FULL, csv_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def editor(client):
    for model, slug in ((Kind, "initiative"), (Theme, "emploi"), (Sector, "textile")):
        make_term(model, slug)
    client.force_login(make_person("colette", EDITOR))
    return client


def write_elsewhere():
    """Write by another connection, which waits for a second at most; raise what it meets."""
    met = []

    def write():
        try:
            if connection.vendor == "sqlite":
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA busy_timeout = 1000")
            DailyCount.objects.create(day=date(2026, 1, 5), kind="view", practice=DailyCount.objects.count(), count=1)
        except Exception as error:
            met.append(error)
        finally:
            connection.close()

    thread = Thread(target=write)
    thread.start()
    thread.join()
    for error in met:
        raise error


WORK = [(jobs, "read"), (jobs, "survey"), (Comparison, "compare"), (preparing, "states"), (preparing, "inserts")]


@pytest.mark.parametrize(("place", "name"), WORK, ids=[name for _place, name in WORK])
def test_others_write_while_an_import_works(editor, monkeypatch, place, name):
    make_practice(slug="une", place="Lille", themes=["emploi"], sectors=["textile"])
    work, times = getattr(place, name), []

    def interrupted(*args, **options):
        write_elsewhere()
        times.append(name)
        return work(*args, **options)

    monkeypatch.setattr(place, name, interrupted)
    data = csv_of({**FULL, "Titre": "Une", "Adresse": "une", "Organismes": "Envie"}, {**FULL, "Adresse": "deux"})
    editor.post("/admin/practices/practice/importer/", {"file": SimpleUploadedFile("a.csv", data)})
    job = ImportJob.objects.get()
    jobs.choose(job, job.mapping)
    jobs.advance(job)
    jobs.finish(job)

    assert (Practice.objects.count(), Organisation.objects.get().name) == (2, "Envie")
    assert len(times) == DailyCount.objects.count() > 0


def ready(by, *rows):
    job = jobs.start("a.csv", csv_of(*rows), "", by)
    jobs.choose(job, job.mapping)
    if job.stage == "terms":
        jobs.decide(job, {name: dict.fromkeys(words, "+") for name, words in job.survey["unknown"].items()})
    jobs.advance(job)
    return job


def between(monkeypatch, change):
    """Have somebody change the catalogue once a writing is ready, before it begins; `change` says whether to go on."""
    made = writing.Writing

    def late(*args):
        ready = made(*args)
        change()
        return ready

    monkeypatch.setattr(writing, "Writing", late)


def test_a_term_made_before_the_writing_begins_is_the_one_that_is_used(editor, monkeypatch):
    job = ready(make_person("ines", EDITOR), {**FULL, "Thèmes": "Océans", "Organismes": "Envie"})
    between(
        monkeypatch,
        lambda: (make_term(Theme, "oceans", name="Océans"), Organisation.objects.get_or_create(name="Envie")),
    )

    jobs.finish(job)

    practice = Practice.objects.get()
    assert [one.slug for one in practice.themes.all()] == ["oceans"]
    assert (Theme.objects.filter(slug__startswith="oceans").count(), Organisation.objects.count()) == (1, 1)


OVERTAKING = {
    "a practice deleted": lambda: Practice.objects.get(slug="une").delete(),
    "a practice changed": lambda: Practice.objects.get(slug="une").key_figures.create(value="1", label="emploi"),
    "a term deleted": lambda: Theme.objects.filter(slug="rare").delete(),
    "an address taken": lambda: make_practice(slug="deux"),
}


@pytest.mark.parametrize("change", OVERTAKING.values(), ids=OVERTAKING)
def test_what_changes_before_the_writing_begins_has_the_import_compared_again(editor, monkeypatch, change):
    make_practice(slug="une", place="Lille", themes=["emploi"], sectors=["textile"])
    make_term(Theme, "rare", name="Rare")
    rows = {**FULL, "Adresse": "une"}, {**FULL, "Adresse": "deux", "Thèmes": "Rare"}
    job = ready(make_person("ines", EDITOR), *rows)
    between(monkeypatch, change)

    with pytest.raises(Overtaken):
        jobs.finish(job)

    # A term that is not there any more is an unknown word.
    assert job.stage == (Stage.CHECKING if Theme.objects.filter(slug="rare") else Stage.TERMS)
    assert Revision.objects.filter(cause="import").count() == 0


def test_a_practice_saved_as_it_was_before_the_writing_begins_is_written(editor, monkeypatch):
    practice = make_practice(slug="une", place="Lille", themes=["emploi"], sectors=["textile"])
    job = ready(make_person("ines", EDITOR), {**FULL, "Adresse": "une", "Lieu": "Lyon"})
    saves = iter([practice.save])
    between(monkeypatch, lambda: next(saves, int)())

    jobs.finish(job)

    practice.refresh_from_db()
    assert practice.place == "Lyon"


def test_an_import_that_was_dropped_meanwhile_is_out_of_turn(editor, monkeypatch):
    job = ready(make_person("ines", EDITOR), FULL)
    between(monkeypatch, lambda: ImportJob.objects.all().delete())

    with pytest.raises(jobs.OutOfTurn):
        jobs.finish(job)
    with pytest.raises(jobs.OutOfTurn):
        jobs.choose(job, job.mapping)

    assert (Practice.objects.count(), ImportJob.objects.count()) == (0, 0)
