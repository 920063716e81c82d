import pytest

from accounts.roles import EDITOR
from practices.importing import jobs
from practices.importing.saving.preparing import Overtaken
from practices.index import catalogue_version, search_index
from practices.models import Country, Kind, Organisation, Practice, Revision, Sector, Theme
from practices.models.imports import ImportChunk, ImportJob, Stage
from tests.factories import make_person, make_practice, make_term
from tests.practices.importing.tables import FULL, csv_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def colette():
    for model, slug in ((Kind, "initiative"), (Theme, "emploi"), (Sector, "textile")):
        make_term(model, slug)
    make_term(Country, "france", code="FR")
    return make_person("colette", EDITOR)


def begin(by, *rows):
    job = jobs.start("pratiques.csv", csv_of(*rows), "", by)
    jobs.choose(job, job.mapping)
    return job


def many(count, **fields):
    return [{**FULL, "Titre": f"Pratique {one}", "Organismes": f"Organisme {one}", **fields} for one in range(count)]


def test_a_file_is_compared_some_rows_a_request_by_any_process_and_written_once(colette):
    job = begin(colette, *many(450, **{"État": "Publiée"}))
    shares = []

    while job.stage == Stage.CHECKING:
        # Nothing but the database is carried from one request to the next.
        job = ImportJob.objects.get(pk=job.pk)
        shares.append(round(jobs.advance(job, seconds=0), 2))
    before = catalogue_version.current().number
    written = jobs.finish(job)

    assert shares == [0.44, 0.89, 1.0]
    assert (written, Practice.objects.published().count(), Organisation.objects.count()) == (450, 450, 450)
    assert (catalogue_version.current().number, Revision.objects.filter(by=colette).count()) == (before + 1, 450)
    assert (ImportJob.objects.get().stage, ImportChunk.objects.count()) == (Stage.WRITTEN, 0)
    with pytest.raises(jobs.OutOfTurn):
        jobs.finish(job)


def test_two_windows_that_advance_at_once_do_no_harm(colette):
    job = begin(colette, *many(450))
    stale = ImportJob.objects.get(pk=job.pk)

    jobs.advance(job, seconds=0)
    jobs.advance(stale, seconds=0)
    jobs.advance(stale)
    jobs.finish(stale)

    assert (Practice.objects.count(), Organisation.objects.count()) == (450, 450)


def test_a_failure_in_the_middle_of_the_writing_leaves_nothing(colette, monkeypatch):
    job = begin(colette, *many(3, **{"État": "Publiée"}))
    jobs.advance(job)
    before = catalogue_version.current()
    monkeypatch.setattr(search_index, "write", lambda entries: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        jobs.finish(job)

    monkeypatch.undo()
    left = (
        Practice.objects.count(),
        Organisation.objects.count(),
        Revision.objects.count(),
        catalogue_version.current(),
    )
    assert left == (0, 0, 0, before)
    assert jobs.finish(job) == 3
    make_practice()
    assert catalogue_version.current().number > before.number + 1


def test_an_import_that_somebody_overtook_is_compared_again(colette):
    practice = make_practice(slug="une", place="Lille", themes=["emploi"], sectors=["textile"])
    job = begin(colette, {"Adresse": "une", "Lieu": "Lyon"})
    jobs.advance(job)
    practice.place = "Paris"
    practice.save()

    with pytest.raises(Overtaken):
        jobs.finish(job)
    stage = job.stage
    jobs.advance(job)
    jobs.finish(job)

    practice.refresh_from_db()
    assert (stage, practice.place) == (Stage.CHECKING, "Lyon")


def test_words_wait_for_a_decision_and_terms_are_made_when_the_import_is_written(colette):
    job = begin(colette, {**FULL, "Pays": "Suomi", "Thèmes": "Océans | Emplois"})

    waiting = (job.stage, job.survey["unknown"])
    jobs.decide(job, {"themes": {"Océans": "+", "Emplois": "emploi"}})
    jobs.decide(job, {"countries": {"Suomi": "+"}})
    jobs.advance(job)
    made_before = Theme.objects.count()
    told = jobs.to_make(job)
    jobs.finish(job)

    assert waiting == (Stage.TERMS, {"countries": {"Suomi": 2}, "themes": {"Océans": 2, "Emplois": 2}})
    assert (made_before, told) == (1, {"Pays": ["Finlande"], "Thèmes": ["Océans"]})
    assert sorted(Practice.objects.get().themes.values_list("slug", flat=True)) == ["emploi", "oceans"]


def test_a_problem_anywhere_keeps_everything_from_being_written(colette):
    job = begin(colette, *many(205), {**FULL, "Année de départ": "mille"})
    jobs.advance(job)

    told, count = jobs.problems(job, 10)

    assert [(one.row, one.column) for one in told] == [(207, "Année de départ")]
    assert (count, jobs.counts(job)) == (1, {"new": 205, "changed": 0, "same": 0, "wrong": 1})
    assert [one.title for one in jobs.page_of(job, "new", 204, 5)] == ["Pratique 204"]
    with pytest.raises(jobs.OutOfTurn):
        jobs.finish(job)
