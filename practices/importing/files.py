"""Owns the reading of a file as rows of texts: CSV in its many ways, XLSX; what a text means is in `columns`.

A fault is named with its row and column; rows are numbered as a spreadsheet shows them.
"""

import csv
import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from practices.exports import LONGEST_CELL
from practices.importing.problems import Problem, Unreadable

MOST_BYTES, MOST_UNPACKED = 40 << 20, 160 << 20
"""Of a file, and of what an XLSX becomes once unpacked."""
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 20_000, 200, 200_000
"""Of a file, and of a cell."""
DELIMITERS = ";,\t"
ENCODINGS = {"": "", "utf-8": "UTF-8", "cp1252": "Windows-1252"}
"""What a person may say of a CSV file, by its codec."""
MARK = "\ue000"
IN_XML = re.compile("_x([0-9A-Fa-f]{4})_")
"""How a workbook writes a character that XML cannot hold (ECMA-376, ST_Xstring)."""

# The limit is the process’s: a section may be longer than the default of 131,072.
csv.field_size_limit(MOST_CHARACTERS)


@dataclass
class Sheet:
    """A table of texts: its headings, its rows by their number, and what is wrong with its cells."""

    headings: list[str]
    rows: dict[int, list[str]]
    problems: list[Problem] = field(default_factory=list)
    about: str = ""


def read(name, data, encoding=""):
    """Read a file from its bytes; raise Unreadable when it has no rows to give."""
    if not data.strip():
        raise Unreadable(_("The file is empty."))
    if len(data) > MOST_BYTES:
        raise Unreadable(_("The file is larger than %(size)d MB: cut it in several.") % {"size": MOST_BYTES >> 20})
    if data.startswith(b"PK\x03\x04"):
        sheet = _read_workbook(data)
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This is an old or a protected Excel workbook: save it as .xlsx, without a password."))
    elif name.lower().endswith((".xlsx", ".xlsm", ".ods", ".xls")):
        raise Unreadable(_("This is not an XLSX workbook, whatever its name says: export it again as .xlsx or .csv."))
    else:
        sheet = _read_csv(data, encoding)
    if not sheet.rows:
        raise Unreadable(_("The file has headings and no row."), 1)
    return sheet


def _sheet(rows, problems, about):
    """Make a sheet of (number, texts): the first that is not empty holds the headings."""
    headings: list[str] = []
    found: dict[int, list[str]] = {}
    for number, texts in rows:
        while texts and not texts[-1].strip():
            texts.pop()
        if not texts:
            continue
        if not headings:
            headings = [" ".join(text.split()) for text in texts]
            if len(headings) > MOST_COLUMNS:
                raise Unreadable(_("The file has more than %(count)d columns.") % {"count": MOST_COLUMNS}, number)
            continue
        if len(found) == MOST_ROWS:
            raise Unreadable(_("The file has more than %(count)d rows: cut it in several.") % {"count": MOST_ROWS})
        if extra := len(texts) - len(headings):
            if extra > 0:
                told = ngettext("%(count)d cell has no heading.", "%(count)d cells have no heading.", extra)
                problems.append(Problem(number, "", told % {"count": extra}))
            texts = (texts + [""] * -extra)[: len(headings)]
        for place, text in enumerate(texts):
            if "\x00" in text:
                problems.append(Problem(number, headings[place], _("A NUL character, which no text can hold.")))
        found[number] = texts
    return Sheet(headings, found, problems, about)


# CSV


def _read_csv(data, encoding):
    if encoding:
        text = _decoded(data, encoding)
    elif data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text, encoding = _decoded(data, "utf-16"), "utf-16"
    else:
        text, encoding = _decoded(data, "utf-8"), "utf-8"
    text = text.removeprefix("\ufeff")
    first = text.split("\n", 1)[0].strip()
    skipped = 0
    if first.lower().startswith("sep=") and len(first) == 5:  # a line by which Excel is told the separator
        delimiter, skipped = first[4], 1
        text = text.split("\n", 1)[1] if "\n" in text else ""
    else:
        delimiter = _delimiter(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    word = {";": _("semicolon"), ",": _("comma"), "\t": _("tab")}.get(delimiter, delimiter)
    about = _("CSV, %(encoding)s, separator: %(separator)s") % {
        "encoding": ENCODINGS.get(encoding, encoding.upper()),
        "separator": word,
    }
    return _sheet(_numbered(rows, skipped), [], about)


def _numbered(rows, skipped):
    number = skipped
    while True:
        number += 1
        try:
            yield number, next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise Unreadable(
                _("A quotation mark is missing or too many (%(error)s).") % {"error": error}, number
            ) from None


def _decoded(data, encoding):
    try:
        return data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("cp1252", "replace")
        rows = list(csv.reader(io.StringIO(before + MARK, newline=""), delimiter=_delimiter(before)))
        row, place = len(rows), len(rows[-1]) - 1
        column = rows[0][place].lstrip("ï»¿") if row > 1 and place < len(rows[0]) else ""
        around = data[max(error.start - 12, 0) : error.start + 12].decode("cp1252", "replace")
        sentence = (
            _("This is not UTF-8. In Windows-1252 one would read “…%(text)s…”: if that is right, choose Windows-1252.")
            if encoding == "utf-8"
            else _("This is not the encoding that was chosen: near “…%(text)s…”.")
        )
        raise Unreadable(sentence % {"text": " ".join(around.split())}, row, column) from None


def _delimiter(text):
    """The separator that cuts the headings in the most pieces."""

    def count(delimiter):
        lines = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=delimiter)
        try:
            return len(next(line for line in lines if any(map(str.strip, line))))
        except (StopIteration, csv.Error):
            return 0

    return max(DELIMITERS, key=count)


# XLSX


def _read_workbook(data):
    try:
        _check_archive(data)
        book = load_workbook(io.BytesIO(data), read_only=True)
        sheet = book.worksheets[0]
        # What a workbook says of its size may be wrong, and is not needed.
        sheet.reset_dimensions()
        problems: list[Problem] = []
        read = _sheet(_texts(sheet, problems), problems, _("XLSX, sheet “%(title)s”") % {"title": sheet.title})
    except Unreadable:
        raise
    # Whatever is broken in an archive of XML comes out of the library as one of many errors.
    except Exception as error:
        raise Unreadable(_("This is not an XLSX workbook, or it is broken: open it and save it again.")) from error
    read.problems = [_named(problem, read.headings) for problem in read.problems]
    return read


def _check_archive(data):
    """Refuse what would fill the memory: the sizes that an archive declares bind what `zipfile` unpacks."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > 1000 or sum(one.file_size for one in members) > MOST_UNPACKED:
            raise Unreadable(
                _("Once unpacked this workbook would take more than %(size)d MB: it was not opened.")
                % {"size": MOST_UNPACKED >> 20}
            )
        for one in members:
            if one.filename.endswith((".xml", ".rels")):
                with archive.open(one) as part:
                    if b"<!DOCTYPE" in part.read(1024):
                        raise Unreadable(_("This workbook declares XML entities, which none does: it was not opened."))


def _texts(sheet, problems):
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = []
        for place, cell in enumerate(cells):
            if cell.data_type == "f":
                problems.append(Problem(number, str(place), _("A formula: put its value in its place.")))
            elif cell.data_type == "e":
                sentence = _("The cell holds an error: %(error)s.") % {"error": cell.value}
                problems.append(Problem(number, str(place), sentence))
            texts.append(_text(cell.value))
            if len(texts[-1]) >= LONGEST_CELL:
                problems.append(
                    Problem(number, str(place), _("The text fills its cell and may be cut: import it as CSV."))
                )
        yield number, texts


def _named(problem, headings):
    if problem.column.isdigit():
        place = int(problem.column)
        column = headings[place] if place < len(headings) and headings[place] else get_column_letter(place + 1)
        return Problem(problem.row, column, problem.sentence)
    return problem


def _text(value):
    if value is None:
        return ""
    if isinstance(value, str):
        return IN_XML.sub(lambda match: chr(int(match[1], 16)), value) if "_x" in value else value
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time() != time() else value.date().isoformat()
    return str(value)
