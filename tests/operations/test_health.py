import threading
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from newsletter.models import Delivery
from operations import health
from operations.monitoring import probes
from tests.newsletter.makers import ask

ALL_OK = {"database": "ok", "migrations": "ok", "media": "ok", "cache": "ok", "prune": "ok", "mail": "ok"}


@pytest.fixture
def look(monkeypatch):
    """Call it with the name of a part and what is to be found there; the other parts are well."""
    monkeypatch.setattr(health, "parts", {name: health.Part(name, lambda: "ok", name in VITAL) for name in ALL_OK})

    def set_part(name, answer):
        health.parts[name].look = answer

    return set_part


VITAL = ("database", "migrations", "media")


def fail():
    raise RuntimeError("postgresql://lea:secret@10.0.0.3/")


@pytest.mark.django_db(transaction=True)
def test_a_sound_installation_is_ready(client):
    response = client.get("/healthz/ready")

    assert (response.status_code, response.json()) == (200, {"status": "ok", "parts": ALL_OK})


def test_a_living_process_says_so_without_asking_anything(client):
    response = client.get("/healthz/live")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/healthz/live", "/healthz/ready"])
def test_health_is_never_kept_and_sets_no_cookie(client, look, path):
    response = client.get(path)

    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    assert client.get(f"/en{path}").status_code == 404
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("name", VITAL)
def test_a_vital_part_that_fails_makes_the_site_unready_and_its_words_stay_inside(client, look, name, caplog):
    look(name, fail)

    response = client.get("/healthz/ready")

    assert (response.status_code, response.json()) == (503, {"status": "failed", "parts": ALL_OK | {name: "failed"}})
    assert "secret" not in caplog.text


@pytest.mark.parametrize(("address", "code"), [("/healthz/ready", 200), ("/healthz/ready?strict=1", 503)])
def test_the_site_serves_without_its_mail_but_a_strict_question_is_told(client, look, address, code):
    look("mail", lambda: "late")

    response = client.get(address)

    assert (response.status_code, response.json()["parts"]["mail"]) == (code, "late")


def test_a_frozen_part_holds_one_thread_and_no_answer(client, look, monkeypatch):
    monkeypatch.setattr(health, "SECONDS", 0.05)
    thaw, looks = threading.Event(), []
    look("database", lambda: looks.append(1) or (thaw.wait(30) and "ok"))

    answers = [client.get("/healthz/ready") for _request in range(3)]

    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert answers[0].json()["parts"] == ALL_OK | {"database": "no answer"}
    assert len(looks) == 1
    thaw.set()
    health.parts["database"].answer.result(timeout=30)
    assert client.get("/healthz/ready").status_code == 200


def test_an_answer_takes_two_seconds_at_most():
    assert health.SECONDS < 2


def test_a_missing_migration_is_told(monkeypatch):
    class Executor:
        def __init__(self, connection):
            self.loader = self.graph = self

        def leaf_nodes(self):
            return []

        def migration_plan(self, leaves):
            return ["one"]

    monkeypatch.setattr(probes, "migrated", False)
    monkeypatch.setattr(probes, "MigrationExecutor", Executor)

    assert probes.migrations() == "behind"


def test_a_media_folder_that_cannot_be_written_fails(settings, tmp_path):
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = str(tmp_path / "file")

    with pytest.raises(FileExistsError):
        probes.media()


def test_a_media_folder_is_left_as_it_was(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "media")

    assert (probes.media(), list((tmp_path / "media").iterdir())) == ("ok", [])


def test_a_cache_that_forgets_is_told(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    caches.close_all()

    assert probes.cache() == "forgets"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("due", "sent", "word"),
    [(29, None, "ok"), (31, None, "late"), (31, 5, "ok"), (300, 40, "late"), (None, None, "ok")],
)
def test_mail_is_late_when_nothing_leaves_for_long(due, sent, word):
    now = timezone.now()
    if due:
        ask("due@example.org")
        Delivery.objects.update(next_try_at=now - timedelta(minutes=due))
    if sent:
        ask("sent@example.org")
        Delivery.objects.filter(consent__email="sent@example.org").update(
            state="sent", sent_at=now - timedelta(minutes=sent)
        )

    assert health.parts["mail"].look() == word


def test_supervision_asks_in_http_where_the_site_is_https(settings):
    settings.SECURE_SSL_REDIRECT = True

    client = Client()

    assert client.get("/healthz/live").status_code == 200
    assert client.get("/").status_code == 301
