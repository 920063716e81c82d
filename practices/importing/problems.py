"""What is said of a fault in a file: where it is, in the words of a spreadsheet, and what to do."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Problem:
    """A fault at a row (1 is the heading, 0 the whole file) and a column (its heading, or "")."""

    row: int
    column: str
    sentence: str

    @property
    def place(self):
        """Where it is, in words."""
        if not self.row:
            return _("whole file")
        row = _("row %(row)d") % {"row": self.row}
        column = _("column “%(column)s”") % {"column": self.column}
        return f"{row}, {column}" if self.column else row

    @property
    def told(self):
        """Where it is and what to do, in one line."""
        return _("%(name)s: %(words)s") % {"name": self.place, "words": self.sentence}


class Unreadable(Exception):
    """The file cannot be read at all; `problem` says why."""

    def __init__(self, sentence, row=0, column=""):
        super().__init__(sentence)
        self.problem = Problem(row, column, str(sentence))
