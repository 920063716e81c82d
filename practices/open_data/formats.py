"""How a table is written as a file: CSV, XLSX and JSON, each yielding bytes as batches of records come.

A table has `columns`, `records()` in batches, `pks`, what it is `about` and its `language`: a list is
one in `exports`, what can be imported again in `practices.importing.exporting`.
"""

import csv
import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _

from content.spreadsheets import LONGEST_CELL, MOST_ROWS, harmless

PIECE = 1 << 16
"""Bytes of a finished file sent at once."""


@dataclass(frozen=True)
class Column:
    """A column of a table: its heading, and what it says of a record, a number or a text."""

    heading: str
    cell: Callable[[dict], str | int | None]
    width: int = 20


def as_csv(export):
    """RFC 4180 in UTF-8, with the mark by which spreadsheets know it; no cell can be taken for a formula."""
    line = csv.writer(_Echo())
    yield b"\xef\xbb\xbf" + line.writerow([column.heading for column in export.columns]).encode()
    for batch in export.records():
        yield "".join(
            line.writerow([_cell(column.cell(record)) for column in export.columns]) for record in batch
        ).encode()


class _Echo:
    """A file whose `write` gives back what it is given."""

    def write(self, value):
        return value


def _cell(value):
    return harmless(value) if isinstance(value, str) else value


def as_json(export):
    """One object: `about`, then `practices`, the records of the API."""
    yield b'{"about": ' + _json(export.about) + b',\n"practices": ['
    separator = b"\n"
    for batch in export.records():
        if batch:
            yield separator + b",\n".join(map(_json, batch))
            separator = b",\n"
    yield b"\n]}\n"


def _json(value):
    return json.dumps(value, ensure_ascii=False, default=lambda moment: moment.isoformat()).encode()


def as_xlsx(export):
    """A workbook of a sheet of practices and one that says what it is; written to a file of the system's, then sent."""
    with tempfile.TemporaryFile() as file:
        # Every text is written as a text: none is read as a formula or a link.
        with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            bold = book.add_format({"bold": True})
            with translation.override(export.language):
                sheet, readme = book.add_worksheet(_("Practices")), book.add_worksheet(_("Read me"))
                cut = _write_practices(sheet, bold, export)
                _write_readme(readme, bold, export, cut)
        file.seek(0)
        while piece := file.read(PIECE):
            yield piece


def _write_practices(sheet, bold, export):
    """Write the rows; return how many cells were too long and how many rows too many."""
    for place, column in enumerate(export.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, column.heading, bold)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, min(len(export.pks), MOST_ROWS), len(export.columns) - 1)
    row, long_cells = 0, 0
    for batch in export.records():
        for record in batch[: MOST_ROWS - row]:
            row += 1
            for place, column in enumerate(export.columns):
                cell = column.cell(record)
                if isinstance(cell, int):
                    sheet.write_number(row, place, cell)
                elif cell:
                    long_cells += len(cell) > LONGEST_CELL
                    sheet.write_string(row, place, cell[:LONGEST_CELL])
    return long_cells, max(len(export.pks) - MOST_ROWS, 0)


def _write_readme(sheet, bold, export, cut):
    long_cells, rows = cut
    about = dict(export.about)
    if long_cells:
        about[_("Cut texts")] = _("%(count)d texts too long for a cell; they are whole in CSV and JSON.") % {
            "count": long_cells
        }
    if rows:
        about[_("Missing rows")] = _("%(count)d rows too many for a sheet; they are in CSV and JSON.") % {"count": rows}
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    for row, (question, answer) in enumerate(about.items()):
        sheet.write_string(row, 0, question, bold)
        sheet.write_string(row, 1, answer)


FORMATS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": (as_json, "application/json"),
}
