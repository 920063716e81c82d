from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from facets.selection import Selection

CHOICE = Selection({"pays": ("belgique", "france"), "theme": ("handicap",)}, sort="titre")


def test_a_query_is_always_in_the_same_order_and_leaves_out_what_is_default():
    assert CHOICE.query(page=2) == "?pays=belgique&pays=france&theme=handicap&tri=titre&page=2"
    assert Selection().query() == ""


def test_a_value_or_a_whole_facet_can_be_taken_out():
    assert CHOICE.without("pays", "france").query() == "?pays=belgique&theme=handicap&tri=titre"
    assert CHOICE.without("pays").query() == "?theme=handicap&tri=titre"
    assert len(CHOICE) == 3


def test_values_are_encoded():
    assert Selection({"pays": ("a&b=c",)}).query() == "?pays=a%26b%3Dc"


VALUES = ["allemagne", "belgique", "france", "l’été & l’hiver", "malte"]


@given(
    chosen=st.sets(st.sampled_from(VALUES)),
    theme=st.sampled_from([(), ("handicap",), ("a&b=c", "é")]),
    sort=st.sampled_from(["", "titre"]),
    search=st.sampled_from(["", "l’eau & co"]),
)
def test_links_to_every_value_of_a_facet_are_those_of_each_choice(chosen, theme, sort, search):
    kept = {"secteur": (), "pays": tuple(one for one in VALUES if one in chosen), "theme": theme}
    selection = Selection(kept, sort=sort, search=search)

    queries = selection.toggled("pays", VALUES)

    for value in VALUES:
        others = tuple(one for one in VALUES if (one in chosen) != (one == value))
        assert queries[value] == replace(selection, values=kept | {"pays": others}).query()
