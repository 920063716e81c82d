"""The reads of rows whose texts exist in every language; which texts these are is in `translation`."""

from functools import reduce
from operator import and_, or_

from django.db import models
from django.db.models import Q

from content.languages import column, translated_fields


class TranslatedQuerySet(models.QuerySet):
    """Rows whose texts exist in every language, once they are registered in `translation`."""

    def as_stored(self):
        """The same, whose columns are read by their names ("title_fr"), without what a fallback costs."""
        return self.rewrite(False)  # type: ignore[attr-defined]

    def untranslated(self, language):
        """Those of which a text exists in the default language and not in this one: nothing of them yet, or a part."""
        return self.filter(self._lacking(language))

    def not_begun(self, language):
        """Those of which no text at all exists in a language."""
        return self.filter(reduce(and_, (_empty(column(name, language)) for name in translated_fields(self.model))))

    def translated(self, language):
        """Those of which every text that exists in the default language exists in this one."""
        return self.exclude(self._lacking(language))

    def _lacking(self, language):
        names = translated_fields(self.model)
        return reduce(or_, (~_empty(column(name)) & _empty(column(name, language)) for name in names))


def _empty(field):
    return Q(**{field: ""}) | Q(**{f"{field}__isnull": True})
