"""What a facet is: values one can tick, with the number of items each would give; and the search box and the order.

OR within a facet, AND across facets; a facet's counts apply every filter but its own. An application declares which
facets there are in a subclass of `filterset.FacetedFilterSet`, which reads and answers a whole choice.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, Self

import django_filters
from django import forms
from django.db import models
from django.utils.functional import cached_property

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from facets.filterset import FacetedFilterSet

BY_RELEVANCE = "by_relevance"
"""The order of a search: by the tier where its words were found, then the newest first."""
SHOWN_AT_FIRST = 8
"""Options of a facet that are shown at once; the others are shown on demand."""


class Term(Protocol):
    """One entry of a vocabulary: a row of a model whose manager gives them all `in_display_order`."""

    _meta: ClassVar[Any]
    objects: ClassVar[Any]
    pk: Any
    slug: str
    name: str
    order: int


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

    def __init__(
        self,
        *,
        known: Callable[[], Iterable[str]],
        moved: Callable[[Collection[str]], Mapping[str, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(required=False, **kwargs)
        self.known = known
        self.moved = moved

    def clean(self, value: Iterable[str] | None) -> list[str]:
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

    nothing: str | tuple[str, ...] = ()
    """What is read where the parameter is absent."""
    parent: "FacetedFilterSet"
    """The filterset, set when one is made."""

    def __init__(self, field_name: str | None = None, *, param: str, label: "StrOrPromise") -> None:
        super().__init__(field_name, label=label)
        self.param = param

    def __copy__(self) -> Self:
        """Return a twin with the same attributes; Python would take ten times as long to find that out."""
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        return twin


class Facet(DeclaredFilter):
    """A filter of several values that counts them; subclasses say which values there are and which field holds them."""

    lookup: str
    model: type[models.Model]
    """The model that is filtered, set when the filterset is declared."""

    @property
    def field(self) -> KnownValuesField:
        """The form field that reads this facet's parameter."""
        return KnownValuesField(known=lambda: self.labels, moved=self.moved, label=self.label)

    def labels_in_sql(self, public: models.QuerySet) -> dict[str, str]:
        """Return every value a visitor may choose among some items, in display order, as {value: label}."""
        raise NotImplementedError

    def moved(self, values: Collection[str]) -> Mapping[str, str]:
        """Return those among some values that were renamed or merged, as {former: present}."""
        return {}

    @property
    def model_field(self) -> Any:
        """The field of the model whose values are counted."""
        return self.model._meta.get_field(self.field_name)

    def filter(self, queryset: models.QuerySet, values: Collection[str]) -> models.QuerySet:
        """Return the items of `queryset` that have one of the values at least; all of them without a value."""
        if not values:
            return queryset
        matching = self.model._default_manager.filter(**{f"{self.lookup}__in": values})
        return queryset.filter(pk__in=matching.order_by().values("pk"))

    @cached_property
    def labels(self) -> dict[str, str]:
        """Every value a visitor may choose, in display order, as {value: label}."""
        return self.parent.answers.labels(self)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The values that are ticked, in display order."""
        return self.parent.selection.values[self.param]

    @cached_property
    def options(self) -> list[Option]:
        """The values in use, and the ticked ones whatever their count, in display order."""
        totals, counts = self.parent.answers.counts(self)
        chosen = self.chosen
        return [
            Option(self.param, value, label, counts.get(value, 0), value in chosen)
            for value, label in self.labels.items()
            if value in totals or value in chosen
        ]

    @cached_property
    def first_options(self) -> list[Option]:
        """The options to show at once."""
        return self.options if len(self.options) <= SHOWN_AT_FIRST + 1 else self.options[:SHOWN_AT_FIRST]

    @cached_property
    def more_options(self) -> list[Option]:
        """The options to show on demand: more than one, or none."""
        return self.options[len(self.first_options) :]

    @property
    def more_chosen(self) -> bool:
        """Whether something is ticked among those shown on demand."""
        return any(option.selected for option in self.more_options)


class TermFacet(Facet):
    """A facet over one vocabulary: its values are slugs, its labels the names in the page's language."""

    vocabulary: type[Term]
    """The model of the terms, set when the filterset is declared."""

    def __init__(self, field_name: str, *, param: str, label: "StrOrPromise") -> None:
        super().__init__(field_name, param=param, label=label)
        self.lookup = f"{field_name}__slug"

    def labels_in_sql(self, public: models.QuerySet) -> dict[str, str]:
        """Return the whole vocabulary, so that a shared address keeps its meaning when a term falls out of use."""
        return {term.slug: term.name for term in self.vocabulary.objects.in_display_order()}

    def moved(self, values: Collection[str]) -> Mapping[str, str]:
        """Return the slugs that terms had before they were renamed, or merged into another, as {former: present}."""
        return self.parent.answers.moved(self, values)


class YearFacet(Facet):
    """A facet over a field of years, the latest first."""

    def __init__(self, field_name: str, *, param: str, label: "StrOrPromise") -> None:
        super().__init__(field_name, param=param, label=label)
        self.lookup = field_name

    def labels_in_sql(self, public: models.QuerySet) -> dict[str, str]:
        """Return the years of some items, the latest first, each under itself."""
        field = self.field_name
        years = public.exclude(**{field: None}).order_by(f"-{field}").values_list(field, flat=True)
        return {str(year): str(year) for year in years.distinct()}


class SearchField(forms.CharField):
    """A search, cut after `longest` characters, where it gets too long to be one."""

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def clean(self, value: Any) -> str:
        """Return the words, without the spaces around them."""
        return super().clean(value)[: self.longest].strip()


class SearchFilter(DeclaredFilter):
    """The search box, answered by the search engine of the catalogue."""

    nothing = ""

    @property
    def field(self) -> SearchField:
        """The form field that reads the search."""
        return SearchField(longest=self.parent.catalogue.search.longest, required=False, label=self.label)

    def filter(self, queryset: models.QuerySet, value: str) -> models.QuerySet:
        """Return the items of `queryset` that match a search; all of them without one."""
        return self.parent.catalogue.search.narrowed(queryset, value) if value else queryset


class SortFilter(DeclaredFilter):
    """The order of the list: each choice has a label and names a method of the queryset; the first is the default.

    The choice BY_RELEVANCE is there when there is a search only, and is the default then.
    """

    def __init__(self, *, param: str, label: "StrOrPromise", choices: Mapping[str, tuple["StrOrPromise", str]]) -> None:
        super().__init__(param=param, label=label)
        self.choices = choices

    @property
    def field(self) -> KnownValuesField:
        """The form field that reads the order; it keeps a known value or none."""
        return KnownValuesField(known=lambda: self.choices, label=self.label)

    def filter(self, queryset: models.QuerySet, values: Collection[str]) -> models.QuerySet:
        """Return `queryset` in the order asked for."""
        selection = self.parent.selection
        order = self.order(selection.sort)
        if order == BY_RELEVANCE:
            return self.parent.catalogue.search.ranked(queryset, selection.search)
        return getattr(queryset, order)()

    def available(self, searched: str) -> dict[str, tuple["StrOrPromise", str]]:
        """Return the choices of a list under a search ("" for none), the default first, as {value: (label, method)}."""
        return {value: one for value, one in self.choices.items() if searched or one[1] != BY_RELEVANCE}

    def order(self, value: str) -> str:
        """Return the name of the order behind a choice, "" being the default."""
        available = self.available(self.parent.selection.search)
        return available.get(value, next(iter(available.values())))[1]

    @property
    def options(self) -> list[OrderOption]:
        """The orders, ready to print."""
        selection = self.parent.selection
        available = self.available(selection.search)
        default, orders = next(iter(available)), []
        for value, (label, _order) in available.items():
            query = selection.sorted_by("" if value == default else value).query()
            orders.append(OrderOption(str(label), query, value == (selection.sort or default)))
        return orders
