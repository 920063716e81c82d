"""The proof that one thing that cannot be written, read or started never keeps the others."""

from email import message_from_bytes
from email.policy import default

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from mail import setting_aside
from newsletter import letters
from newsletter.delivery import messages
from newsletter.delivery.sender import Sender
from newsletter.models import Delivery, Letter
from newsletter.models.deliveries import Kind
from newsletter.models.letters import LetterState
from operations import doctor
from practices.models import Practice
from tests.factories import make_practice
from tests.newsletter.makers import ask, make_letter, make_reader
from tests.newsletter.storm import Server

pytestmark = pytest.mark.django_db
SEPARATORS = ["\u2028", "\u2029", "\x85", "\x0b", "\r\nBcc: x@example.org", "\x1c"]


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_title_is_put_on_one_line_where_it_enters_whoever_writes_it(separator):
    letter = make_letter(title=f"Lettre{separator}de mai", start=False)
    practice = make_practice(title=f" Titre{separator}long ")
    [bulk] = Practice.objects.bulk_create([Practice(title=f"En{separator}masse", slug="en-masse", kind=practice.kind)])

    for one in (letter, practice, bulk):
        one.refresh_from_db()
        assert len(one.title.splitlines()) == 1
    assert letter.title == f"Lettre {separator.strip()}de mai"


@pytest.mark.parametrize("separator", SEPARATORS)
def test_a_title_stored_before_that_leaves_on_one_line(settings, separator):
    make_reader("a@example.org", letters=True, frequency="weekly", next_digest_at=timezone.now())
    ask("nouvelle@example.org")
    make_letter(practices=[make_practice(title="Titre")], title="Lettre")
    Letter.objects.update(title_fr=f"Lettre{separator}de mai", title=f"Lettre{separator}de mai")
    Practice.objects.update(title_fr=f"Titre{separator}long", title=f"Titre{separator}long")
    kept = []

    class Keeps(Server):
        async def handle_DATA(self, server, session, envelope):
            kept.append(message_from_bytes(envelope.content, policy=default))
            return "250 OK"

    with Keeps() as server:
        settings.EMAIL_URL = server.url
        call_command("send_newsletter", verbosity=0)

    assert sorted(one["To"] for one in kept) == ["a@example.org", "nouvelle@example.org"]
    assert [one["Bcc"] for one in kept] == [None, None]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


ERRORS = [ValueError("header"), UnicodeEncodeError("utf-8", "\ud800", 0, 1, "x"), KeyError("a\x00b"), RecursionError()]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("broken", [0, 1, 2])
def test_a_message_that_cannot_be_written_is_set_aside_and_the_others_leave(
    settings, monkeypatch, capsys, editor_client, error, broken
):
    readers = [make_reader(f"{name}@example.org") for name in "abc"]
    make_letter()
    real = messages.letter

    def fails(delivery):
        if delivery.subscriber == readers[broken]:
            raise error
        return real(delivery)

    monkeypatch.setitem(messages.WRITERS, Kind.LETTER, fails)
    with Server() as server:
        settings.EMAIL_URL = server.url
        call_command("send_newsletter")
        said = capsys.readouterr()
        aside = Delivery.objects.get(state="aside")
        listed = editor_client.get("/admin/newsletter/delivery/?state__exact=aside").content.decode()
        home = editor_client.get("/admin/").content.decode()
        [found] = [one for name, one in doctor.consult(lambda: True) if name == "File d’envoi" and "côté" in one.words]
        monkeypatch.setitem(messages.WRITERS, Kind.LETTER, real)
        call_command("send_newsletter", verbosity=0)
        assert len(server.received) == 2
        editor_client.post(
            "/admin/newsletter/delivery/", {"action": "send_again", "_selected_action": [aside.pk]}, follow=True
        )
        call_command("send_newsletter", verbosity=0)

    assert f"Mis de côté\u00a0: Envoi {aside.uid}\u00a0: {type(error).__name__}" in said.err
    assert "envoyés 2, mis de côté 1" in said.out
    assert (aside.subscriber, aside.answer) == (readers[broken], setting_aside.what(error))
    assert type(error).__name__ in listed
    assert "Courriels qui ne peuvent pas s’écrire" in home
    assert found.words.endswith("mis de côté\u00a0: 1.")
    assert {address: len(copies) for address, copies in server.ids.items()} == {one.email: 1 for one in readers}
    assert not Delivery.objects.get(pk=aside.pk).resent


def test_an_address_that_the_dialogue_cannot_say_is_set_aside_too(settings):
    make_reader("é@example.org")
    make_reader("b@example.org")
    make_letter()

    with Server() as server:
        settings.EMAIL_URL = server.url
        call_command("send_newsletter", verbosity=0)

    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["aside", "sent"]


def test_a_database_that_is_busy_while_a_message_is_written_puts_it_off(monkeypatch):
    make_letter(readers=2)
    real, asked = messages.letter, []

    def busy(delivery):
        asked.append(delivery)
        if len(asked) == 1:
            raise OperationalError("database is locked")
        return real(delivery)

    monkeypatch.setitem(messages.WRITERS, Kind.LETTER, busy)
    Sender().run()

    assert list(Delivery.objects.order_by("pk").values_list("state", flat=True)) == ["deferred", "sent"]
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("title", ["a\u2028b", "a\u2029b", "a\x85b\u2029", "\x1cx" * 70])
def test_a_trial_is_never_an_error(settings, editor, editor_client, title):
    editor.email = "edith@example.org"
    editor.save()
    letter = make_letter(title="Lettre", start=False, state=LetterState.DRAFT)
    Letter.objects.update(title=title, title_fr=title)
    path = f"/admin/newsletter/letter/{letter.pk}/apercu/"

    with Server() as server:
        settings.EMAIL_URL = server.url
        sent = editor_client.post(path, {"action": "trial"}, follow=True)

    assert sent.status_code == 200
    assert len(server.received) == 2


def test_a_trial_that_cannot_be_written_says_so(editor, editor_client, monkeypatch):
    editor.email = "é@example.org"
    editor.save()
    letter = make_letter(start=False, state=LetterState.DRAFT)
    from newsletter.admin import letters as admin_letters

    def fails(*_words):
        raise ValueError("header")

    monkeypatch.setattr(admin_letters, "trial", fails)
    page = editor_client.post(f"/admin/newsletter/letter/{letter.pk}/apercu/", {"action": "trial"}, follow=True)

    assert page.status_code == 200
    assert "ne peut pas s’écrire en courriel\u00a0: ValueError: header" in page.content.decode()


@pytest.mark.parametrize("broken", [0, 1])
def test_a_letter_that_cannot_start_is_named_and_the_others_leave(monkeypatch, capsys, broken):
    make_reader()
    both = [make_letter(title=title, start=False) for title in ("Première", "Seconde")]
    real = letters.start

    def fails(letter):
        if letter == both[broken]:
            raise RuntimeError("panne")
        return real(letter)

    monkeypatch.setattr(letters, "start", fails)
    call_command("send_newsletter", verbosity=0)

    assert f"Lettre «\u00a0{both[broken]}\u00a0»\u00a0: RuntimeError: panne" in capsys.readouterr().err
    assert [message.subject for message in mail.outbox] == [both[1 - broken].title]
    both[broken].refresh_from_db()
    assert both[broken].state == LetterState.SCHEDULED
