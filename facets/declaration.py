"""What a facet is: values one can tick, with the number of items each would give; and the search box and the order.

OR within a facet, AND across facets; a facet's counts apply every filter but its own. An application declares which
facets there are in a subclass of `filterset.FacetedFilterSet`, which reads and answers a whole choice.
"""

from dataclasses import dataclass

import django_filters
from django import forms
from django.db import models
from django.utils.functional import cached_property

BY_RELEVANCE = "by_relevance"
"""The order of a search: by the tier where its words were found, then the newest first."""
SHOWN_AT_FIRST = 8
"""Options of a facet shown before "Voir les N autres"."""


@dataclass(slots=True)
class Option:
    """One line of a facet, ready to print."""

    param: str
    value: str
    label: str
    count: int
    selected: bool


@dataclass(frozen=True)
class OrderOption:
    """One order of the list, with the query string that asks for it."""

    label: str
    query: str
    current: bool


class KnownValuesField(forms.Field):
    """Keeps the values that `known` (a function) lists, once each, in that order; it has nothing to refuse.

    `moved`, a function of values, gives what those that were known once are called now, as {former: present}.
    """

    widget = forms.MultipleHiddenInput

    def __init__(self, *, known, moved=None, **kwargs):
        super().__init__(required=False, **kwargs)
        self.known = known
        self.moved = moved

    def clean(self, value):
        """Return the known ones among the values of the query, under their present names."""
        asked = set(value or ())
        if not asked:
            return []
        known = self.known()
        strangers = asked.difference(known)
        if strangers and self.moved:
            asked |= set(self.moved(strangers).values())
        return [one for one in known if one in asked]


class DeclaredFilter(django_filters.Filter):
    """A filter under the name of its query parameter; a filterset works on a copy of the declaration."""

    nothing: str | tuple = ()
    """What is read where the parameter is absent."""

    def __init__(self, field_name=None, *, param, label):
        super().__init__(field_name, label=label)
        self.param = param

    def __copy__(self):
        """A twin with the same attributes; Python would take ten times as long to find that out."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin


class Facet(DeclaredFilter):
    """A filter of several values that counts them; subclasses say which values there are and which field holds them.

    `labels_in_sql(public)` gives every value a visitor may choose among some items, in display order, by value.
    """

    lookup: str
    model: type[models.Model]
    """The model that is filtered, set when the filterset is declared."""

    @property
    def field(self):
        """The form field that reads this facet's parameter."""
        return KnownValuesField(known=lambda: self.labels, moved=self.moved, label=self.label)

    def moved(self, values):
        """Those among some values that were renamed or merged, as {former: present}."""
        return {}

    @property
    def model_field(self):
        """The field of the model whose values are counted."""
        return self.model._meta.get_field(self.field_name)

    def filter(self, queryset, values):
        """Narrow `queryset` to the items that have one of the values at least."""
        if not values:
            return queryset
        matching = self.model._default_manager.filter(**{f"{self.lookup}__in": values})
        return queryset.filter(pk__in=matching.order_by().values("pk"))

    @cached_property
    def labels(self):
        """Every value a visitor may choose, in display order, as {value: label}."""
        return self.parent.answers.labels(self)

    @property
    def chosen(self):
        """The values that are ticked, in display order."""
        return self.parent.selection.values[self.param]

    @cached_property
    def options(self):
        """The values in use, and the ticked ones whatever their count, in display order."""
        totals, counts = self.parent.answers.counts(self)
        chosen = self.chosen
        return [
            Option(self.param, value, label, counts.get(value, 0), value in chosen)
            for value, label in self.labels.items()
            if value in totals or value in chosen
        ]

    @cached_property
    def first_options(self):
        """The options to show at once."""
        return self.options if len(self.options) <= SHOWN_AT_FIRST + 1 else self.options[:SHOWN_AT_FIRST]

    @cached_property
    def more_options(self):
        """The options to show on demand: more than one, or none."""
        return self.options[len(self.first_options) :]

    @property
    def more_chosen(self):
        """Whether something is ticked among those shown on demand."""
        return any(option.selected for option in self.more_options)


class TermFacet(Facet):
    """A facet over one vocabulary: its values are slugs, its labels the names in the page's language."""

    vocabulary: type[models.Model]
    """The model of the terms, set when the filterset is declared."""

    def __init__(self, field_name, **kwargs):
        super().__init__(field_name, **kwargs)
        self.lookup = f"{field_name}__slug"

    def labels_in_sql(self, public):
        """The whole vocabulary, so that a shared address keeps its meaning when a term falls out of use."""
        return {term.slug: term.name for term in self.vocabulary.objects.in_display_order()}

    def moved(self, values):
        """The slugs that terms had before they were renamed, or merged into another, as {former: present}."""
        return self.parent.answers.moved(self, values)


class YearFacet(Facet):
    """A facet over a field of years, the latest first."""

    def __init__(self, field_name, **kwargs):
        super().__init__(field_name, **kwargs)
        self.lookup = field_name

    def labels_in_sql(self, public):
        """The years of the public items."""
        field = self.field_name
        years = public.exclude(**{field: None}).order_by(f"-{field}").values_list(field, flat=True)
        return {str(year): str(year) for year in years.distinct()}


class SearchField(forms.CharField):
    """A search, cut after `longest` characters, where it gets too long to be one."""

    def __init__(self, *, longest, **kwargs):
        super().__init__(**kwargs)
        self.longest = longest

    def clean(self, value):
        """Return the words, without the spaces around them."""
        return super().clean(value)[: self.longest].strip()


class SearchFilter(DeclaredFilter):
    """The search box, answered by the search engine of the catalogue."""

    nothing = ""

    @property
    def field(self):
        """The form field that reads the search."""
        return SearchField(longest=self.parent.catalogue.search.longest, required=False, label=self.label)

    def filter(self, queryset, value):
        """Narrow `queryset` to the items that match."""
        return self.parent.catalogue.search.narrowed(queryset, value) if value else queryset


class SortFilter(DeclaredFilter):
    """The order of the list: each choice names a method of the queryset; the first is the default.

    The choice BY_RELEVANCE is there when there is a search only, and is the default then.
    """

    def __init__(self, *, param, label, choices):
        super().__init__(param=param, label=label)
        self.choices = choices

    @property
    def field(self):
        """The form field that reads the order; it keeps a known value or none."""
        return KnownValuesField(known=lambda: self.choices, label=self.label)

    def filter(self, queryset, values):
        """Put `queryset` in the order asked for."""
        selection = self.parent.selection
        order = self.order(selection.sort)
        if order == BY_RELEVANCE:
            return self.parent.catalogue.search.ranked(queryset, selection.search)
        return getattr(queryset, order)()

    def available(self, searched):
        """The choices of a list, the default first."""
        return {value: one for value, one in self.choices.items() if searched or one[1] != BY_RELEVANCE}

    def order(self, value):
        """The name of the order behind a choice, "" being the default."""
        available = self.available(self.parent.selection.search)
        return available.get(value, next(iter(available.values())))[1]

    @property
    def options(self):
        """The orders, ready to print."""
        selection = self.parent.selection
        available = self.available(selection.search)
        default, orders = next(iter(available)), []
        for value, (label, _order) in available.items():
            query = selection.sorted_by("" if value == default else value).query()
            orders.append(OrderOption(str(label), query, value == (selection.sort or default)))
        return orders
