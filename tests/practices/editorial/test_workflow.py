from datetime import timedelta

import django
import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from zeal import zeal_ignore

from accounts.roles import ADMINISTRATOR, CONTRIBUTOR, EDITOR
from practices.editorial import workflow
from practices.editorial.workflow import STEPS, TRANSITIONS
from practices.models import Practice, Status, Step
from tests.factories import PUBLISHED_AT, make_person, make_practice

pytestmark = pytest.mark.django_db

DRAFT, REVIEW, PUBLISHED, ARCHIVED = Status.DRAFT, Status.IN_REVIEW, Status.PUBLISHED, Status.ARCHIVED
COMPLETE = {"themes": ["handicap"], "sectors": ["textile"]}


def make(status, author=None, **fields):
    date = PUBLISHED_AT if status in (PUBLISHED, ARCHIVED) else None
    return make_practice(status=status, author=author, **{"published_at": date, **COMPLETE, **fields})


@pytest.fixture
def contributor():
    return make_person("ines", CONTRIBUTOR)


@pytest.fixture
def editor():
    return make_person("colette", EDITOR)


WAYS = {
    "submit": {DRAFT: REVIEW},
    "withdraw": {REVIEW: DRAFT},
    "send_back": {REVIEW: DRAFT},
    "publish": {DRAFT: PUBLISHED, REVIEW: PUBLISHED, ARCHIVED: PUBLISHED},
    "confirm": {PUBLISHED: PUBLISHED},
    "unpublish": {PUBLISHED: DRAFT},
    "archive": {DRAFT: ARCHIVED, REVIEW: ARCHIVED, PUBLISHED: ARCHIVED},
    "reopen": {ARCHIVED: DRAFT},
}


@pytest.mark.parametrize("name", STEPS)
def test_an_editor_takes_each_step_from_the_statuses_it_leaves_and_from_no_other(editor, name):
    reached = {}

    for status in Status:
        practice = make(status)
        try:
            STEPS[name](practice, editor)
        except ValidationError:
            assert Practice.objects.get(pk=practice.pk).status == status
        else:
            reached[status] = Practice.objects.get(pk=practice.pk).status

    assert reached == WAYS[name]


@pytest.mark.parametrize("name", STEPS)
def test_a_contributor_submits_and_withdraws_their_own_and_decides_nothing_else(contributor, name):
    own, taken, other = set(), set(), set()

    for author, found in ((contributor, own), (make_person("autre", CONTRIBUTOR), other)):
        for status in Status:
            practice = make(status, author)
            try:
                STEPS[name](practice, contributor)
            except (PermissionDenied, ValidationError):
                assert Practice.objects.get(pk=practice.pk).status == status
            else:
                found.add((status, Practice.objects.get(pk=practice.pk).status))
    taken = {"submit": {(DRAFT, REVIEW)}, "withdraw": {(REVIEW, DRAFT)}}

    assert own == taken.get(name, set())
    assert other == set()


def test_nobody_without_a_role_takes_any_step():
    person = make_person("personne")

    for name in STEPS:
        for status in TRANSITIONS[name].sources:
            with pytest.raises(PermissionDenied):
                STEPS[name](make(status, person), person)


@pytest.mark.parametrize("step", [workflow.submit, workflow.publish])
@pytest.mark.parametrize(
    ("lack", "complaint"),
    [({"themes": []}, "un thème"), ({"sectors": []}, "un secteur"), ({"teaser": ""}, "accroche")],
    ids=["theme", "sector", "teaser"],
)
def test_a_practice_that_lacks_something_is_shown_to_nobody(editor, step, lack, complaint):
    practice = make(DRAFT, **lack)

    with pytest.raises(ValidationError, match=complaint):
        step(practice, editor)

    assert Practice.objects.get(pk=practice.pk).status == DRAFT
    assert not Step.objects.exists()


def test_publication_keeps_a_date_to_come_and_dates_the_rest_of_now(editor):
    tomorrow = timezone.now() + timedelta(days=1)
    dated, undated = make(DRAFT, published_at=tomorrow), make(DRAFT)

    workflow.publish(dated, editor)
    workflow.publish(undated, editor)

    assert Practice.objects.get(pk=dated.pk).published_at == tomorrow
    assert list(Practice.objects.published()) == [undated]


def test_a_step_decides_on_the_row_as_it_is_now(editor):
    practice = make(REVIEW)
    Practice.objects.filter(pk=practice.pk).update(status=ARCHIVED)

    with pytest.raises(ValidationError, match="Archivée"):
        workflow.send_back(practice, editor)


def test_a_step_keeps_who_took_it_and_what_they_said(editor, contributor):
    practice = make(REVIEW, contributor)

    workflow.send_back(practice, editor, "Une source, s’il vous plaît.\n")

    step = Step.objects.get()
    assert (step.practice, step.transition, step.status) == (practice, "send_back", DRAFT)
    assert (step.by, step.note) == (editor, "Une source, s’il vous plaît.")


def letters(capture, step, practice, by, note=""):
    with capture(execute=True), zeal_ignore():
        step(practice, by, note)
    sent = [(one.to, one.subject.replace("\xa0", " "), one.body) for one in mail.outbox]
    mail.outbox.clear()
    return sent


def test_a_submission_is_news_to_the_editors_with_an_address(contributor, editor, django_capture_on_commit_callbacks):
    make_person("sans-adresse", EDITOR, email="")
    make_person("partie", EDITOR, is_active=False)
    make_person("adèle", ADMINISTRATOR, email="adele@example.org")
    practice = make(DRAFT, contributor, title="L’Atelier")

    sent = letters(django_capture_on_commit_callbacks, workflow.submit, practice, contributor)

    assert sorted(to for to, _subject, _body in sent) == [["adele@example.org"], ["colette@example.org"]]
    assert {subject for _to, subject, _body in sent} == {"[Bonnes pratiques] À relire : « L’Atelier »"}
    assert f"http://testserver/admin/practices/practice/{practice.pk}/change/" in sent[0][2]


def test_a_decision_is_news_to_the_author_with_its_note(contributor, editor, django_capture_on_commit_callbacks):
    practice = make(REVIEW, contributor, title="L’Atelier <b>", slug="atelier")

    back = letters(django_capture_on_commit_callbacks, workflow.send_back, practice, editor, "C’est > mieux & bref.")
    public = letters(django_capture_on_commit_callbacks, workflow.publish, practice, editor)

    assert [(to, subject) for to, subject, _body in (*back, *public)] == [
        (["ines@example.org"], "[Bonnes pratiques] À reprendre : « L’Atelier <b> »"),
        (["ines@example.org"], "[Bonnes pratiques] Publiée : « L’Atelier <b> »"),
    ]
    assert "C’est > mieux & bref." in back[0][2]
    assert "bonnes-pratiques/atelier/" not in back[0][2]
    assert "http://testserver/bonnes-pratiques/atelier/" in public[0][2]


def test_a_title_on_two_lines_makes_no_second_header(contributor, editor, django_capture_on_commit_callbacks):
    practice = make(REVIEW, contributor, title="Un\r\nBcc: tous@example.org")

    sent = letters(django_capture_on_commit_callbacks, workflow.publish, practice, editor)

    assert sent[0][:2] == (["ines@example.org"], "[Bonnes pratiques] Publiée : « Un Bcc: tous@example.org »")


def test_nobody_is_written_to_about_their_own_decision(editor, django_capture_on_commit_callbacks):
    assert letters(django_capture_on_commit_callbacks, workflow.publish, make(DRAFT, editor), editor) == []


def test_a_mail_server_that_is_down_stops_no_decision(
    contributor, editor, settings, caplog, django_capture_on_commit_callbacks
):
    backend = "django.core.mail.backends.smtp.EmailBackend"
    if django.VERSION < (6, 1):
        settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = backend, "127.0.0.1", 9
    else:
        settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": {"host": "127.0.0.1", "port": 9}}}
    practice = make(REVIEW, contributor)

    with django_capture_on_commit_callbacks(execute=True):
        workflow.publish(practice, editor)

    assert Practice.objects.get(pk=practice.pk).status == PUBLISHED
    assert "The mail of a step was not sent." in caplog.text


def test_the_buttons_offered_are_the_steps_that_are_open(editor, contributor):
    def names(user, status, author=None):
        return [one.name for one in workflow.open_to(user, make(status, author))]

    assert names(editor, DRAFT) == ["submit", "publish", "archive"]
    assert names(editor, REVIEW) == ["send_back", "publish", "archive"]
    assert names(editor, REVIEW, editor) == ["withdraw", "send_back", "publish", "archive"]
    assert names(editor, ARCHIVED) == ["publish", "reopen"]
    assert names(contributor, DRAFT, contributor) == ["submit"]
    assert names(contributor, REVIEW, contributor) == ["withdraw"]
    assert names(contributor, PUBLISHED, contributor) == []
    assert names(contributor, DRAFT, editor) == []
