import random
import re
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.test import RequestFactory
from PIL import Image

from accounts.roles import EDITOR
from content.media.images import store_picture
from practices.editorial.revisions import differences, record, restore, snapshot
from practices.index import catalogue_version
from practices.models import Document, Practice, Revision, Status
from tests.factories import make_person, make_practice
from tests.practices.admin.test_forms import form
from tests.uploads import document, picture, sent

pytestmark = pytest.mark.django_db

BASE = "/admin/practices/practice/"


@pytest.fixture(autouse=True)
def _media(media):
    """No test leaves a file."""


@pytest.fixture
def editor(client):
    person = make_person("colette", EDITOR)
    client.force_login(person)
    return person


def one_document(**fields):
    return {"documents-TOTAL_FORMS": 1, **{f"documents-0-{name}": value for name, value in fields.items()}}


def save(client, practice, follow=True, **fields):
    return client.post(f"{BASE}{practice.pk}/change/", form(practice, **fields), follow=follow)


def errors(response):
    return [
        re.sub(r"<[^>]+>", "", one) for one in re.findall(r'<ul class="errorlist.*?</ul>', response.content.decode())
    ]


def test_an_editor_sends_a_picture_and_documents_and_the_page_shows_them(client, editor):
    practice = make_practice()
    words = {"cover_alt": "Un atelier", "cover_credit": "Photo : Anne"}
    guide = one_document(title="Guide", file=document(), language="en", order=0)

    save(client, practice, cover=picture(), **words, **guide)

    practice.refresh_from_db()
    page = client.get(practice.get_absolute_url()).content.decode()
    stored = practice.picture
    assert f'srcset="{stored.source_set}"' in page
    assert f'src="{stored.url}" width="640" height="400" alt="Un atelier" loading="eager"' in page
    assert "<figcaption>Photo\u00a0: Anne</figcaption>" in page
    one = practice.documents.get()
    assert (one.kind, one.size, one.language) == ("pdf", len(document().read()), "en")
    assert f'href="{one.file.url}" download="guide.pdf" type="application/pdf" hreflang="en"' in page
    assert "(PDF, 1\u00a0ko, en anglais)" in page


def test_a_card_shows_a_picture_where_there_is_one_as_an_ornament(client):
    make_practice(cover="images/a/1600x900.jpg", cover_alt="Un atelier")
    make_practice()

    page = client.get("/bonnes-pratiques/").content.decode()

    assert re.findall(r'<img class="(\w+)" src="(\S+)" width="(\d+)" height="(\d+)" alt="(.*?)"', page) == [
        ("card__picture", "/media/images/a/1600x900.jpg", "1600", "900", "")
    ]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({}, "Dites en une phrase ce que montre l’image, ou cochez qu’elle est décorative."),
        (
            {"cover_alt": "Un atelier", "cover_decorative": "on"},
            "Une image décrite n’est pas décorative\u00a0: choisissez.",
        ),
    ],
)
def test_a_picture_is_described_or_decorative_and_is_not_sent_twice(client, editor, words, sentence):
    practice = make_practice()

    refused = save(client, practice, cover=picture(), teaser="Mes mots", **words)

    page = refused.content.decode()
    assert errors(refused)[-1:] == [sentence]
    assert "Mes mots" in page
    assert "«\u00a0atelier.jpg\u00a0» est bien arrivé" in page
    kept = re.search(r'name="cover-kept" value="([^"]+)"', page)[1]
    save(client, practice, **{"cover-kept": kept, "cover_decorative": "on", "cover_alt": ""})
    practice.refresh_from_db()
    assert (practice.picture.width, practice.cover_alt) == (640, "")
    assert 'alt="" loading="eager"' in client.get(practice.get_absolute_url()).content.decode()


def test_a_document_accepted_in_a_form_that_is_not_is_not_sent_twice(client, editor):
    practice = make_practice()
    refused = save(client, practice, **one_document(title="", file=document(), language="fr", order=0))
    kept = re.search(r'name="documents-0-file-kept" value="([^"]+)"', refused.content.decode())[1]

    save(client, practice, **one_document(title="Guide", language="fr", order=0, **{"file-kept": kept}))

    assert (practice.documents.get().title, practice.documents.get().size) == ("Guide", len(document().read()))


@pytest.mark.parametrize("token", ["forged", "", "a:b:c"])
def test_a_forged_name_brings_no_file(client, editor, token):
    practice = make_practice()

    refused = save(client, practice, **{"cover-kept": token, "cover_decorative": "on"})

    practice.refresh_from_db()
    assert practice.cover == ""
    assert bool(errors(refused)) == bool(token)


def test_a_file_received_too_long_ago_is_asked_for_again(client, editor):
    practice = make_practice()
    refused = save(client, practice, cover=picture())
    kept = re.search(r'name="cover-kept" value="([^"]+)"', refused.content.decode())[1]

    with time_machine.travel(timedelta(hours=13)):
        client.force_login(editor)
        late = save(client, practice, **{"cover-kept": kept, "cover_decorative": "on"})

    assert errors(late) == ["Le fichier que vous aviez choisi n’est plus là\u00a0: choisissez-le de nouveau."]


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.jpg", lambda: picture(size=(400, 400), kind="JPEG", exif=Image.Exif())),
        (
            "m.jpg",
            lambda: picture(size=(400, 400), kind="MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))]),
        ),
        ("a.png", lambda: picture("a.png", (400, 400), "PNG", "P", 0)),
        ("a.webp", lambda: picture("a.webp", (400, 400), "WEBP", "RGBA", (1, 2, 3, 4))),
        ("a.pdf", document),
        ("a.odt", lambda: document("odt")),
        ("a.docx", lambda: document("docx")),
    ],
)
def test_a_file_that_is_damaged_anywhere_is_taken_or_refused_in_a_sentence(client, editor, name, make):
    whole, chance = make().read(), random.Random(name)
    field = "cover" if name[0] != "a" or name.endswith(("jpg", "png", "webp")) else "documents-0-file"
    practice = make_practice(teaser="Mes mots")
    for number in range(8):
        content = bytearray(whole)
        if number % 4 == 0:
            del content[chance.randrange(1, len(content)) :]
        for _byte in range(number):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        fields = {field: sent(bytes(content), name)}
        if field != "cover":
            fields = one_document(title="", order=0, file=fields[field])

        answer = save(client, practice, **fields, title="")

        assert answer.status_code == 200
        [*_others, sentence] = [one for one in errors(answer) if one]
        assert sentence
        assert "Mes mots" in answer.content.decode()


def test_while_a_file_is_read_anybody_else_may_write(client, editor, writing_elsewhere):
    practice = make_practice()
    fields = one_document(title="Guide", file=document(), language="fr", order=0)

    save(client, practice, cover=picture(), cover_alt="Un atelier", **fields)

    practice.refresh_from_db()
    assert (practice.picture.width, practice.documents.count()) == (640, 1)
    assert writing_elsewhere == ["content.media.drawing", "content.media.recognition"]


def test_words_about_a_picture_that_is_not_there_are_not_lost(client, editor):
    practice = make_practice()

    refused = save(client, practice, cover_alt="Un atelier")

    assert errors(refused) == ["Ces mots accompagnent une image\u00a0: choisissez-la, ou effacez-les."]
    assert 'value="Un atelier"' in refused.content.decode()


def test_a_picture_is_replaced_and_taken_away(client, editor):
    practice = make_practice(cover=store_picture(picture()), cover_alt="Un atelier", cover_credit="Anne")

    save(client, practice, cover=picture(size=(400, 900)), cover_alt="Une tour", cover_credit="Anne")
    replaced = Practice.objects.get(pk=practice.pk).picture
    save(client, practice, **{"cover-clear": "on"}, cover_alt="Une tour", cover_credit="Anne")
    practice.refresh_from_db()

    assert (replaced.width, replaced.alt) == (400, "Une tour")
    assert (practice.cover, practice.cover_alt, practice.cover_credit, practice.picture) == ("", "", "", None)


def test_the_translations_of_what_a_picture_shows_do_not_outlive_it(client, editor):
    words = {"cover_alt": "Un atelier", "cover_credit": "Anne", "cover_alt_en": "A workshop", "cover_credit_en": "Anne"}
    practice = make_practice(cover=store_picture(picture()), **words)

    save(client, practice, cover=picture(size=(400, 900)), **{**words, "cover_alt": "Une tour"})
    replaced = Practice.objects.get(pk=practice.pk)
    save(client, practice, cover=picture(), **{**words, "cover_alt": "Un pont", "cover_alt_en": "A bridge"})
    again = Practice.objects.get(pk=practice.pk)
    save(client, practice, **{"cover-clear": "on"}, **words)
    practice.refresh_from_db()

    assert (replaced.cover_alt_fr, replaced.cover_alt_en, replaced.cover_credit_en) == ("Une tour", "", "Anne")
    assert (again.cover_alt_en, again.cover_credit_en) == ("A bridge", "Anne")
    assert (practice.cover_alt_fr, practice.cover_alt_en, practice.cover_credit_en) == ("", "", "")


def test_a_decorative_picture_is_described_in_no_language(client, editor):
    practice = make_practice(cover=store_picture(picture()), cover_alt="")

    refused = save(client, practice, cover_decorative="on", cover_alt_en="A workshop")

    assert errors(refused) == ["Une image décrite n’est pas décorative : choisissez."]


def test_a_file_too_large_is_not_even_kept_and_the_form_lives_on(client, editor, settings, monkeypatch):
    settings.UPLOAD_MAX_MB = 1
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    written = []
    receive = TemporaryFileUploadHandler.receive_data_chunk
    monkeypatch.setattr(
        TemporaryFileUploadHandler,
        "receive_data_chunk",
        lambda self, data, start: (written.append(len(data)), receive(self, data, start))[1],
    )
    practice = make_practice()

    refused = save(client, practice, title="Mes mots", cover=sent(bytes(3_000_000), "a.jpg"), cover_decorative="on")

    [sentence] = errors(refused)
    assert sentence.startswith("Ce fichier pèse 3,0\u00a0Mo. Acceptée\u00a0: ")
    assert 'value="Mes mots"' in refused.content.decode()
    assert sum(written) <= 1_000_000


def test_a_file_too_large_for_any_other_form_is_a_bad_request(client, editor, settings):
    settings.UPLOAD_MAX_MB = 0
    request = RequestFactory().post("/", {"file": sent(bytes(3_000_000), "a.jpg")})
    with pytest.raises(RequestDataTooBig):
        request.FILES["file"].read()


@pytest.mark.parametrize("where", ["media", "temporary"])
def test_a_full_disk_is_told_and_nothing_that_was_typed_is_lost(client, editor, settings, monkeypatch, media, where):
    if where == "media":
        settings.MEDIA_ROOT = media / "a-file"
        settings.MEDIA_ROOT.write_text("not a folder")
    else:
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
        monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", no_room)
    practice = make_practice()

    refused = save(client, practice, title="Mes mots", cover=picture(), cover_alt="Un atelier")

    [sentence] = errors(refused)
    assert sentence.startswith("Le fichier n’a pas pu être gardé\u00a0: le disque est plein ou hors d’atteinte.")
    assert {'value="Mes mots"', 'value="Un atelier"'} <= set(re.findall(r'value="[^"]*"', refused.content.decode()))
    assert client.get(practice.get_absolute_url()).status_code == 200


def no_room(self, data, start):
    raise OSError(28, "No space left on device")


def test_documents_are_bounded_in_number_whatever_a_script_sends(client, editor):
    practice = make_practice()
    rows = {"documents-TOTAL_FORMS": 11}
    for number in range(11):
        rows |= {f"documents-{number}-{name}": value for name, value in {"title": "A", "order": 0}.items()}
        rows[f"documents-{number}-file"] = document()

    refused = save(client, practice, **rows)

    assert "Une pratique a 10 documents au plus." in errors(refused)
    assert practice.documents.count() == 0


def test_a_version_brings_back_its_picture_and_documents(client, editor):
    practice = make_practice(cover=store_picture(picture()), cover_alt="Un atelier", cover_credit="Anne")
    practice.documents.create(title="Guide", file="documents/a.pdf", size=1200, language="en", order=2)
    before = snapshot(practice)
    first = record(practice.pk, editor, "save")
    practice.documents.all().delete()
    practice.cover = practice.cover_alt = practice.cover_credit = ""
    practice.save()
    record(practice.pk, editor, "save")

    changes = {one.label: one.pieces for one in differences(before, snapshot(practice))}
    restored, lost = restore(first, editor)

    assert changes == {
        "Image": [("del", "l’ancien fichier")],
        "Ce que montre l’image": [("del", "Un atelier")],
        "Crédit de l’image": [("del", "Anne")],
        "Documents": [("del", "Guide · PDF · 1\u00a0ko · en")],
    }
    assert (lost, snapshot(restored)) == ([], before)


def test_a_version_older_than_pictures_can_still_be_restored(editor):
    practice = make_practice(cover="images/a/1600x900.jpg", cover_alt="Un atelier")
    data = snapshot(practice)
    old = {name: value for name, value in data.items() if not name.startswith(("cover", "documents"))}
    Revision.objects.create(practice=practice.pk, number=1, cause="save", title="A", data=old, edition="old")

    restored, _lost = restore(Revision.objects.get(), editor)

    assert (restored.cover, restored.cover_alt) == ("", "")
    assert differences(old, snapshot(restored)) == []


def test_the_catalogue_version_moves_with_a_picture_and_with_documents():
    practice = make_practice()
    draft = make_practice(status=Status.DRAFT)
    stamps = [catalogue_version.current()]
    one = Document.objects.create(practice=practice, title="A", file="documents/a.pdf", size=1)
    stamps.append(catalogue_version.current())
    Document.objects.update(title="B")
    stamps.append(catalogue_version.current())
    one.delete()
    stamps.append(catalogue_version.current())
    Practice.objects.filter(pk=practice.pk).update(cover="images/a/1600x900.jpg")
    stamps.append(catalogue_version.current())
    Document.objects.create(practice=draft, title="A", file="documents/a.pdf", size=1)

    assert len(set(stamps)) == 5
    assert catalogue_version.current() == stamps[-1]


def test_the_files_of_a_draft_are_on_its_preview_and_nowhere_else(client, editor):
    draft = make_practice(status=Status.DRAFT, cover="images/secret/1600x900.jpg", cover_alt="Un atelier")
    draft.documents.create(title="Guide", file="documents/secret.pdf", size=1)
    preview = client.get(f"{BASE}{draft.pk}/apercu/page/").content.decode()
    client.logout()

    assert "images/secret/1600x900.jpg" in preview
    assert "documents/secret.pdf" in preview
    for address in ("/", "/bonnes-pratiques/", "/bonnes-pratiques/export.json", "/api/v1/practices/", "/sitemap.xml"):
        assert b"secret" not in b"".join(client.get(address))


def test_the_form_shows_what_is_there_and_says_what_is_accepted(client, editor):
    practice = make_practice(cover="images/a/1600x900.jpg", cover_alt="Un atelier")
    practice.documents.create(title="Guide", file="documents/a.pdf", size=1, language="mt")

    page = client.get(f"{BASE}{practice.pk}/change/").content.decode()

    assert 'src="/media/images/a/320.webp"' in page
    assert 'accept=".jpg,.jpeg,.jpe,.jfif,.pjpeg,.pjp,.png,.webp"' in page
    assert "Acceptée\u00a0: une image JPEG, PNG ou WebP de 20\u00a0Mo et 50\u00a0mégapixels au plus" in page
    assert "Fichier actuel (PDF)" in page
    assert '<option value="mt" selected>mt</option>' in page
    assert "documents-__prefix__-file" in page
