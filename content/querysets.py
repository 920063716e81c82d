"""The reads of rows whose texts exist in every language; the `translation` of each application says which they are."""

from functools import reduce
from operator import and_, or_
from typing import Self

from django.db import models
from django.db.models import Q

from content.languages import column, translated_fields


class TranslatedQuerySet(models.QuerySet):
    """Rows of a model that an application's `translation` registers; a language is given as its code, "en"."""

    def as_stored(self) -> Self:
        """Return the same rows, whose columns are read by their names ("title_fr"), without what a fallback costs."""
        return self.rewrite(False)  # type: ignore[attr-defined]

    def untranslated(self, language: str) -> Self:
        """Return the rows of which some text, or all of them, exists in the default language and not in this one."""
        return self.filter(self._lacking(language))

    def not_begun(self, language: str) -> Self:
        """Return the rows of which no text at all exists in a language."""
        return self.filter(reduce(and_, (_empty(column(name, language)) for name in translated_fields(self.model))))

    def translated(self, language: str) -> Self:
        """Return the rows of which every text that exists in the default language exists in this one."""
        return self.exclude(self._lacking(language))

    def _lacking(self, language: str) -> Q:
        names = translated_fields(self.model)
        return reduce(or_, (~_empty(column(name)) & _empty(column(name, language)) for name in names))


def _empty(field: str) -> Q:
    return Q(**{field: ""}) | Q(**{f"{field}__isnull": True})
