"""What a visitor has chosen and the query strings that change it; what the choices mean is in `declaration`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import quote_plus

from django.utils.functional import cached_property


def encoded(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the query string of some pairs (application/x-www-form-urlencoded), as `urlencode` writes it."""
    return "&".join([_pair(name, value) for name, value in pairs])


@lru_cache(maxsize=10_000)
def _pair(name: str, value: str) -> str:
    return f"{quote_plus(name)}={quote_plus(value)}"


@dataclass(frozen=True)
class Selection:
    """The chosen values of each facet in display order, the search, and the order ("" by default).

    `sort_param` and `search_param` are the names under which an address gives the order and the search.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    search: str = ""
    sort_param: str = field(kw_only=True)
    search_param: str = field(kw_only=True)

    def __len__(self) -> int:
        """Return how many values are chosen, all facets together."""
        return sum(len(chosen) for chosen in self.values.values())

    @property
    def chosen(self) -> Mapping[str, tuple[str, ...]]:
        """The facets where something is chosen, as {parameter: values}."""
        return {param: values for param, values in self.values.items() if values}

    def without(self, param: str, value: str | None = None) -> "Selection":
        """Return the selection less one value, or less every value of a facet."""
        kept = tuple(chosen for chosen in self.values[param] if value is not None and chosen != value)
        return replace(self, values={**self.values, param: kept})

    def cleared(self) -> "Selection":
        """Return the selection with nothing chosen in any facet; the search and the order stay."""
        return replace(self, values={})

    def sorted_by(self, sort: str) -> "Selection":
        """Return the same choice in another order, "" being the default."""
        return replace(self, sort=sort)

    def toggled(self, param: str, order: Iterable[str]) -> dict[str, str]:
        """Return the query strings with each value of a facet added, or removed, as {value: query}.

        `order` has all the values, in display order.

        It is for links to every value of a facet: what they have in common is written once.
        """
        params = list(self.values)
        place = params.index(param) if param in params else len(params)
        before, after = (f"&{text}" if text else "" for text in self._around(params[:place], params[place + 1 :]))
        pairs, chosen = {value: f"&{encoded([(param, value)])}" for value in order}, set(self.values.get(param, ()))
        queries, passed, coming = {}, "", "".join(pairs[value] for value in order if value in chosen)
        for value, pair in pairs.items():
            if value in chosen:
                coming = coming[len(pair) :]
                kept = passed + coming
                passed += pair
            else:
                kept = passed + pair + coming
            query = before + kept + after
            queries[value] = f"?{query[1:]}" if query else ""
        return queries

    def query(self, page: int = 1) -> str:
        """Return the query string of this selection and a page of its list: "?genre=tale&sort=title", or "" for none.

        The search comes first, then the facets in display order, then the order and the page.
        """
        if page > 1:
            return f"{self._first_page}&page={page}" if self._first_page else f"?page={page}"
        return self._first_page

    @cached_property
    def _first_page(self) -> str:
        text = "&".join(filter(None, self._around(self.values, ())))
        return f"?{text}" if text else ""

    def _around(self, before: Iterable[str], after: Iterable[str]) -> tuple[str, str]:
        """The two halves of a query, around a place among the facets: each with the values of some of them."""
        search = [(self.search_param, self.search)] if self.search else []
        sort = [(self.sort_param, self.sort)] if self.sort else []
        first, last = ([(param, one) for param in params for one in self.values[param]] for params in (before, after))
        return encoded([*search, *first]), encoded([*last, *sort])
