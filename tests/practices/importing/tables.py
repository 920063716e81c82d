"""How a test makes a file and what it does with it."""

import csv
import io

from practices.importing.comparing import Comparison
from practices.importing.exporting import Table
from practices.importing.reading.files import read
from practices.importing.reading.headings import guess
from practices.importing.reading.layout import Layout
from practices.importing.saving.writing import write
from practices.importing.survey import survey

FULL = {"Titre": "Le Relais", "Accroche": "On trie.", "Type": "Initiative", "Thèmes": "Emploi", "Secteurs": "Textile"}
"""What a new practice needs to be shown."""


def csv_of(*rows, delimiter=","):
    """A CSV file in UTF-8 of rows as {heading: text}."""
    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    out = io.StringIO()
    lines = csv.DictWriter(out, headings, restval="", delimiter=delimiter)
    lines.writeheader()
    lines.writerows(rows)
    return out.getvalue().encode()


def compared(data, decisions=None, by=None, name="pratiques.csv", encoding=""):
    """A file held against the catalogue: the comparison and its results."""
    sheet = read(name, data, encoding)
    layout = Layout(sheet.headings, guess(sheet.headings))
    comparison = Comparison(layout, survey(layout, sheet.rows, decisions), decisions, by)
    comparison.sheet = sheet
    return comparison, comparison.compare_all(sheet.rows)


def problems(data, **options):
    """What is wrong with a file, as (row, column, sentence)."""
    comparison, results = compared(data, **options)
    found = [*comparison.sheet.problems, *comparison.survey.problems]
    found += [one for result in results for one in result.problems]
    return [(one.row, one.column, one.sentence) for one in found]


def imported(data, **options):
    """Import a file that has no problem; return how many practices were written."""
    comparison, results = compared(data, **options)
    assert [one for result in results for one in result.problems] == []
    return write(results, comparison.new, options.get("by"))


def exported(pks, form):
    """Some practices as a file, "csv" or "xlsx"."""
    from practices.open_data.formats import FORMATS

    return b"".join(FORMATS[form][0](Table(pks)))
