"""How a visitor's whole choice is read from an address, told back and answered; its facets are in `declaration`."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.datastructures import MultiValueDict
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from facets.backends.bitmaps import Found, IndexAnswers
from facets.backends.sql import SqlAnswers
from facets.catalogue import Catalogue
from facets.declaration import DeclaredFilter, Facet, SearchFilter, SortFilter, TermFacet
from facets.selection import Selection
from facets.snapshot import Snapshot

TOLD = 5
"""Unknown values that a notice names."""
MAX_VALUES = 50
"""Values read from one request; the others are left out, with a notice."""


@dataclass(frozen=True)
class Chip:
    """One chosen value, ready to print, with the query string that removes it."""

    facet: str
    label: str
    query: str


@dataclass(frozen=True)
class Removal:
    """What of a choice (a facet’s, or the search) could be removed, how many items would come, by which query."""

    facet: str
    labels: tuple[str, ...]
    count: int
    query: str


class Declared(dict[str, DeclaredFilter]):
    """The filters of a class, by parameter: each filterset is made with a copy, which shares what never changes."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, DeclaredFilter]:
        """Return the filters copied one by one, none of what they hold."""
        return {param: copy(one) for param, one in self.items()}


class FacetedFilterSet(django_filters.FilterSet):
    """A filterset whose facets count, and which knows the address of every neighbouring choice.

    `queryset` is what the visitor may see at all; with a `snapshot` of the index the answers come from memory, without
    one from SQL, and they are the same. Anything in `data` that is not understood is left out and told in
    `notices`: nothing in an address is an error.
    """

    catalogue: Catalogue
    """What the application tells of the items; a subclass names it."""

    def __init__(
        self,
        data: MultiValueDict | None = None,
        queryset: QuerySet | None = None,
        *,
        snapshot: Snapshot | None = None,
        **kwargs: Any,
    ) -> None:
        data, self.left_out = self._bounded(data)
        super().__init__(data, queryset, **kwargs)
        self.snapshot = snapshot
        self.answers = SqlAnswers(self) if snapshot is None else IndexAnswers(self, snapshot)

    @classmethod
    def get_filters(cls) -> Declared:
        """Return the filters by query parameter instead of by attribute, in order of declaration."""
        filters = Declared((getattr(one, "param", name), one) for name, one in super().get_filters().items())
        for one in filters.values():
            one.model = cls._meta.model
            if isinstance(one, TermFacet):
                one.vocabulary = one.model_field.related_model
        return filters

    @classmethod
    def _bounded(cls, data: MultiValueDict | None) -> tuple[MultiValueDict, int]:
        """Return the parameters this filterset reads, with at most MAX_VALUES values, and how many were left out."""
        kept, room, left_out = MultiValueDict(), MAX_VALUES, 0
        for param in data or ():
            if param in cls.base_filters:
                values = list(dict.fromkeys(value for value in data.getlist(param) if value))
                kept.setlist(param, values[:room])
                left_out += len(values[room:])
                room -= len(values[:room])
        return kept, left_out

    @classmethod
    def declared_facets(cls) -> list[Facet]:
        """Return the facets, in display order, as they were declared: for addresses and indexes, not for counts."""
        return [one for one in cls.base_filters.values() if isinstance(one, Facet)]

    @classmethod
    def term_facets(cls) -> list[TermFacet]:
        """Return those of `declared_facets` that are over a vocabulary."""
        return [one for one in cls.declared_facets() if isinstance(one, TermFacet)]

    @cached_property
    def facets(self) -> list[Facet]:
        """The facets, in display order."""
        return [one for one in self.filters.values() if isinstance(one, Facet)]

    def facet(self, param: str) -> Facet:
        """Return the facet of a query parameter; KeyError where there is none."""
        return self.filters[param]

    @cached_property
    def search(self) -> SearchFilter:
        """The search box."""
        return next(one for one in self.filters.values() if isinstance(one, SearchFilter))

    @property
    def nearest(self) -> tuple[str, str] | None:
        """The query string of the same choice with the words of the search mended, and those words; or None."""
        asked = self.selection.search
        words = self.catalogue.search.nearest(asked, self.snapshot) if asked and self.snapshot else ""
        return (replace(self.selection, search=words).query(), words) if words else None

    @cached_property
    def sort(self) -> SortFilter:
        """The order of the list."""
        return next(one for one in self.filters.values() if isinstance(one, SortFilter))

    @classmethod
    def select(
        cls, values: Mapping[str, tuple[str, ...]] | None = None, *, sort: str = "", search: str = ""
    ) -> Selection:
        """Return a choice of values (by parameter), an order and a search, under the names that addresses have."""
        search_param, sort_param = (
            next(param for param, one in cls.base_filters.items() if isinstance(one, kind))
            for kind in (SearchFilter, SortFilter)
        )
        return Selection(values or {}, sort, search, sort_param=sort_param, search_param=search_param)

    @cached_property
    def selection(self) -> Selection:
        """What the visitor has chosen, as far as it is known."""
        chosen = {param: self._read(one) for param, one in self.filters.items()}
        search = chosen[self.search.param]
        _default, *others = self.sort.available(search)
        asked_sort = next((value for value in chosen[self.sort.param] if value in others), "")
        values = {facet.param: tuple(chosen[facet.param]) for facet in self.facets}
        return self.select(values, sort=asked_sort, search=search)

    def _read(self, one: DeclaredFilter) -> Any:
        """Return what a filter's own field makes of the query, as a form would; making one costs a millisecond."""
        if one.param not in self.data:
            return one.nothing
        field = one.field
        try:
            return field.clean(field.widget.value_from_datadict(self.data, {}, one.param))
        except ValidationError:
            return field.clean(None)

    @cached_property
    def moved(self) -> dict[str, Mapping[str, str]]:
        """The values of the address that are called otherwise by now, as {parameter: {former: present}}."""
        strangers = {facet: set(self.data.getlist(facet.param)).difference(facet.labels) for facet in self.facets}
        found = {facet.param: facet.moved(values) for facet, values in strangers.items() if values}
        return {param: moved for param, moved in found.items() if moved}

    @cached_property
    def chips(self) -> list[Chip]:
        """The chosen values, in display order."""
        return [
            Chip(str(facet.label), facet.labels[value], self.selection.without(facet.param, value).query())
            for facet in self.facets
            for value in facet.chosen
        ]

    @property
    def removals(self) -> list[Removal]:
        """What the removal of each facet's choice, or of a search beside one, would bring, the most fruitful first."""
        removals = [
            Removal(
                facet.label,
                tuple(facet.labels[value] for value in facet.chosen),
                self.answers.count_without(facet),
                self.selection.without(facet.param).query(),
            )
            for facet in self.facets
            if facet.chosen
        ]
        if removals and (words := self.selection.search):
            shown = _("“%(words)s”") % {"words": Truncator(words).chars(60)}
            without = replace(self.selection, search="")
            removals.append(Removal(self.search.label, (shown,), self.answers.count_without_search(), without.query()))
        return sorted((one for one in removals if one.count), key=lambda one: -one.count)

    @property
    def results(self) -> Found | QuerySet:
        """The items found, in the order asked for: a sequence of primary keys, to count and to slice."""
        return self.answers.results()

    @property
    def everything(self) -> Found | QuerySet:
        """All the items, in the default order, whatever is chosen: a sequence of primary keys too."""
        return self.answers.everything()

    @cached_property
    def notices(self) -> list[str]:
        """Sentences that say what in the address was left out."""
        notices = []
        longest = self.catalogue.search.longest
        if len(self.data.get(self.search.param, "").strip()) > longest:
            notices.append(_("Only the first %(count)s characters of the search were read.") % {"count": longest})
        if self.selection.search and not self.catalogue.search.has_words(self.selection.search):
            sentence = _("“%(search)s” holds no word to search for and was left out.")
            notices.append(sentence % {"search": Truncator(self.selection.search).chars(60)})
        for param, one in self.filters.items():
            if one is self.search:
                continue
            known = set(self.selection.values.get(param, ())) | set(getattr(one, "choices", ()))
            known |= set(self.moved.get(param, ()))
            unknown = [value for value in self.data.getlist(param) if value not in known]
            if unknown:
                shown = _("”, “").join(Truncator(value).chars(60) for value in unknown[:TOLD])
                sentence = ngettext(
                    "“%(values)s” is not known under %(facet)s and was left out.",
                    "“%(values)s” are not known under %(facet)s and were left out.",
                    len(unknown),
                )
                sentence %= {"values": shown, "facet": one.label}
                others = len(unknown) - TOLD
                if others > 0:
                    sentence += " " + ngettext("So was %(count)s other.", "So were %(count)s others.", others) % {
                        "count": others
                    }
                notices.append(sentence)
        if self.left_out:
            notices.append(_("Only the first %(count)s values of this address were read.") % {"count": MAX_VALUES})
        return notices
