import time

import pytest

from contributions.models import Report
from contributions.models.reports import ReportState
from mail.honeypot import SHOWN
from practices.models import Status
from tests.factories import make_practice

pytestmark = pytest.mark.django_db


def filled(**fields):
    """What a browser sends for the form, read for a minute."""
    age = SHOWN.sign(f"{time.time() - 60:.1f}")
    return {"text": "L’année est fausse : 2019.", "email": "", "age": age, "homepage_url": "", **fields}


def words(response):
    return " ".join(response.content.decode().split())


def test_a_reader_tells_an_error_from_the_page_and_an_editor_answers(client, editor_client, send_mail):
    practice = make_practice(title="Ressourcerie")
    address = f"{practice.get_absolute_url()}signaler/"
    assert f'href="{address}"' in words(client.get(practice.get_absolute_url()))

    sent = client.post(address, filled(email="Paul@Example.org"), follow=True)
    report = Report.objects.get()
    listed = words(editor_client.get("/admin/contributions/report/"))
    editor_client.post(f"/admin/contributions/report/{report.pk}/change/", {"answer": "Corrigé, merci."})
    [message] = send_mail()

    report.refresh_from_db()
    assert "Merci" in words(sent)
    assert "L’année est fausse" in listed
    assert (message.to, report.state) == (["Paul@example.org"], ReportState.ANSWERED)
    assert "Corrigé, merci." in message.body
    assert client.cookies == {}


def test_a_report_without_an_address_is_closed_and_nothing_leaves(client, editor_client, send_mail):
    practice = make_practice()
    client.post(f"{practice.get_absolute_url()}signaler/", filled())
    report = Report.objects.get()

    editor_client.post(f"/admin/contributions/report/{report.pk}/change/", {"answer": ""})

    report.refresh_from_db()
    assert (report.state, report.handled_by.username, send_mail()) == (ReportState.CLOSED, "edith", [])


@pytest.mark.parametrize(
    "fields",
    [{"text": ""}, {"email": "a@localhost"}, {"age": ""}, {"homepage_url": "http://spam.example"}, {"text": "\x00"}],
    ids=["nothing", "no mailbox", "no age", "the trap filled in", "a NUL"],
)
def test_a_refused_report_keeps_what_was_typed_and_writes_nothing(client, fields):
    practice = make_practice()

    page = client.post(f"{practice.get_absolute_url()}signaler/", filled(**fields))

    assert (page.status_code, Report.objects.count()) == (200, 0)
    assert 'role="alert"' in words(page)
    assert fields.get("email", "") in words(page)


def test_the_button_pressed_twice_tells_it_once(client):
    practice = make_practice()

    for _time in range(2):
        client.post(f"{practice.get_absolute_url()}signaler/", filled())

    assert Report.objects.count() == 1


def test_a_network_has_its_share_of_reports(client, settings):
    settings.PROPOSALS_PER_HOUR = 1
    practice = make_practice()

    answers = [client.post(f"{practice.get_absolute_url()}signaler/", filled(text=str(n))) for n in range(2)]

    assert [one.status_code for one in answers] == [302, 429]


@pytest.mark.parametrize("path", ["signaler/", "signaler/merci/"])
def test_nothing_is_told_of_a_draft_and_no_cache_or_robot_keeps_the_form(client, path):
    draft = make_practice(status=Status.DRAFT)
    practice = make_practice()

    hidden = client.get(f"{draft.get_absolute_url()}{path}")
    shown = client.get(f"{practice.get_absolute_url()}{path}")

    assert (hidden.status_code, shown.status_code) == (404, 200)
    assert "no-store" in shown.headers["Cache-Control"]
    assert "noindex" in shown.headers["X-Robots-Tag"]


def test_the_list_costs_the_same_however_long_it_is(editor_client, django_assert_max_num_queries):
    for _number in range(4):
        Report.objects.create(practice=make_practice(), text="Faux")

    with django_assert_max_num_queries(12):
        page = editor_client.get("/admin/contributions/report/")

    assert len(page.context["cl"].result_list) == 4
