"""What is asked in every benchmark, and how it is said to each of the peers."""

import random
from dataclasses import dataclass, field
from itertools import product
from urllib.parse import urlencode


@dataclass(frozen=True)
class Question:
    """One choice of a visitor: facet values by parameter, and a search."""

    name: str
    values: dict = field(default_factory=dict)
    search: str = ""

    @property
    def query(self):
        """The query string of the site."""
        pairs = [("q", self.search)] if self.search else []
        return urlencode(pairs + [(param, value) for param, values in self.values.items() for value in values])

    @property
    def datasette(self):
        """The query string of Datasette for the same rows: its facets, its full-text search, its page of 20.

        One value is asked for as its own links do, several by the condition that it has no link for.
        """
        pairs = [("_size", 20), ("_sort_desc", "published_at"), ("_facet_size", "max")]
        pairs += [("_facet", name) for name in ("type", "annee")]
        pairs += [("_facet_array", name) for name in ("pays", "secteur", "theme", "public")]
        for param, values in self.values.items():
            if len(values) == 1:
                pairs.append((f"{param}__arraycontains", values[0]))
            else:
                listed = ", ".join(f"'{value}'" for value in values)
                pairs.append(("_where", f"exists (select 1 from json_each({param}) where value in ({listed}))"))
        if self.search:
            pairs.append(("_search", self.search))
        return urlencode(pairs)


FRANCE = {"pays": ["france"]}
THREE = {"pays": ["france"], "secteur": ["formation-et-emploi"], "theme": ["insertion-par-l-activite-economique"]}
QUESTIONS = [
    Question("no filter"),
    Question("one country", FRANCE),
    Question("two countries and a theme", {"pays": ["france", "belgique"], "theme": ["handicap"]}),
    Question("three facets", THREE),
    Question("a search", search="recyclage"),
    Question("a search and filters", THREE, search="recyclage"),
]
THREE_FACETS = QUESTIONS[3]
COMMON_SEARCH = Question("a search for the most common word", search="emploi")


def different(options, count=2000):
    """Query strings of `count` choices of three facets, no two alike; `options` are values by parameter.

    The same for the same options, in an order of chance.
    """
    choices = list(product(*(options[param] for param in THREE)))
    random.Random(2026).shuffle(choices)
    return [urlencode(list(zip(THREE, values, strict=True))) for values in choices[:count]]
