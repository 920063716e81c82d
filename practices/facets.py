"""Owns what a facet is: values one can tick, with the number of practices each would give.

OR within a facet, AND across facets; a facet's counts apply every filter but its own. Which facets there are is in
`filters`.
"""

from dataclasses import dataclass

import django_filters
from django import forms
from django.db.models import Count, Q
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from practices.models import Term
from practices.selection import Selection

MAX_VALUES = 50
"""Values read from one request; the others are left out, with a notice."""
SHOWN_AT_FIRST = 8
"""Options of a facet shown before "Voir les N autres"."""


@dataclass(frozen=True)
class Option:
    """One line of a facet, ready to print."""

    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True)
class Chip:
    """One chosen value, ready to print, with the query string that removes it."""

    facet: str
    label: str
    query: str


@dataclass(frozen=True)
class Removal:
    """A facet's choice whose removal would bring practices: what is removed, how many come, by which query."""

    facet: str
    labels: tuple[str, ...]
    count: int
    query: str


class KnownValuesField(forms.Field):
    """Keeps the values that `known` (a function) lists, once each, in that order; it has nothing to refuse."""

    widget = forms.SelectMultiple

    def __init__(self, *, known, **kwargs):
        super().__init__(required=False, **kwargs)
        self.known = known

    def clean(self, value):
        """Return the known ones among the values of the query."""
        asked = set(value or ())
        return [known for known in self.known() if known in asked] if asked else []


class Facet(django_filters.Filter):
    """A filter of several values that counts them; subclasses say which values there are and which field holds them."""

    lookup: str

    def __init__(self, field_name, *, param, label):
        super().__init__(field_name, label=label)
        self.param = param

    @property
    def field(self):
        """The form field that reads this facet's parameter."""
        return KnownValuesField(known=lambda: self.labels, label=self.label)

    @cached_property
    def labels(self):
        """Every value a visitor may choose, in display order, as {value: label}."""
        raise NotImplementedError

    def filter(self, queryset, values):
        """Narrow `queryset` to the practices that have one of the values at least."""
        if not values:
            return queryset
        matching = self.model.objects.filter(**{f"{self.lookup}__in": values})
        return queryset.filter(pk__in=matching.order_by().values("pk"))

    @property
    def chosen(self):
        """The values that are ticked, in display order."""
        return self.parent.selection.values[self.param]

    @cached_property
    def tally(self):
        """The values in use, as {value: (in the whole catalogue, under every filter but this one)}; one query."""
        everywhere = Count("pk")
        found = everywhere
        if self.parent.selection.without(self.param).chosen:
            found = Count("pk", filter=Q(pk__in=self.parent.found_ignoring(self).order_by().values("pk")))
        rows = self.parent.queryset.order_by().values_list(self.lookup).annotate(everywhere, found_count=found)
        return {str(value): (total, count) for value, total, count in rows if value is not None}

    @cached_property
    def options(self):
        """The values in use, and the ticked ones whatever their count, in display order."""
        return [
            Option(value, label, self.tally.get(value, (0, 0))[1], value in self.chosen)
            for value, label in self.labels.items()
            if value in self.tally or value in self.chosen
        ]

    @property
    def first_options(self):
        """The options to show at once."""
        return self.options if len(self.options) <= SHOWN_AT_FIRST + 1 else self.options[:SHOWN_AT_FIRST]

    @property
    def more_options(self):
        """The options to show on demand: more than one, or none."""
        return self.options[len(self.first_options) :]

    @property
    def more_chosen(self):
        """Whether something is ticked among those shown on demand."""
        return any(option.selected for option in self.more_options)


class TermFacet(Facet):
    """A facet over one vocabulary: its values are slugs, its labels the names in the page's language."""

    vocabulary: type[Term]
    """The model of the terms, set when the filterset is declared."""

    def __init__(self, field_name, **kwargs):
        super().__init__(field_name, **kwargs)
        self.lookup = f"{field_name}__slug"

    @cached_property
    def labels(self):
        """The whole vocabulary, so that a shared address keeps its meaning when a term falls out of use."""
        return {term.slug: term.name for term in self.vocabulary.objects.in_display_order()}


class YearFacet(Facet):
    """A facet over a field of years, the latest first."""

    def __init__(self, field_name, **kwargs):
        super().__init__(field_name, **kwargs)
        self.lookup = field_name

    @cached_property
    def labels(self):
        """The years of the public practices."""
        field = self.field_name
        years = self.parent.queryset.exclude(**{field: None}).order_by(f"-{field}").values_list(field, flat=True)
        return {str(year): str(year) for year in years.distinct()}


class SortFilter(django_filters.Filter):
    """The order of the list: each choice names a method of the queryset; the first is the default."""

    def __init__(self, *, param, label, choices):
        super().__init__(label=label)
        self.param = param
        self.choices = choices

    @property
    def field(self):
        """The form field that reads the order; it keeps a known value or none."""
        return KnownValuesField(known=lambda: self.choices, label=self.label)

    def filter(self, queryset, values):
        """Put `queryset` in the order asked for."""
        chosen = self.choices[values[0]] if values else next(iter(self.choices.values()))
        return getattr(queryset, chosen[1])()

    @property
    def options(self):
        """The orders, as (label, query string, whether it is the present one)."""
        selection, (default, *_others) = self.parent.selection, self.choices
        for value, (label, _method) in self.choices.items():
            query = selection.sorted_by("" if value == default else value).query()
            yield label, query, value == (selection.sort or default)


class FacetedFilterSet(django_filters.FilterSet):
    """A filterset whose facets count, and which knows the address of every neighbouring choice.

    `queryset` is what the visitor may see at all. Anything in `data` that is not understood is left out and told in
    `notices`: nothing in an address is an error.
    """

    def __init__(self, data=None, queryset=None, **kwargs):
        data, self.left_out = self._bounded(data)
        super().__init__(data, queryset, **kwargs)

    @classmethod
    def get_filters(cls):
        """The filters by query parameter instead of by attribute, in order of declaration."""
        filters = {getattr(one, "param", name): one for name, one in super().get_filters().items()}
        for one in filters.values():
            if isinstance(one, TermFacet):
                one.vocabulary = cls._meta.model._meta.get_field(one.field_name).related_model
        return filters

    @classmethod
    def _bounded(cls, data):
        """Return the parameters this filterset reads, with at most MAX_VALUES values, and how many were left out."""
        kept, room, left_out = QueryDict(mutable=True), MAX_VALUES, 0
        for param in data or ():
            if param in cls.base_filters:
                values = list(dict.fromkeys(value for value in data.getlist(param) if value))
                kept.setlist(param, values[:room])
                left_out += len(values[room:])
                room -= len(values[:room])
        return kept, left_out

    @classmethod
    def term_facets(cls):
        """The facets over a vocabulary, in display order; for addresses, not for counts."""
        return [one for one in cls.base_filters.values() if isinstance(one, TermFacet)]

    @property
    def facets(self):
        """The facets, in display order."""
        return [one for one in self.filters.values() if isinstance(one, Facet)]

    def facet(self, param):
        """The facet of a query parameter."""
        return self.filters[param]

    @property
    def sort(self):
        """The order of the list."""
        return next(one for one in self.filters.values() if isinstance(one, SortFilter))

    @cached_property
    def selection(self):
        """What the visitor has chosen, as far as it is known."""
        self.form.is_valid()
        chosen = self.form.cleaned_data
        asked_sort = next(iter(chosen[self.sort.param]), "")
        return Selection(
            {facet.param: tuple(chosen[facet.param]) for facet in self.facets},
            sort="" if asked_sort == next(iter(self.sort.choices)) else asked_sort,
            sort_param=self.sort.param,
        )

    def found_ignoring(self, ignored):
        """The practices under every filter but one facet's."""
        self.form.is_valid()
        queryset = self.queryset
        for facet in self.facets:
            if facet is not ignored:
                queryset = facet.filter(queryset, self.form.cleaned_data[facet.param])
        return queryset

    @cached_property
    def chips(self):
        """The chosen values, in display order."""
        return [
            Chip(facet.label, facet.labels[value], self.selection.without(facet.param, value).query())
            for facet in self.facets
            for value in facet.chosen
        ]

    @property
    def removals(self):
        """What the removal of each facet's choice would bring, the most fruitful first; one query a facet chosen."""
        removals = [
            Removal(
                facet.label,
                tuple(facet.labels[value] for value in facet.chosen),
                self.found_ignoring(facet).count(),
                self.selection.without(facet.param).query(),
            )
            for facet in self.facets
            if facet.chosen
        ]
        return sorted((one for one in removals if one.count), key=lambda one: -one.count)

    @cached_property
    def notices(self):
        """Sentences that say what in the address was left out."""
        notices = []
        for param, one in self.filters.items():
            known = set(self.selection.values.get(param, ())) | set(getattr(one, "choices", ()))
            unknown = [value for value in self.data.getlist(param) if value not in known]
            if unknown:
                shown = _("”, “").join(Truncator(value).chars(60) for value in unknown[:5])
                sentence = ngettext(
                    "“%(values)s” is not known under %(facet)s and was left out.",
                    "“%(values)s” are not known under %(facet)s and were left out.",
                    len(unknown),
                )
                notices.append(sentence % {"values": shown, "facet": one.label})
        if self.left_out:
            notices.append(_("Only the first %(count)s values of this address were read.") % {"count": MAX_VALUES})
        return notices
