from practices.selection import Selection

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
