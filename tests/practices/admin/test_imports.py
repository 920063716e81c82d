import csv
import io
import re
import threading

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import escape
from openpyxl import load_workbook

from accounts.roles import CONTRIBUTOR, EDITOR
from practices.importing import progress
from practices.index import search_index
from practices.models import Kind, Practice, Sector, Status, Theme
from practices.models.imports import ImportJob, Stage
from tests.factories import make_person, make_practice, make_term
from tests.practices.importing.tables import FULL, csv_of

pytestmark = pytest.mark.django_db

BASE = "/admin/practices/practice/"


@pytest.fixture
def editor(client):
    for model, slug in ((Kind, "initiative"), (Theme, "emploi"), (Sector, "textile")):
        make_term(model, slug)
    client.force_login(make_person("colette", EDITOR))
    return client


def upload(client, data, name="pratiques.csv", **fields):
    return client.post(f"{BASE}importer/", {"file": SimpleUploadedFile(name, data), **fields})


def columns_of(job):
    return {f"c{place}": name for name, place in job.mapping.items()}


def walk(client, data):
    """Up to the comparison."""
    upload(client, data)
    job = ImportJob.objects.get()
    page = f"{BASE}importer/{job.pk}/"
    client.post(f"{page}colonnes/", columns_of(job))
    client.post(f"{page}avancer/")
    return page


def write(client, page):
    """Write an import; return the page as it came, whole."""
    return client.post(f"{page}ecrire/").getvalue().decode()


# What is written in a thread of its own sees only what is committed.
@pytest.mark.django_db(transaction=True)
def test_a_file_goes_from_its_columns_to_the_catalogue_without_a_script(editor):
    practice = make_practice(slug="une", title="Une", place="Lille", themes=["emploi"], sectors=["textile"])
    data = csv_of(
        {**FULL, "Titre": "Une", "Adresse": "une", "Lieu": "Lyon"}, {**FULL, "Adresse": "deux", "Lieu": "Nantes"}
    )

    page = walk(editor, data)
    compared = editor.get(page).content.decode()
    before = practice.place
    writing = write(editor, page)
    written = editor.get(page).content.decode()

    practice.refresh_from_db()
    assert "Écrire 2 pratiques" in compared
    assert "<del>Lille</del> <ins>Lyon</ins>" in compared
    assert (before, practice.place, Practice.objects.get(slug="deux").status) == ("Lille", "Lyon", Status.DRAFT)
    assert re.findall(r'<progress max="100" value="(\d+)"', writing) == ["0", "80", "99", "100"]
    assert re.search(
        rf'<p>2 pratiques ont été écrites\.</p>\s*<p><a class="button" href="{page}" data-arrived>', writing
    )
    assert writing.rstrip().endswith("</html>")
    assert "2 pratiques de « pratiques.csv » ont été écrites." in written


def test_columns_are_guessed_shown_with_what_they_hold_and_corrected(editor):
    upload(editor, csv_of({"Nom de l’action": "Une", "Ville": "Lille", "Où": "Lyon"}))
    job = ImportJob.objects.get()

    page = editor.get(f"{BASE}importer/{job.pk}/colonnes/").content.decode()
    none = editor.post(f"{BASE}importer/{job.pk}/colonnes/", {"c1": "place_fr"}).content.decode()
    twice = editor.post(f"{BASE}importer/{job.pk}/colonnes/", {"c0": "title_fr", "c1": "place_fr", "c2": "place_fr"})
    editor.post(f"{BASE}importer/{job.pk}/colonnes/", {"c0": "title_fr", "c2": "place_fr"})

    job.refresh_from_db()
    assert '<option value="place_fr" selected>' in page
    assert "Lille" in page
    assert "Dites quelle colonne porte le titre" in none
    assert "Une autre colonne du fichier porte déjà cela." in twice.content.decode()
    assert job.mapping == {"title_fr": 0, "place_fr": 2}


@pytest.mark.django_db(transaction=True)
def test_unknown_words_are_asked_about_with_the_nearest_term_proposed(editor):
    upload(editor, csv_of({**FULL, "Thèmes": "Emplois | Océans"}))
    job = ImportJob.objects.get()
    page = f"{BASE}importer/{job.pk}/"
    editor.post(f"{page}colonnes/", columns_of(job))

    asked = editor.get(page, follow=True).content.decode()
    editor.post(f"{page}mots/", {"w0": "emploi", "w1": "+"})
    editor.post(f"{page}avancer/")
    write(editor, page)

    assert '<option value="emploi" selected>Emploi</option>' in asked
    assert sorted(Practice.objects.get().themes.values_list("name", flat=True)) == ["Emploi", "Océans"]


@pytest.mark.django_db(transaction=True)
def test_a_writing_that_stops_says_so_and_leaves_nothing(editor, monkeypatch):
    page = walk(editor, csv_of(FULL))
    monkeypatch.setattr(search_index, "write", lambda entries: 1 / 0)

    stopped = write(editor, page)
    left = Practice.objects.count(), ImportJob.objects.get().stage
    monkeypatch.undo()
    written = write(editor, page)
    again = editor.post(f"{page}ecrire/")

    assert "Rien n’a été écrit : l’écriture s’est arrêtée." in stopped
    assert "data-arrived" not in stopped
    assert left == (0, Stage.READY)
    assert ("1 pratique a été écrite." in written, again.url) == (True, page)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["une \ue000 deux.csv", "<!-- shares -->.csv", "&lt;!-- shares --&gt;.csv"])
def test_no_name_of_a_file_is_taken_for_the_place_of_what_is_to_come(editor, name):
    page = walk(editor, csv_of({**FULL, "Titre": "Une"}))
    ImportJob.objects.update(name=name)

    before, after = write(editor, page).split('<div class="import__progress import__shares">')

    assert escape(name) in before
    assert after.lstrip().startswith('<p class="import__share">')
    assert "data-arrived" in after
    assert Practice.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_writing_that_somebody_overtook_leads_to_the_new_comparison(editor):
    practice = make_practice(slug="une", title="Une", themes=["emploi"], sectors=["textile"])
    page = walk(editor, csv_of({"Adresse": "une", "Lieu": "Lyon"}))
    Practice.objects.filter(pk=practice.pk).update(place_fr="Paris")

    refused = write(editor, page)

    practice.refresh_from_db()
    assert "Quelqu’un a changé le catalogue entre-temps. Rien n’a été écrit" in refused
    assert (practice.place, ImportJob.objects.get().stage) == ("Paris", Stage.CHECKING)


@pytest.mark.django_db(transaction=True)
def test_a_writing_goes_on_when_its_reader_leaves(editor):
    page = walk(editor, csv_of(FULL))
    answer = editor.post(f"{page}ecrire/")
    pieces = iter(answer)
    next(pieces), next(pieces)
    answer.close()

    for thread in threading.enumerate():
        if thread.name == progress.NAME:
            thread.join(20)

    assert (Practice.objects.count(), ImportJob.objects.get().stage) == (1, Stage.WRITTEN)


@pytest.mark.django_db(transaction=True)
def test_problems_are_listed_with_their_places_and_nothing_can_be_written(editor):
    page = walk(editor, csv_of({**FULL, "Année de départ": "mille"}))

    compared = editor.get(page).content.decode()
    refused = write(editor, page)

    assert "Rien n’a été écrit : cet import a avancé dans une autre fenêtre." in refused
    assert "1 problème\u00a0: rien ne peut s’écrire" in compared
    assert "<strong>ligne 2, colonne «\u00a0Année de départ\u00a0»</strong>" in compared
    assert "ecrire/" not in compared
    assert Practice.objects.count() == 0


def test_a_file_that_cannot_be_read_says_why_on_the_form(editor):
    page = upload(editor, "Titre\nÉnergie\n".encode("cp1252")).content.decode()

    accepted = upload(editor, "Titre\nÉnergie\n".encode("cp1252"), encoding="cp1252")

    assert "choisissez Windows-1252" in page
    assert accepted.status_code == 302


def test_a_file_larger_than_a_document_may_be_is_read_and_one_that_was_not_kept_says_why(editor, settings):
    settings.UPLOAD_MAX_MB = 1
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    long = csv_of({**FULL, "Inconnue": "é" * 100_000})
    data = long + b"".join(long.partition(b"\n")[2] for _row in range(8))

    accepted = upload(editor, data)
    refused = upload(editor, bytes(42_000_000))

    assert (len(data) > 1_500_000, accepted.status_code) == (True, 302)
    assert "coupez-le en plusieurs" in refused.content.decode()


def test_a_contributor_does_not_import_and_nobody_sees_the_import_of_another(client, editor):
    upload(editor, csv_of(FULL))
    pk = ImportJob.objects.get().pk
    client.force_login(make_person("ines", CONTRIBUTOR))
    refused = [client.get(f"{BASE}{page}").status_code for page in ("importer/", f"importer/{pk}/")]
    client.force_login(make_person("yann", EDITOR))
    hidden = [client.post(f"{BASE}importer/{pk}/{page}/").status_code for page in ("avancer", "ecrire", "abandonner")]

    assert (refused, hidden) == ([403, 403], [404, 404, 404])


def test_a_list_is_exported_as_it_is_filtered_and_a_contributor_exports_their_own(client, editor):
    ines = make_person("ines", CONTRIBUTOR)
    make_practice(slug="une", status=Status.DRAFT, author=ines)
    make_practice(slug="deux", status=Status.DRAFT)
    make_practice(slug="trois", title="=1+1")

    drafts = editor.get(f"{BASE}exporter.csv?status__exact=draft&o=1")
    chosen = editor.post(
        BASE, {"action": "export", "_selected_action": [Practice.objects.get(slug="trois").pk], "index": 0}
    )
    client.force_login(ines)
    theirs = client.get(f"{BASE}exporter.csv")

    def slugs(response):
        rows = csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"), newline=""))
        return [row["Adresse"] for row in rows]

    sheet = load_workbook(io.BytesIO(chosen.getvalue())).worksheets[0]
    assert sorted(slugs(drafts)) == ["deux", "une"]
    assert (sheet["A2"].value, sheet["C2"].value) == ("'=1+1", "trois")
    assert slugs(theirs) == ["une"]
    assert client.get(f"{BASE}exporter.pdf").status_code == 403


def test_a_dropped_import_is_gone(editor):
    page = walk(editor, csv_of(FULL))

    editor.post(f"{page}abandonner/")

    assert (ImportJob.objects.count(), editor.get(page).status_code) == (0, 404)
