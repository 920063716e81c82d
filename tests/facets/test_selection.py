"""The query strings of a choice and of those beside it."""

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facets.selection import Selection as AnySelection

Selection = partial(AnySelection, sort_param="sort", search_param="q")
CHOICE = Selection({"genre": ("conte", "essai"), "shelf": ("cave",)}, sort="title")


def test_a_query_is_always_in_the_same_order_and_leaves_out_what_is_default():
    searched = replace(CHOICE, search="l’été")

    assert CHOICE.query(page=2) == "?genre=conte&genre=essai&shelf=cave&sort=title&page=2"
    assert searched.query() == "?q=l%E2%80%99%C3%A9t%C3%A9&genre=conte&genre=essai&shelf=cave&sort=title"
    assert (Selection().query(), Selection().query(page=3)) == ("", "?page=3")


def test_an_address_gives_the_order_and_the_search_under_the_names_it_is_told():
    choice = AnySelection({"genre": ("conte",)}, "title", "pain", sort_param="by", search_param="words")

    assert choice.query() == "?words=pain&genre=conte&by=title"
    assert choice.without("genre").sorted_by("new").query() == "?words=pain&by=new"
    with pytest.raises(TypeError, match="sort_param"):
        AnySelection()


def test_a_value_or_a_whole_facet_can_be_taken_out():
    assert CHOICE.without("genre", "essai").query() == "?genre=conte&shelf=cave&sort=title"
    assert CHOICE.without("genre").query() == "?shelf=cave&sort=title"
    assert CHOICE.without("genre", "roman") == CHOICE
    assert len(CHOICE) == 3


def test_nothing_chosen_keeps_the_search_and_the_order():
    cleared = replace(CHOICE, search="pain").cleared()

    assert (cleared.query(), cleared.chosen, len(cleared)) == ("?q=pain&sort=title", {}, 0)


def test_values_are_encoded():
    assert Selection({"genre": ("a&b=c",)}).query() == "?genre=a%26b%3Dc"


VALUES = ["conte", "essai", "l’été & l’hiver", "poesie", "roman"]


@given(
    chosen=st.sets(st.sampled_from(VALUES)),
    shelf=st.sampled_from([(), ("cave",), ("a&b=c", "é")]),
    sort=st.sampled_from(["", "title"]),
    search=st.sampled_from(["", "l’eau & co"]),
)
def test_links_to_every_value_of_a_facet_are_those_of_each_choice(chosen, shelf, sort, search):
    kept = {"year": (), "genre": tuple(one for one in VALUES if one in chosen), "shelf": shelf}
    selection = Selection(kept, sort=sort, search=search)

    queries = selection.toggled("genre", VALUES)

    for value in VALUES:
        others = tuple(one for one in VALUES if (one in chosen) != (one == value))
        assert queries[value] == replace(selection, values=kept | {"genre": others}).query()
