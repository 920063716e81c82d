"""Which heading of a file holds which column, and how a cell is taken from a row by it."""

from content.spreadsheets import unguarded
from practices.importing import cells
from practices.importing.columns import columns
from practices.importing.problems import Problem


class Layout:
    """A file’s headings mapped to columns."""

    def __init__(self, headings, mapping):
        """Take the headings and {name of a column: place of its heading}."""
        self.headings = headings
        self.every = columns()
        self.places = {name: mapping[name] for name in self.every if name in mapping}
        self.columns = {name: self.every[name] for name in self.places}

    def first(self, name):
        """The column of a field, in the first language where it has several."""
        return next(one for one, column in self.every.items() if name in (one, column.original))

    def cell(self, texts, name):
        """The text of a row in a column, without what does not count; "" where the file has no such column."""
        return cells.plain(unguarded(texts[self.places[name]])) if name in self.places else ""

    def problem(self, row, name, sentence):
        """A problem of a row in a column, called as the file calls it."""
        heading = self.headings[self.places[name]] if name in self.places else self.every[name].heading
        return Problem(row, heading, str(sentence))
