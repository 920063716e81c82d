"""The kinds of columns: how the value of a field is written in a cell, and read back, side by side.

A value is that of a version of a practice (`editorial.revisions`), with its status besides. Which columns there
are is in `columns`.
"""

from datetime import UTC
from itertools import chain, count

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone, translation
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from practices.editorial.revisions import kept
from practices.importing import cells
from practices.importing.countries import spoken
from practices.importing.fields import in_another_language, own_fields, without_empty_translations
from practices.importing.words import found_in
from practices.models import Organisation, Status

YES = {"oui", "yes", "vrai", "true", "1", "x"}
NO = {"non", "no", "faux", "false", "0"}


class Column:
    """A column: the field of a practice that it holds, and the two ways between text and value."""

    what = ""
    """What the page of documentation says that a cell holds."""

    def __init__(self, field):
        self.field = field
        self.name = field.name
        self.key = field.attname if field.concrete and not field.many_to_many else field.name
        self.original = field.translated_field.name if hasattr(field, "translated_field") else field.name

    @property
    def heading(self):
        """What the column is called in the active language."""
        return str(capfirst(self.field.verbose_name))

    @property
    def required(self):
        """Whether a new practice cannot do without it."""
        if in_another_language(self.field):
            return False
        original = getattr(self.field, "translated_field", self.field)
        return not original.blank and not original.has_default()

    @cached_property
    def form_field(self):
        """The field of a form that cleans what is typed, so that a table and the back office accept the same."""
        return self.field.formfield()

    def clean(self, text):
        """The value of a field from a text, cleaned as a form and then the model do."""
        if self.required and not text:
            raise ValidationError(self.form_field.error_messages["required"])
        value = self.field.clean(self.form_field.clean(text), None)
        return "" if value is None and hasattr(self.field, "translated_field") else value

    def text(self, data, words):
        """The value of a practice as a cell."""
        value = data.get(self.key)
        return "" if value is None else cells.plain(str(value))

    def read(self, text, words):
        """The value that a cell holds; raise ValidationError."""
        return self.clean(text)


class NumberColumn(Column):
    """A year."""


class DateColumn(Column):
    """A moment, written in the time of the site with its offset; one without is understood in that time."""

    def text(self, data, words):
        """ISO 8601."""
        moment = self.field.to_python(data[self.key])
        return timezone.localtime(moment).isoformat() if moment else ""

    def read(self, text, words):
        """A date, or a date and a time."""
        try:
            moment = self.clean(text)
            return moment.astimezone(UTC).isoformat() if moment else None
        except OverflowError as error:
            raise ValidationError(_("This date is out of range.")) from error


class StatusColumn(Column):
    """A status, by its name."""

    def text(self, data, words):
        """The name of a status."""
        return str(Status(data["status"]).label)

    def read(self, text, words):
        """The status of a name in any language of the site."""
        for status in Status:
            if spoken(text) in {spoken(status.value), *_in_each_language(lambda one=status: str(one.label))}:
                return status.value
        known = ", ".join(str(label) for label in Status.labels)
        raise ValidationError(_("“%(word)s” is no status: %(known)s.") % {"word": text, "known": known})


class TermColumn(Column):
    """One term."""

    def text(self, data, words):
        """Its name."""
        return cells.joined([words[self.name].word(data[self.key])]) if data[self.key] else ""

    def read(self, text, words):
        """The key of the one term."""
        found = found_in(text, words[self.name])
        if not text:
            raise ValidationError(self.form_field.error_messages["required"])
        if len(found) != 1:
            raise ValidationError(_("One value is expected here."))
        return found[0]


class TermsColumn(Column):
    """Several terms."""

    def text(self, data, words):
        """Their names."""
        vocabulary = words[self.name]
        return cells.joined(sorted(vocabulary.word(pk) for pk in data[self.key]))

    def read(self, text, words):
        """The keys of the terms."""
        return sorted(set(found_in(text, words[self.name])))


class OrganisationsColumn(TermsColumn):
    """Several organisations."""

    def read(self, text, words):
        """The keys of the organisations; raise ValidationError."""
        return sorted({words[self.name].find(name) for name in cells.pieces(text)})


class WebsitesColumn(Column):
    """The websites of the organisations of a row: no value of the practice, but what is made of a new organisation."""

    required = False

    def __init__(self):
        super().__init__(Organisation._meta.get_field("website"))
        self.name = self.key = self.original = "organisation_websites"

    @property
    def heading(self):
        """What the column is called in the active language."""
        return str(_("Websites of the organisations"))

    def text(self, data, words):
        """One line an organisation that has one: its name and its website."""
        carriers = words["organisations"]
        told = sorted((carriers.word(pk), carriers.website(pk)) for pk in data["organisations"])
        return cells.table([[name, cells.plain(website)] for name, website in told if website])

    def read(self, text, words):
        """Tell the websites; raise ValidationError where one is not, or cannot be, that of its organisation."""
        for number, line in enumerate(cells.rows(text), start=1):
            if len(line) != 2:
                raise ValidationError(_("Line %(line)s: “name | website” is expected.") % {"line": number})
            name, website = line
            if not words["organisations"].tell(name, self.clean(website)):
                raise ValidationError(
                    _("“%(name)s” is not an organisation with this website: change it on its own page.")
                    % {"name": name}
                )


class PartsColumn(Column):
    """Rows of a part of a practice: key figures, links."""

    def __init__(self, name, model):
        self.name = self.key = self.original = name
        self.model = model
        self.verbose_name = model._meta.verbose_name_plural

    @property
    def heading(self):
        """What the column is called in the active language."""
        return str(capfirst(self.verbose_name))

    required = False

    @cached_property
    def columns(self):
        """The pieces of a row: the fields in order, other languages last so that the first places never move."""
        fields = own_fields(self.model, but={"practice", "order"})
        return [Column(field) for field in sorted(fields, key=in_another_language)]

    def text(self, data, words):
        """One line a row."""
        return cells.table([[self._piece(one, row.get(one.key)) for one in self.columns] for row in data[self.key]])

    def _piece(self, column, value):
        if isinstance(value, bool):
            return "" if value == column.field.get_default() else (cells.YES if value else cells.NO)
        return "" if value is None else cells.plain(str(value))

    def read(self, text, words):
        """The rows, numbered in their order."""
        found = []
        for line in cells.rows(text):
            if len(line) > len(self.columns):
                raise ValidationError(_("Line %(line)s has too many “|”.") % {"line": len(found) + 1})
            line += [""] * (len(self.columns) - len(line))
            row = kept(self.model())
            for column, piece in zip(self.columns, line, strict=True):
                try:
                    row[column.key] = self._value(column, piece)
                except ValidationError as error:
                    told = {"line": len(found) + 1, "field": column.heading, "error": " ".join(error.messages)}
                    raise ValidationError(_("Line %(line)d, %(field)s: %(error)s") % told) from error
            row["order"] = len(found)
            found.append(without_empty_translations(self.model, row))
        self._refuse_doubles(found)
        return found

    def number(self, rows, before):
        """Give rows the places that those before had, so that a row that did not change is the same."""
        orders = [row["order"] for row in before]
        if orders == sorted(orders):
            after = orders[-1] + 1 if orders else 0
            for row, order in zip(rows, chain(orders, count(after)), strict=False):
                row["order"] = order

    def _value(self, column, piece):
        if isinstance(column.field, models.BooleanField):
            if not piece:
                return column.field.get_default()
            if spoken(piece) in YES or spoken(piece) == spoken(column.heading):
                return True
            if spoken(piece) in NO:
                return False
            raise ValidationError(_("“yes” or “no” is expected."))
        return column.read(piece, None)

    def _refuse_doubles(self, rows):
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and "practice" in constraint.fields:
                names = [name for name in constraint.fields if name != "practice"]
                seen = set()
                for row in rows:
                    key = tuple(row.get(name) for name in names)
                    if key in seen:
                        raise ValidationError(_("“%(value)s” is there twice.") % {"value": " ".join(map(str, key))})
                    seen.add(key)


def _in_each_language(say):
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            yield spoken(say())
