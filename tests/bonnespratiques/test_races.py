"""A few rounds of each race, on the database of the run; `bench/races.py` is the full size."""

import pytest

from practices.filters import catalogue_index
from tests.races import RACES, run

ROUNDS = 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("race", RACES, ids=lambda race: race.__name__)
def test_nothing_brings_back_what_was_erased_or_left(race):
    catalogue_index.forget()

    assert run(race, ROUNDS) == (0, 0)
