import io
import time
import warnings
import zipfile
from datetime import datetime, timedelta

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from practices.importing.problems import Unreadable
from practices.importing.reading.files import read
from practices.importing.reading.workbooks import Workbook

SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'
HEADING = '<row r="1"><c r="A1" t="inlineStr"><is><t>Titre</t></is></c></row>'
CELL = '<c r="{}" t="inlineStr"><is><t>un</t></is></c>'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SECONDS = 3
"""What reading a file of some kilobytes takes at the very most, on a machine that does other things."""


def related(**targets):
    lines = (
        f'<Relationship Id="r{kind}" Type="{OFFICE}/{kind}" Target="{target}"/>' for kind, target in targets.items()
    )
    return f"<Relationships>{''.join(lines)}</Relationships>"


def package(sheet, strings="<sst/>", styles="<styleSheet/>", book=""):
    """The smallest workbook with these parts."""
    out = io.BytesIO()
    parts = {
        "_rels/.rels": related(officeDocument="xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook>{book}<sheets><sheet name="A" sheetId="1" id="rworksheet"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": related(worksheet="a.xml", sharedStrings="/xl/b.xml", styles="c.xml"),
        "xl/a.xml": SHEET.format(sheet),
        "xl/b.xml": strings,
        "xl/c.xml": styles,
    }
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def rows(*lines, **parts):
    return package(f"<sheetData>{HEADING}{''.join(lines)}</sheetData>", **parts)


def cells(count, last):
    return [f'<row r="{row}">{CELL.format(f"{last}{row}")}</row>' for row in range(2, count + 2)]


def reading(data):
    """What reading a file gives, or the sentence that refuses it; in time."""
    began = time.monotonic()
    try:
        sheet = read("a.xlsx", data)
        return sheet.rows, [(one.row, one.column, one.sentence) for one in sheet.problems]
    except Unreadable as refused:
        return refused.problem.sentence
    finally:
        assert time.monotonic() - began < SECONDS


BROKEN = "Ce n’est pas un classeur XLSX, ou il est abîmé\u00a0: ouvrez-le et enregistrez-le de nouveau."
WIDE = "Le fichier a plus de 200 colonnes."
LARGE = "Une fois décompressé, ce classeur serait plus de 100 fois plus grand\u00a0: il n’a pas été ouvert."
NO_DATE = "La cellule contient une erreur\u00a0: #VALUE!."
DATES = '<styleSheet><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
ONE = ({2: ["un"]}, [])
SECOND = f'<row r="2">{CELL.format("A2")}</row>'
SPANNED = f'<row r="2" spans="1:999999999">{CELL.format("A2")}</row>'

NUMBERS = {
    "a row beyond any sheet": (rows(f'<row r="20000000">{CELL.format("A20000000")}</row>'), BROKEN),
    "a row of a thousand figures": (rows(f'<row r="{"9" * 1000}">{CELL.format("A2")}</row>'), BROKEN),
    "the last row of a sheet": (
        rows(f'<row r="1048576">{CELL.format("A1048576")}</row>'),
        ({1048576: ["un"]}, []),
    ),
    "rows that go backwards": (rows(SECOND, f'<row r="1">{CELL.format("A1")}</row>'), BROKEN),
    "the last column, in a thousand rows": (rows(*cells(1000, "XFD")), WIDE),
    "an empty cell in the last column": (rows(SECOND.replace("</row>", '<c r="XFD2" s="0"/></row>')), ONE),
    "a column beyond any sheet": (rows(*cells(1, "XFE")), BROKEN),
    "a column of a thousand letters": (rows(*cells(1, "A" * 1000)), BROKEN),
    "a dimension of a whole sheet": (
        package(f'<dimension ref="A1:XFD1048576"/><sheetData>{HEADING}{SECOND}</sheetData>'),
        ONE,
    ),
    "a merger of a whole sheet": (
        package(
            f"<sheetData>{HEADING}{SECOND}</sheetData>"
            '<mergeCells count="999999999"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
        ),
        ONE,
    ),
    "columns and spans of a whole sheet": (
        package(f'<cols><col min="1" max="999999999"/></cols><sheetData>{HEADING}{SPANNED}</sheetData>'),
        ONE,
    ),
    "a count of strings": (rows(SECOND, strings='<sst count="4000000000" uniqueCount="4000000000"/>'), ONE),
    "a string that is not there": (rows('<row r="2"><c r="A2" t="s"><v>4000000000</v></c></row>'), BROKEN),
    "a string below zero": (
        rows('<row r="2"><c r="A2" t="s"><v>-1</v></c></row>', strings="<sst><si><t>un</t></si></sst>"),
        BROKEN,
    ),
    "a day that no calendar has": (
        rows('<row r="2"><c r="A2" s="0"><v>1e300</v></c></row>', styles=DATES),
        ({2: ["#VALUE!"]}, [(2, "Titre", NO_DATE)]),
    ),
    "a whole number as a day that no calendar has": (
        rows(f'<row r="2"><c r="A2" s="0"><v>{"9" * 300}</v></c></row>', styles=DATES),
        ({2: ["#VALUE!"]}, [(2, "Titre", NO_DATE)]),
    ),
    "a number of a million figures": (rows(f'<row r="2"><c r="A2"><v>{"9" * 1_000_000}</v></c></row>'), BROKEN),
    "no number": (rows('<row r="2"><c r="A2"><v>nan</v></c></row>'), BROKEN),
    "a style that is not there": (rows('<row r="2"><c r="A2" s="70000"><v>1</v></c></row>'), ({2: ["1"]}, [])),
    "elements in elements": (rows(SECOND, strings="<a>" * 300_000 + "</a>" * 300_000), BROKEN),
    "a tag that does not end": (rows(SECOND, strings=f'<sst a="{"a" * 4_000_000}"/>'), BROKEN),
    "cells without a text": (rows(f"<row>{'<c/>' * 3_000_000}</row>"), LARGE),
    "rows without a cell": (rows("<row/>" * 1_100_000), LARGE),
    "strings that nothing names": (rows(SECOND, strings=f"<sst>{'<si/>' * 3_000_000}</sst>"), LARGE),
    "styles that nothing has": (rows(SECOND, styles=f"<styleSheet>{'<xf/>' * 3_000_000}</styleSheet>"), LARGE),
    "names that nothing has": (rows(SECOND, book="<definedNames>" + "<definedName/>" * 900_000), LARGE),
    "a text longer than any": (rows(f'<row r="2"><c r="A2" t="str"><v>{"a" * 300_000}</v></c></row>'), BROKEN),
    "halves of characters": (
        rows('<row r="2"><c r="A2" t="str"><v>a_xD800_b_xD83D__xDE00__x0009_</v></c></row>'),
        ({2: ["a\ufffdb😀\t"]}, []),
    ),
    "spaces that are kept": (
        rows('<row r="2"><c r="A2" t="inlineStr"><is><t xml:space="preserve">  un </t></is></c></row>'),
        ({2: ["  un "]}, []),
    ),
}


@pytest.mark.parametrize(("data", "told"), NUMBERS.values(), ids=NUMBERS)
def test_a_number_in_a_workbook_costs_nothing(data, told):
    assert reading(data) == told


WIDEST = 6
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("\n\t é"), max_size=20)
VALUES = (
    st.none()
    | TEXTS.filter(lambda text: not text.startswith("="))
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.booleans()
    | st.datetimes(datetime(1900, 3, 1), datetime(9999, 1, 1)).map(lambda moment: moment.replace(microsecond=0))
    | st.timedeltas(timedelta(0), timedelta(days=400)).map(lambda one: timedelta(seconds=int(one.total_seconds())))
    | st.sampled_from(["#N/A", "#DIV/0!", CellRichText("Le ", TextBlock(InlineFont(b=True), "Relais"))])
)


def told(value):
    """The text of a value that another program has read."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        whole = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if whole else value.isoformat(sep=" ")
    return str(value)


@given(st.lists(st.lists(VALUES, max_size=WIDEST), min_size=1, max_size=6), st.booleans())
def test_a_workbook_reads_as_another_program_reads_it(table, since_1904):
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904 if since_1904 else book.epoch
    for number, line in enumerate(table, start=1):
        for place, value in enumerate(line, start=1):
            book.active.cell(number, place, value)
    book.save(out)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sheet = openpyxl.load_workbook(io.BytesIO(out.getvalue())).active
    wanted = {
        (cell.row, cell.column - 1): told(cell.value)
        for line in sheet.iter_rows()
        for cell in line
        if told(cell.value).strip()
    }
    found = Workbook(out.getvalue(), 200_000)

    assert {(row, place): cell.text for row, cells in found.rows() for place, cell in cells.items()} == wanted
    assert found.title == "Sheet"
