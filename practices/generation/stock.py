"""The words and sentences that practices are made of, from `stock/`; how they go together is in `writer`.

A sentence has slots in braces, each named after a list, with a prefix of `french.FORMS` for another form of the phrase.
A few belong to the practice: its name, structure, place, years and organisations (`writer.Draft`).
"""

import tomllib
from functools import cache
from itertools import product
from pathlib import Path
from random import Random

from practices.generation.french import FORMS, NARROW, capital, definite, typeset

FOLDER = Path(__file__).parent / "stock"
POOL = 400
"""How many organisations carry all the practices."""


class Phrases(dict):
    """Lists by name, as (phrases, name); the forms of a list are made when a sentence first asks for them."""

    def __missing__(self, slot):
        form, _underscore, name = slot.partition("_")
        self[slot] = ([FORMS[form](phrase) for phrase in self[name][0]], name)
        return self[slot]


@cache
def read(name):
    """Return a file of the stock: its lists, typeset, and its words."""
    with (FOLDER / f"{name}.toml").open("rb") as file:
        return _lists(tomllib.load(file))


def _lists(table):
    return {key: _lists(value) if isinstance(value, dict) else _typeset(value) for key, value in table.items()}


def _typeset(value):
    lines = typeset(value).splitlines()
    return lines if "\n" in value else value


@cache
def phrases(sector, audience):
    """Return every list that a practice of this sector, for this audience, may draw from."""
    lists = (
        read("words")
        | _numbers()
        | _surnames_and_hamlets()
        | read("sectors")[sector]
        | {"people": read("audiences")[audience]["people"]}
    )
    return Phrases({name: (phrases, name) for name, phrases in lists.items()})


@cache
def sentences(section, sector, theme, audience):
    """Return what a section may say, as patterns."""
    tables = (read("sentences"), read("sectors")[sector], read("themes")[theme], read("audiences")[audience])
    return [sentence for table in tables for sentence in table.get(section, ())]


@cache
def titles(kind, sector):
    """Return how a practice may be called, as patterns."""
    return read("kinds")[kind]["titles"], read("sectors")[sector]["titles"]


@cache
def names():
    """Return what practices are named: "La Loutre à pois"."""
    return [
        f"{noun} {complement}" for noun, complement in product(read("words")["nouns"], read("words")["complements"])
    ]


@cache
def organisations():
    """Return the organisations that there are, as {name: how a sentence calls it}; the same in every catalogue."""
    every = list(product(read("words")["organisations"], names()))
    chosen = Random("organisations").sample(every, POOL)  # noqa: S311
    return {f"{capital(form.partition(' ')[2])} {name}": f"{definite(form)} {name}" for form, name in chosen}


@cache
def _surnames_and_hamlets():
    words = read("words")
    names = {}
    for name in ("surname", "hamlet"):
        names[name] = ["".join(parts) for parts in product(words[f"{name}_starts"], words[f"{name}_ends"])]
        Random(name).shuffle(names[name])  # noqa: S311
    return names


@cache
def _numbers():
    random = Random("numbers")  # noqa: S311
    thousands = [f"{number:,}".replace(",", NARROW) for number in random.sample(range(1100, 98_000, 100), 90)]
    return {
        "number": [str(number) for number in random.sample(range(11, 99), 80)],
        "hundreds": [str(number) for number in random.sample(range(104, 990), 200)],
        "thousands": thousands,
        "amount": [typeset(f"{number} euros") for number in thousands],
        "percent": [typeset(f"{number} %") for number in random.sample(range(41, 97), 50)],
        "low_percent": [typeset(f"{number} %") for number in random.sample(range(6, 27), 20)],
        "age": [typeset(f"{number} ans") for number in random.sample(range(17, 79), 50)],
    }
