import io
import zipfile
from datetime import datetime

import pytest
import xlsxwriter

from practices.importing.problems import Unreadable
from practices.importing.reading.files import read
from practices.importing.reading.packages import MOST_UNPACKED

MONDAY = datetime(2026, 1, 5, 9, 30)
ROWS = {2: ["Énergie", "a;b"], 3: ["Deux\nlignes", ""]}


def workbook(*rows, **formulas):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("Pratiques")
    for number, row in enumerate(rows):
        for place, value in enumerate(row):
            if isinstance(value, str) and not value.startswith("{"):
                sheet.write_string(number, place, value)
            else:
                sheet.write(number, place, value)
    for cell, formula in formulas.items():
        sheet.write_formula(cell, formula)
    book.close()
    return out.getvalue()


CSV = 'Titre,Lieu\r\nÉnergie,a;b\r\n"Deux\nlignes",\r\n'
WAYS = {
    "comma": CSV.encode(),
    "semicolon": 'Titre;Lieu\nÉnergie;"a;b"\n"Deux\nlignes";\n'.encode(),
    "tab": 'Titre\tLieu\nÉnergie\ta;b\n"Deux\nlignes"\t\n'.encode(),
    "mark": b"\xef\xbb\xbf" + CSV.encode(),
    "utf-16": CSV.encode("utf-16"),
    "blank cells": 'Titre,Lieu,,\nÉnergie,a;b,,\n"Deux\nlignes",,,\n'.encode(),
    "xlsx": workbook(["Titre", "Lieu"], ["Énergie", "a;b"], ["Deux\nlignes"]),
}


@pytest.mark.parametrize("data", WAYS.values(), ids=WAYS)
def test_a_file_is_read_whatever_its_separator_its_ends_of_lines_or_its_mark(data):
    sheet = read("pratiques.csv", data)

    assert (sheet.headings, sheet.rows, sheet.problems) == (["Titre", "Lieu"], ROWS, [])


def test_a_line_that_tells_excel_the_separator_is_not_a_row():
    sheet = read("a.csv", "sep=;\nTitre;Lieu\nÉnergie;Lille\n".encode())

    assert (sheet.headings, sheet.rows) == (["Titre", "Lieu"], {3: ["Énergie", "Lille"]})


def test_windows_1252_is_proposed_with_the_place_and_the_words_and_read_when_it_is_chosen():
    data = "Titre;Lieu\nUn;Lille\nDeux;Orléans\n".encode("cp1252")

    with pytest.raises(Unreadable) as refused:
        read("a.csv", data)
    sheet = read("a.csv", data, "cp1252")

    problem = refused.value.problem
    assert (problem.row, problem.column) == (3, "Lieu")
    assert "Deux;Orléans" in problem.sentence
    assert sheet.rows[3] == ["Deux", "Orléans"]
    assert sheet.about == "CSV, Windows-1252, séparateur\u00a0: point-virgule"


def test_a_cell_of_a_workbook_is_a_text_whatever_it_holds():
    data = workbook(["Titre", "a", "b", "c", "d"], ["=1+1", 2020, 2.5, True, MONDAY], ["a\x01\r\nb"])

    assert read("a.xlsx", data).rows == {
        2: ["=1+1", "2020", "2.5", "oui", "2026-01-05 09:30:00"],
        3: ["a\x01\r\nb", "", "", "", ""],
    }


def test_formulas_and_errors_of_a_workbook_are_named_by_row_and_column():
    data = workbook(["Titre", "Lieu"], ["Un"], ["Deux"], B2="=A2&A3", A3="=1/0")

    sheet = read("a.xlsx", data)

    assert [(one.row, one.column, one.sentence.split("\u00a0")[0]) for one in sheet.problems] == [
        (2, "Lieu", "Une formule"),
        (3, "Titre", "Une formule"),
    ]


def test_a_nul_and_cells_without_a_heading_are_named_by_row_and_column():
    sheet = read("a.csv", b"Titre,Lieu\nUn,Li\x00lle\nDeux,Lyon,Nord,Sud\n")

    assert [(one.row, one.column, one.sentence) for one in sheet.problems] == [
        (2, "Lieu", "Un caractère nul, qu’aucun texte ne peut contenir."),
        (3, "", "2 cellules n’ont pas d’en-tête."),
    ]


def test_a_heading_loses_a_nul():
    assert read("a.csv", b"Ti\x00tre,Lieu\nUn,Lille\n").headings == ["Ti tre", "Lieu"]


def bomb():
    out = io.BytesIO()
    archive = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open("xl/worksheets/sheet1.xml", "w") as part:
        for _megabyte in range(0, MOST_UNPACKED + 1, 1 << 20):
            part.write(bytes(1 << 20))
    return out.getvalue()


def entities():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>')
    return out.getvalue()


REFUSED = {
    "empty": (b"", "a.csv", "Le fichier est vide."),
    "blank": (b" \r\n ", "a.csv", "Le fichier est vide."),
    "headings alone": (b"Titre,Lieu\n", "a.csv", "aucune ligne"),
    "open quotation mark": (b'Titre,Lieu\nUn,"Lille\n', "a.csv", "guillemet"),
    "bomb": (bomb(), "a.xlsx", "décompressé"),
    "entities": (entities(), "a.xlsx", "entités"),
    "a picture called xlsx": (b"\x89PNG\r\n\x1a\n", "a.xlsx", "pas un classeur XLSX"),
    "an archive that is no workbook": (WAYS["xlsx"][:900], "a.xlsx", "pas un classeur XLSX"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.xls", "ancien classeur"),
    "wrong encoding in a cell that is not closed": (b'Titre\n"' + b"a" * 300_000 + b"\xe9", "a.csv", "UTF-8"),
    "wrong encoding chosen": (b"Titre\n\x81\n", "a.csv", "UTF-8"),
    "too many columns": ((",".join("a" * 201) + "\n1\n").encode(), "a.csv", "plus de 200"),
    "too many rows": (("Titre\n" + "a\n" * 20_001).encode(), "a.csv", "plus de 20000"),
}


@pytest.mark.parametrize(("data", "name", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_in_words(data, name, words):
    with pytest.raises(Unreadable) as refused:
        read(name, data)

    assert words in refused.value.problem.sentence
