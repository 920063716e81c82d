import csv
import gc
import io
import json
import tracemalloc
from datetime import UTC, datetime

import openpyxl
import pytest
from django.test import override_settings

from practices.filters import PracticeFilterSet
from practices.models import Organisation, Practice
from practices.open_data.formats import FORMATS
from practices.presentation.records import read
from tests.factories import make_practice

pytestmark = pytest.mark.django_db

LISTING = "/bonnes-pratiques/"


def rows(client, query="", prefix=""):
    """The rows of a CSV export, as {heading: cell}."""
    response = client.get(f"{prefix}{LISTING}export.csv{query}")
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def workbook(client, query=""):
    return openpyxl.load_workbook(io.BytesIO(client.get(f"{LISTING}export.xlsx{query}").getvalue()))


def sheet(client, query="", place=0):
    """The rows of a sheet of an XLSX export, as lists of cells."""
    return [[cell.value for cell in row] for row in workbook(client, query).worksheets[place].rows]


def document(client, query=""):
    return json.loads(client.get(f"{LISTING}export.json{query}").getvalue())


def test_a_file_holds_the_list_that_was_asked_for_in_its_order(client):
    make_practice(title="Zèbre", countries=["france"])
    make_practice(title="Âne", countries=["france"])
    make_practice(title="Ailleurs", countries=["malte"])
    query = "?pays=france&tri=titre"

    expected = ["Âne", "Zèbre"]

    assert [row["Titre"] for row in rows(client, query)] == expected
    assert [row[0] for row in sheet(client, query)][1:] == expected
    assert [one["title"] for one in document(client, query)["practices"]] == expected


def test_a_file_has_a_column_for_every_facet_in_the_language_of_its_address(client):
    make_practice(countries=["belgique", "france"], themes=["handicap"], start_year=2004)

    labels = [str(facet.label) for facet in PracticeFilterSet.declared_facets()]

    [french], [english] = rows(client), rows(client, prefix="/en")

    assert [heading for heading in french if heading in labels] == labels
    assert (french["Pays"], french["Thème"], french["Année de départ"]) == ("Belgique | France", "Handicap", "2004")
    assert english["Country"] == "Belgique | France"


def test_a_record_tells_all_that_is_public_of_a_practice(client):
    practice = make_practice(
        slug="envie",
        title="Envie",
        countries=["france"],
        place="Lille",
        start_year=1984,
        context="<p>Un <strong>contexte</strong>.</p>",
    )
    practice.organisations.add(Organisation.objects.create(name="Fédération", website="https://example.org"))
    practice.key_figures.create(value="12", label="emplois", year=2010)
    practice.links.create(title="Source", url="https://example.org/s", language="fr")
    practice.documents.create(title="Guide", file="documents/a.pdf", size=1200, language="en")
    Practice.objects.update(cover="images/a/1600x900.jpg", cover_alt="Un atelier", cover_credit="Photo : Anne")

    [record] = document(client)["practices"]

    assert {**record, "updated_at": None, "published_at": None, "facets": record["facets"]["pays"]} == {
        "id": "envie",
        "url": "http://testserver/bonnes-pratiques/envie/",
        "title": "Envie",
        "teaser": "Une accroche.",
        "facets": [{"value": "france", "label": "France"}],
        "start_year": 1984,
        "end_year": None,
        "years_note": "",
        "organisations": [{"name": "Fédération", "website": "https://example.org"}],
        "place": "Lille",
        "website": "",
        "contact": "",
        "key_figures": [{"label": "emplois", "value": "12", "year": 2010, "according_to_source": False}],
        "sections": {
            "context": "<p>Un <strong>contexte</strong>.</p>",
            "response": "",
            "means": "",
            "results": "",
            "transfer": "",
        },
        "links": [{"title": "Source", "url": "https://example.org/s", "is_source": True, "language": "fr"}],
        "picture": {
            "url": "http://testserver/media/images/a/1600x900.jpg",
            "width": 1600,
            "height": 900,
            "alt": "Un atelier",
            "credit": "Photo : Anne",
        },
        "documents": [
            {
                "title": "Guide",
                "url": "http://testserver/media/documents/a.pdf",
                "media_type": "application/pdf",
                "size": 1200,
                "language": "en",
            }
        ],
        "published_at": None,
        "updated_at": None,
    }
    [row] = rows(client)
    assert (row["Contexte"], row["Chiffres clés"]) == ("Un contexte.", "12 emplois (2010)")


@pytest.mark.parametrize("start", ["=1+1", "+33 1", "-2", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")'])
def test_no_text_becomes_a_formula(client, start):
    make_practice(title=start)

    [row] = rows(client)
    cell = workbook(client).worksheets[0]["A2"]

    assert row["Titre"] == f"'{start}"
    assert (cell.value, cell.data_type, cell.hyperlink) == (start, "s", None)


def test_a_workbook_says_what_it_is(client, time_machine):
    time_machine.move_to(datetime(2026, 11, 24, 9, 30, tzinfo=UTC), tick=False)
    make_practice(countries=["france"])

    with override_settings(CONTENT_LICENCE="CC BY 4.0", CONTENT_LICENCE_URL="https://example.org/by"):
        about = dict(sheet(client, "?pays=france&pays=atlantide", 1))

    assert about == {
        "Source": "Bonnes pratiques",
        "Liste": "Bonnes pratiques\u00a0: France",
        "Adresse web": "http://testserver/bonnes-pratiques/?pays=france",
        "Filtres": "Pays\u00a0: France",
        "Pratiques": "1 pratique, la liste entière",
        "Exporté le": "2026-11-24T10:30+01:00",
        "Conditions de réutilisation": "CC BY 4.0 https://example.org/by",
        "Laissé de côté": "«\u00a0atlantide\u00a0» n’est pas connu dans «\u00a0Pays\u00a0» et n’a pas été retenu.",
    }


def test_where_the_publisher_named_no_licence_the_file_says_where_to_look(client):
    assert document(client)["about"]["Conditions de réutilisation"] == "voir http://testserver/mentions-legales/"


def test_a_text_too_long_for_a_cell_is_cut_and_told(client):
    make_practice(context=f"<p>{'a' * 40_000}</p>")

    cells, about = sheet(client)[1], dict(sheet(client, place=1))

    assert max(len(cell) for cell in cells if isinstance(cell, str)) == 32_767
    assert about["Textes coupés"] == "Textes trop longs pour une cellule\u00a0: 1. Ils sont entiers en CSV et en JSON."


def test_rows_that_a_sheet_cannot_hold_are_told(client, monkeypatch):
    monkeypatch.setattr("practices.open_data.formats.MOST_ROWS", 2)
    for _number in range(3):
        make_practice()

    assert len(sheet(client)) == 3
    assert "Lignes manquantes" in dict(sheet(client, place=1))


@pytest.mark.parametrize("extension", FORMATS)
def test_an_empty_list_is_a_file(client, extension):
    response = client.get(f"{LISTING}export.{extension}")

    assert (response.status_code, len(response.getvalue()) > 0) == (200, True)
    assert response.headers["Content-Disposition"].endswith(f'.{extension}"')


@pytest.mark.parametrize("extension", FORMATS)
def test_who_has_the_file_of_this_version_is_told_so_and_head_is_empty(client, extension):
    make_practice()
    address = f"{LISTING}export.{extension}"
    etag = client.get(address).headers["ETag"]

    again = client.get(address, headers={"if-none-match": etag})
    make_practice()
    after = client.get(address, headers={"if-none-match": etag})
    head = client.head(address)

    assert (again.status_code, after.status_code) == (304, 200)
    assert (head.status_code, head.content) == (200, b"")


def peak_of(client, extension):
    """How much memory the writing of a whole list takes at its worst, in bytes, and how many bytes are written."""
    response = client.get(f"{LISTING}export.{extension}")
    tracemalloc.start()
    written = sum(map(len, response.streaming_content))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak, written


@pytest.fixture
def only_new_rubbish():
    """What is in memory by now is left out of every collection, which would take a second to look at it each time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("extension", FORMATS)
def test_memory_does_not_grow_with_the_list(client, extension, monkeypatch, only_new_rubbish):
    def read_tidily(*arguments):
        # A few large rows are not enough for Python to look for prefetched rows, which refer to each other.
        gc.collect()
        return read(*arguments)

    monkeypatch.setattr("practices.open_data.exports.BATCH", 5)
    monkeypatch.setattr("practices.open_data.exports.read", read_tidily)
    text = "<p>" + "mot " * 5_000 + "</p>"
    for _number in range(20):
        make_practice(context=text)
    peak_of(client, extension)
    few, _written = peak_of(client, extension)
    for _number in range(60):
        make_practice(context=text)

    many, written = peak_of(client, extension)

    assert many < 1.25 * few
    assert written > (10_000 if extension == "xlsx" else 1_600_000)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("address", "allowed"), [(f"{LISTING}export.csv", 5), (f"{LISTING}flux.atom", 9)])
def test_the_number_of_queries_depends_on_the_number_of_batches_only(
    client, django_assert_max_num_queries, address, allowed
):
    counts = []
    for count in (2, 10):
        for number in range(count):
            make_practice(countries=[f"pays-{number}"], themes=["a", f"b-{number}"])
        client.get(LISTING)
        with django_assert_max_num_queries(40) as captured:
            client.get(address).getvalue()
        counts.append(len(captured))

    assert counts == [allowed, allowed]
