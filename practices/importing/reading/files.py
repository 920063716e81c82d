"""The reading of a file as rows of texts: CSV in its many ways, XLSX by `workbooks`; meaning is for `columns`.

A fault is named with its row and column; rows are numbered as a spreadsheet shows them.
"""

import csv
import io
from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from openpyxl.utils import get_column_letter

from content.spreadsheets import LONGEST_CELL
from practices.importing.problems import Problem, Unreadable
from practices.importing.reading.workbooks import ERROR, FORMULA, Workbook

MOST_BYTES = 40 << 20
"""Of a file."""
MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS = 20_000, 200, 200_000
"""Of a file, and of a cell."""
DELIMITERS = ";,\t"
ENCODINGS = {"": "", "utf-8": "UTF-8", "cp1252": "Windows-1252"}
"""What a person may say of a CSV file, by its codec."""
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
            headings = [" ".join(text.replace("\x00", " ").split()) for text in texts]
            if len(headings) > MOST_COLUMNS:
                raise _too_many_columns(number)
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


def _too_many_columns(row):
    return Unreadable(_("The file has more than %(count)d columns.") % {"count": MOST_COLUMNS}, row)


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
        row, column = _place_after(data[: error.start].decode("cp1252", "replace"))
        around = data[max(error.start - 12, 0) : error.start + 12].decode("cp1252", "replace")
        sentence = (
            _("This is not UTF-8. In Windows-1252 one would read “…%(text)s…”: if that is right, choose Windows-1252.")
            if encoding == "utf-8"
            else _("This is not the encoding that was chosen: near “…%(text)s…”.")
        )
        raise Unreadable(sentence % {"text": " ".join(around.split())}, row, column) from None


def _place_after(text):
    """The row and the column in which a text ends; "" for a column that has no heading or cannot be told."""
    # With one more letter, a text that ends between two cells or two rows ends in the second.
    try:
        rows = list(csv.reader(io.StringIO(text + "x", newline=""), delimiter=_delimiter(text)))
    except csv.Error:
        return text.count("\n") + 1, ""
    row, place = len(rows), len(rows[-1]) - 1
    return row, rows[0][place].lstrip("ï»¿") if row > 1 and place < len(rows[0]) else ""


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
        book = Workbook(data, MOST_CHARACTERS)
        problems: list[Problem] = []
        read = _sheet(_texts(book, problems), problems, _("XLSX, sheet “%(title)s”") % {"title": book.title})
    except Unreadable:
        raise
    # Whatever is broken in an archive of XML comes out as one of many errors.
    except Exception as error:
        raise Unreadable(_("This is not an XLSX workbook, or it is broken: open it and save it again.")) from error
    read.problems = [_named(problem, read.headings) for problem in read.problems]
    return read


def _texts(book, problems):
    for number, cells in book.rows():
        if max(cells) >= MOST_COLUMNS:
            raise _too_many_columns(number)
        for place, cell in sorted(cells.items()):
            if cell.fault == FORMULA:
                sentence = _("A formula: put its value in its place.")
            elif cell.fault == ERROR:
                sentence = _("The cell holds an error: %(error)s.") % {"error": cell.text}
            elif len(cell.text) >= LONGEST_CELL:
                sentence = _("The text fills its cell and may be cut: import it as CSV.")
            else:
                continue
            problems.append(Problem(number, str(place), sentence))
        yield number, [cells[place].text if place in cells else "" for place in range(max(cells) + 1)]


def _named(problem, headings):
    if problem.column.isdigit():
        place = int(problem.column)
        column = headings[place] if place < len(headings) and headings[place] else get_column_letter(place + 1)
        return Problem(problem.row, column, problem.sentence)
    return problem
