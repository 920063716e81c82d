"""The practices of the back office as a file that can be imported again; how a file is written is in `exports`."""

from django.conf import settings
from django.db import models
from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from content.fields import RichTextField
from content.spreadsheets import guarded
from practices.importing.column_kinds import NumberColumn, PartsColumn
from practices.importing.columns import columns, words_of
from practices.importing.comparing import states
from practices.open_data.formats import FORMATS, Column
from practices.presentation.records import BATCH

WIDTHS = {RichTextField: 60, models.TextField: 60}


class Table:
    """Some practices, whatever their status, ready to be written by `exports` with the columns of an import."""

    def __init__(self, pks):
        self.pks = list(pks)
        self.language = translation.get_language()
        self.made_at = timezone.localtime()
        self.words = words_of()
        self.columns = [Column(one.heading, self._cell(one), _width(one)) for one in columns().values()]

    def _cell(self, column):
        def cell(state):
            text = guarded(column.text(state, self.words))
            return int(text) if text and isinstance(column, NumberColumn) else text

        return cell

    def records(self):
        """Yield the practices in batches, each read in the language of the export: a server may iterate elsewhere."""
        for start in range(0, len(self.pks), BATCH):
            pks = self.pks[start : start + BATCH]
            with translation.override(self.language):
                found = states(pks)
                self.words["related"].learn(pk for one in found.values() for pk in one.state["related"])
                yield [found[pk].state for pk in pks if pk in found]

    @property
    def about(self):
        """What a reader of the file must know, as {question: answer}."""
        return {
            _("Source"): settings.SITE_NAME,
            _("Exported on"): self.made_at.isoformat(timespec="minutes"),
            _("Practices"): str(len(self.pks)),
            _("To import"): _(
                "Change the first sheet and import it in the back office: a practice is known by its address. "
                "Several values in a cell are separated by “|”; images and documents are not in this file."
            ),
        }


def _width(column):
    if isinstance(column, PartsColumn):
        return 60
    return next((width for kind, width in WIDTHS.items() if isinstance(column.field, kind)), 24)


def respond(pks, extension):
    """Some practices (primary keys) as a file to take away: "csv" or "xlsx"."""
    table = Table(pks)
    write, content_type = FORMATS[extension]
    response = StreamingHttpResponse(write(table), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="pratiques-{table.made_at:%Y-%m-%d}.{extension}"'
    return response
