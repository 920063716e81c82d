import re
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from django.core import mail
from django.utils import timezone

from newsletter.delivery.sender import Sender
from newsletter.models import Delivery, Letter, LetterPractice
from newsletter.models.letters import LetterState
from practices.models import Status
from tests.factories import make_practice
from tests.newsletter.makers import make_letter, make_reader

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def change_form(practice, **fields):
    """What the admin's form sends for a letter with one practice."""
    return {
        "title_fr": "Lettre de novembre",
        "title_en": "November letter",
        "introduction_fr": "Bonjour,\n\nVoici du <strong>nouveau</strong>.<script>x</script>",
        "introduction_en": "",
        "closing_fr": "À bientôt.",
        "closing_en": "See you soon.",
        "archived": "on",
        "letterpractice_set-TOTAL_FORMS": "1",
        "letterpractice_set-INITIAL_FORMS": "0",
        "letterpractice_set-0-position": "1",
        "letterpractice_set-0-practice": practice.pk,
        **fields,
    }


def test_an_editor_writes_a_letter_sees_it_in_each_language_and_schedules_it(editor_client):
    practice = make_practice(title="Ressourcerie", countries=["france"])
    editor_client.post("/admin/newsletter/letter/add/", change_form(practice))
    letter = Letter.objects.get()
    preview = f"/admin/newsletter/letter/{letter.pk}/apercu/"

    page = editor_client.get(preview)
    french, english = (words for _code, _name, words, _url in page.context["previews"])
    tomorrow = timezone.localtime(timezone.now() + timedelta(days=1))
    editor_client.post(preview, {"action": "schedule", "send_at": tomorrow.strftime("%Y-%m-%dT%H:%M")})

    letter.refresh_from_db()
    assert (letter.state, letter.slug) == ("scheduled", "lettre-de-novembre")
    assert letter.send_at == tomorrow.replace(second=0, microsecond=0)
    assert (french.subject, english.subject) == ("Lettre de novembre", "November letter")
    assert "Ressourcerie" in french.text
    assert "Voici du nouveau." in french.text
    assert "See you soon." in english.text
    assert "http://testserver/en/bonnes-pratiques/ressourcerie/" in english.text
    assert "<script" not in french.html
    assert ".invalid" not in french.text + french.html


def test_a_letter_to_preview_runs_nothing_and_is_framed_by_this_site_only(editor_client):
    letter = make_letter(start=False, state=LetterState.DRAFT)

    answer = editor_client.get(f"/admin/newsletter/letter/{letter.pk}/apercu/fr/")
    frame = editor_client.get(f"/admin/newsletter/letter/{letter.pk}/apercu/")

    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in frame.headers["Content-Security-Policy"]
    assert editor_client.get(f"/admin/newsletter/letter/{letter.pk}/apercu/xx/").status_code == 404


def test_an_editor_sends_the_letter_to_herself_and_to_nobody_else(editor_client, editor):
    make_reader()
    letter = make_letter(start=False, state=LetterState.DRAFT, title="Lettre")

    editor_client.post(f"/admin/newsletter/letter/{letter.pk}/apercu/", {"action": "trial"})

    letter.refresh_from_db()
    assert [message.to for message in mail.outbox] == [[editor.email]] * 2
    assert {message.subject for message in mail.outbox} == {"[Essai] Lettre", "[Trial] Lettre"}
    assert "invalid" not in mail.outbox[0].body + mail.outbox[0].html
    assert (letter.state, Delivery.objects.count()) == ("draft", 0)


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        ("send", "draft", "scheduled"),
        ("stop", "scheduled", "draft"),
        ("stop", "sending", "stopped"),
        ("approve", "stopped", "sending"),
        ("approve", "held", "sending"),
        ("stop", "held", "stopped"),
        ("send", "sent", "sent"),
        ("approve", "sent", "sent"),
        ("nonsense", "draft", "draft"),
    ],
)
def test_each_button_moves_a_letter_from_the_states_it_is_for(editor_client, action, before, after):
    letter = make_letter(start=False, state=before, started_at=timezone.now())

    editor_client.post(f"/admin/newsletter/letter/{letter.pk}/apercu/", {"action": action})

    letter.refresh_from_db()
    assert letter.state == after


def test_a_moment_that_is_past_is_refused_with_the_reason(editor_client):
    letter = make_letter(start=False, state=LetterState.DRAFT)

    page = editor_client.post(
        f"/admin/newsletter/letter/{letter.pk}/apercu/", {"action": "schedule", "send_at": "2020-01-01T08:00"}
    )

    assert page.context["form"].errors["send_at"]
    assert Letter.objects.get().state == "draft"


def test_only_who_may_change_letters_sees_and_sends_them(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("visitor", is_staff=True))
    letter = make_letter(start=False, state=LetterState.DRAFT)
    preview = f"/admin/newsletter/letter/{letter.pk}/apercu/"

    answers = [client.get(preview), client.get(f"{preview}fr/"), client.post(preview, {"action": "send"})]

    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_the_words_of_a_letter_that_has_left_do_not_change(editor_client):
    letter = make_letter(title="Avant")
    url = f"/admin/newsletter/letter/{letter.pk}/change/"

    editor_client.post(url, change_form(make_practice(), title_fr="Après"))

    letter.refresh_from_db()
    assert letter.title == "Avant"
    assert editor_client.post(f"/admin/newsletter/letter/{letter.pk}/delete/", {"post": "yes"}).status_code == 403


def test_saving_a_letter_does_not_take_back_what_the_sender_did_meanwhile(editor_client, monkeypatch):
    letter = make_letter(start=False, state=LetterState.SCHEDULED)
    save = Letter.save

    def begin_and_save(self, *args, **kwargs):
        Letter.objects.filter(pk=letter.pk).update(state="sending", started_at=timezone.now())
        save(self, *args, **kwargs)

    monkeypatch.setattr(Letter, "save", begin_and_save)
    editor_client.post(f"/admin/newsletter/letter/{letter.pk}/change/", change_form(make_practice()))

    assert Letter.objects.get().state == "sending"
    assert Letter.objects.get().title_fr == "Lettre de novembre"


def test_a_letter_tells_its_practices_in_order_and_none_that_is_not_public(send_mail):
    practices = [make_practice(title=title) for title in ("Zèbre", "Abeille")]
    practices.append(make_practice(title="Brouillon", status=Status.DRAFT))
    make_reader()
    make_letter(practices=practices)

    [message] = send_mail()

    assert re.findall(r"^\* (.*)$", message.body, re.MULTILINE) == ["Zèbre", "Abeille"]
    assert "Brouillon" not in message.html


def test_the_html_of_a_letter_has_its_styles_in_its_elements_its_dark_colours_and_no_spy(send_mail):
    make_reader()
    make_letter(practices=[make_practice(countries=["france"])])

    html = send_mail()[0].html

    assert re.search(r'<h1 style="[^"]*Georgia', html)
    assert "prefers-color-scheme: dark" in html or "prefers-color-scheme:dark" in html
    assert re.findall(r"<img|src=", html) == []
    assert set(re.findall(r'href="(https?://[^/"]+)', html)) == {"http://testserver"}


def test_each_reader_gets_the_letter_in_her_language_with_links_of_her_own(send_mail):
    readers = [make_reader(language=language) for language in ("fr", "en", "fr")]
    make_letter(title_fr="Bonjour", title_en="Hello")

    messages = {message.to[0]: message for message in send_mail()}

    assert [messages[reader.email].subject for reader in readers] == ["Bonjour", "Hello", "Bonjour"]
    assert len({re.search(r"\S+/desinscription/\S+", message.body)[0] for message in messages.values()}) == 3
    assert "/en/newsletter/preferences/" in messages[readers[1].email].body


def test_the_archive_shows_the_letters_that_have_left_and_no_other(client):
    gone = make_letter(title="Partie", practices=[make_practice(title="Ressourcerie")])
    hidden = make_letter(title="Discrète", archived=False)
    draft = make_letter(title="Brouillon", start=False, state=LetterState.DRAFT)

    listing = client.get("/newsletter/archives/").content.decode()
    statuses = [client.get(one.get_absolute_url()).status_code for one in (gone, hidden, draft)]
    feed = ElementTree.fromstring(client.get("/newsletter/archives/flux.atom").content)

    assert "Partie" in listing
    assert not re.search("Discrète|Brouillon", listing)
    assert statuses == [200, 404, 404]
    assert "Ressourcerie" in client.get(gone.get_absolute_url()).content.decode()
    assert [title.text for title in feed.iterfind(f"{ATOM}entry/{ATOM}title")] == ["Partie"]
    assert feed.find(f"{ATOM}entry/{ATOM}link").attrib["href"] == f"http://testserver{gone.get_absolute_url()}"


def test_the_archive_says_when_there_is_nothing_yet(client):
    assert "Aucune lettre" in client.get("/newsletter/archives/").content.decode()


def test_all_readers_of_a_letter_get_the_same_practices(editor_client):
    for _reader in range(2):
        make_reader()
    practice = make_practice(title="Ajoutée")
    letter = make_letter()
    Sender(limit=1).run()

    editor_client.post(f"/admin/newsletter/letter/{letter.pk}/change/", change_form(practice))
    Sender().run()

    assert LetterPractice.objects.count() == 0
    assert ["Ajoutée" in message.body for message in mail.outbox] == [False, False]


def test_a_link_to_a_page_of_the_site_names_the_site_where_it_is_read_elsewhere(client, send_mail):
    make_reader()
    letter = make_letter(introduction='<p>Voyez <a href="/bonnes-pratiques/">la liste</a>.</p>')

    [message] = send_mail()
    feed = client.get("/newsletter/archives/flux.atom").content.decode()

    assert "(http://testserver/bonnes-pratiques/)" in message.body
    assert 'href="http://testserver/bonnes-pratiques/"' in message.html
    assert 'href="/' not in message.html
    assert "http://testserver/bonnes-pratiques/" in feed
    assert 'href="/bonnes-pratiques/"' in client.get(letter.get_absolute_url()).content.decode()


def test_a_letter_that_is_not_translated_says_so_in_the_archive(client, send_mail):
    make_reader()
    letter = make_letter(title="Lettre de mai", closing="")
    send_mail()

    page = client.get(f"/en{letter.get_absolute_url()}").content.decode()

    assert '<h1 lang="fr">Lettre de mai</h1>' in page
    assert '<div class="prose" lang="fr">' in page
