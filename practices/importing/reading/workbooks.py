"""Reads the first sheet of an XLSX workbook row after row, as texts (ECMA-376, part 1, chapter 18).

What a workbook says of itself (where a row or a cell stands, how large its sheet is, how many strings it has) is
believed within what a spreadsheet can hold, and nothing is made of what is only announced: a row costs what its cells
cost, wherever it stands.
"""

import re
from collections.abc import Iterator
from datetime import datetime, time
from math import isfinite
from typing import NamedTuple

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel, from_ISO8601

from practices.importing.reading.packages import Broken, Package, Part

MOST_LINES, MOST_PLACES = 1_048_576, 16_384
"""Rows and columns of a sheet, whichever program made it."""
MOST_STRINGS = 2_000_000
LONGEST_FORMAT = 255
"""Characters of a format of numbers."""
FORMULA, ERROR = "formula", "error"
REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")
WHOLE = re.compile(r"-?[0-9]{1,300}")
IN_XML = re.compile("_x([0-9A-Fa-f]{4})_")
"""How a workbook writes a character that XML cannot hold (ST_Xstring)."""


class Cell(NamedTuple):
    """The text of a cell, and what it holds instead of one: FORMULA, ERROR or ""."""

    text: str
    fault: str = ""


class Workbook:
    """The first sheet of a workbook, from the bytes of its file: its `title` and its `rows`.

    Raises Unreadable for what must not be opened, and many another error where the file is broken.
    """

    def __init__(self, data, longest):
        """Find the sheet; no text of it may have more than `longest` characters."""
        self.package, self.longest = Package(data), longest
        path = next(iter(self.package.targets("", "officeDocument").values()), "xl/workbook.xml")
        book = self.package.parse(path, _Book())
        sheets = self.package.targets(path, "worksheet")
        self.title, key = next(((title, key) for title, key in book.sheets if key in sheets), ("", ""))
        self.path, self.epoch = sheets[key], book.epoch
        self.strings, self.styles = _Strings(longest), _Styles()
        for kind, part in (("sharedStrings", self.strings), ("styles", self.styles)):
            for target in self.package.targets(path, kind).values():
                self.package.parse(target, part)

    def rows(self) -> Iterator[tuple[int, dict[int, Cell]]]:
        """Yield each row that holds something: its number, from 1, and its cells by their place, from 0."""
        sheet = _Sheet(self)
        for _piece in self.package.pieces(self.path, sheet):
            yield from sheet.done
            sheet.done.clear()


class _Book(Part):
    """The sheets of a workbook in their order, as (title, key of the reference), and from when it counts days."""

    def __init__(self):
        super().__init__()
        self.sheets, self.epoch = [], WINDOWS_EPOCH

    def opened(self, name, attributes):
        if name == "sheet":
            keys = [value for one, value in attributes.items() if one.rpartition(":")[2] == "id"]
            self.sheets.append((attributes["name"], keys[0]))
        elif name == "workbookPr" and attributes.get("date1904") in ("1", "true"):
            self.epoch = MAC_EPOCH


class _Styles(Part):
    """Which styles of cells are those of dates, and which those of durations."""

    def __init__(self):
        super().__init__()
        self.formats, self.inside, self.used = dict(BUILTIN_FORMATS), False, []
        self.known = {}

    def opened(self, name, attributes):
        if name == "numFmt":
            self.formats[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif name == "cellXfs":
            self.inside = True
        elif name == "xf" and self.inside:
            self.used.append(int(attributes.get("numFmtId", 0)))

    def closed(self, name):
        if name == "cellXfs":
            self.inside = False

    def is_date(self, style):
        """Whether the numbers of a style are days, and whether these are a duration."""
        number = self.used[style] if 0 <= style < len(self.used) else 0
        if number not in self.known:
            code = self.formats.get(number, "")
            told = len(code) <= LONGEST_FORMAT
            self.known[number] = (told and is_date_format(code), told and is_timedelta_format(code))
        return self.known[number]


class _Strings(Part):
    """The shared strings, without what says how to pronounce them."""

    def __init__(self, longest):
        super().__init__()
        self.longest, self.found, self.texts, self.spoken = longest, [], [], False

    def opened(self, name, _attributes):
        if name == "si":
            self.texts = []
        elif name == "rPh":
            self.spoken = True
        elif name == "t" and not self.spoken:
            self.listen()

    def closed(self, name):
        if name == "t" and not self.spoken:
            self.texts.append(self.heard())
        elif name == "rPh":
            self.spoken = False
        elif name == "si":
            if len(self.found) == MOST_STRINGS:
                raise Broken("More strings than cells.")
            self.found.append(_unescaped("".join(self.texts)))


class _Sheet(Part):
    """The rows of a sheet: those that are `done`, and the one that is being read."""

    def __init__(self, book):
        super().__init__()
        self.book, self.longest = book, book.longest
        self.done, self.row, self.cells, self.places = [], 0, {}, {}
        self.place, self.told, self.spoken, self.inside = -1, {}, False, False

    def opened(self, name, attributes):
        if name == "c":
            self.place = self._place(attributes.get("r"))
            self.told, self.value, self.formula, self.texts = attributes, None, False, []
        elif name == "v" or (name == "t" and not self.spoken):
            self.listen()
        elif name == "f":
            self.formula = True
        elif name == "rPh":
            self.spoken = True
        elif name == "row":
            row = _number(attributes["r"], MOST_LINES) if "r" in attributes else self.row + 1
            if not self.row < row <= MOST_LINES:
                raise Broken("A row out of its place.")
            self.row, self.cells, self.place = row, {}, -1

    def closed(self, name):
        if name == "v":
            text = self.heard()
            self.value = text if self.value is None else self.value
        elif name == "t" and not self.spoken:
            self.texts.append(self.heard())
        elif name == "c":
            cell = self._cell()
            if cell.fault or cell.text.strip():
                self.cells[self.place] = cell
        elif name == "rPh":
            self.spoken = False
        elif name == "row" and self.cells:
            self.done.append((self.row, self.cells))

    def _place(self, reference):
        """The place of a cell by its reference ("C12" gives 2), or after the one before."""
        if reference is None:
            return self.place + 1
        letters = reference.rstrip("0123456789")
        if letters not in self.places:
            found = REFERENCE.fullmatch(f"{letters}1")
            place = 0
            for letter in found[1] if found else "":
                place = 26 * place + ord(letter) - 64
            if not 0 < place <= MOST_PLACES:
                raise Broken("A cell out of the sheet.")
            self.places[letters] = place - 1
        return self.places[letters]

    def _cell(self):
        kind, value = self.told.get("t", "n"), self.value
        if self.formula:
            return Cell(value or "", FORMULA)
        if kind == "inlineStr":
            return Cell(_unescaped("".join(self.texts)))
        if not value:
            return Cell("")
        if kind == "s":
            return Cell(self.book.strings.found[_number(value, MOST_STRINGS)])
        if kind == "str":
            return Cell(_unescaped(value))
        if kind == "e":
            return Cell(value, ERROR)
        if kind == "b":
            return Cell("oui" if value in ("1", "true") else "non")
        if kind == "d":
            return Cell(_written(from_ISO8601(value)))
        if kind != "n":
            raise Broken("A cell of an unknown kind.")
        return self._number(value)

    def _number(self, value):
        number = int(value) if WHOLE.fullmatch(value) else float(value)
        if not isfinite(number):
            raise Broken("A number without end.")
        date, duration = self.book.styles.is_date(_number(self.told.get("s", "0"), MOST_STRINGS))
        if not date and not duration:
            return Cell(_written(number))
        try:
            return Cell(_written(from_excel(number, self.book.epoch, timedelta=duration)))
        except (OverflowError, ValueError):
            # No calendar has this day.
            return Cell("#VALUE!", ERROR)


def _number(text, most):
    """A whole number of some figures, from 0 up to `most`."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(most)) else most + 1
    if number > most:
        raise Broken("A number out of bounds.")
    return number


def _unescaped(text):
    """A text with the characters that XML cannot hold; half of one (a lone surrogate) is none."""
    if not IN_XML.search(text):
        return text
    text = IN_XML.sub(lambda match: chr(int(match[1], 16)), text)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _written(value):
    """A number or a moment as a text."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ") if value.time() != time() else value.date().isoformat()
    return str(value)
