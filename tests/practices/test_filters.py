import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from facets.declaration import Facet, Option, TermFacet
from facets.filterset import MAX_VALUES, Chip
from practices.filters import PracticeFilterSet
from practices.models import Country, Practice, Status, Theme
from tests.factories import make_practice, make_term

FACETS = {param: one for param, one in PracticeFilterSet.base_filters.items() if isinstance(one, Facet)}

pytestmark = pytest.mark.django_db


def filterset(query=""):
    return PracticeFilterSet(QueryDict(query), Practice.objects.published())


def titles(query=""):
    return [practice.title for practice in filterset(query).qs]


def counts(query, param):
    return {option.value: option.count for option in filterset(query).facet(param).options}


def two_values_of(param):
    """Two practices that differ by one facet, and the two values."""
    facet = FACETS[param]
    if isinstance(facet, TermFacet):
        many = facet.field_name != "kind"
        first, second = "premier", "second"
        make_practice(**{facet.field_name: [first] if many else first})
        make_practice(**{facet.field_name: [second] if many else second})
        return first, second
    make_practice(**{facet.field_name: 2001})
    make_practice(**{facet.field_name: 2002})
    return "2001", "2002"


@pytest.mark.parametrize("param", FACETS)
def test_every_facet_counts_and_toggles(param):
    first, second = two_values_of(param)

    unfiltered = filterset().facet(param).options
    filtered = filterset(f"{param}={first}")

    assert {(option.value, option.count, option.selected) for option in unfiltered} == {
        (first, 1, False),
        (second, 1, False),
    }
    assert {(option.value, option.count, option.selected) for option in filtered.facet(param).options} == {
        (first, 1, True),
        (second, 1, False),
    }
    assert filtered.qs.count() == 1
    assert [chip.query for chip in filtered.chips] == [""]


@pytest.mark.parametrize("param", FACETS)
def test_every_facet_finds_any_of_its_values_once(param):
    first, second = two_values_of(param)

    assert filterset(f"{param}={first}&{param}={second}").qs.count() == 2


def test_a_practice_with_both_chosen_values_is_listed_once():
    make_practice(title="Des deux pays", countries=["belgique", "france"])

    assert titles("pays=belgique&pays=france") == ["Des deux pays"]


def test_choosing_an_option_leaves_its_siblings_countable():
    make_practice(themes=["handicap"])
    make_practice(themes=["handicap"])
    make_practice(themes=["jeunesse"])

    assert counts("theme=handicap", "theme") == {"handicap": 2, "jeunesse": 1}


def test_choosing_an_option_narrows_the_other_facets():
    make_practice(themes=["handicap"], countries=["finlande"])
    make_practice(themes=["jeunesse"], countries=["france"])

    assert counts("theme=handicap", "pays") == {"finlande": 1, "france": 0}


def test_a_ticked_option_stays_even_when_no_public_practice_has_it():
    make_practice(countries=["france"])
    make_practice(countries=["malte"], status=Status.DRAFT)

    assert filterset("pays=malte").facet("pays").options == [
        Option("pays", "france", "France", 1, False),
        Option("pays", "malte", "Malte", 0, True),
    ]


def test_terms_are_in_the_alphabetical_order_of_the_language_then_of_their_rank():
    for slug, name in (("zambie", "Zambie"), ("etats", "États"), ("europe", "Europe"), ("ile", "Île")):
        make_term(PracticeFilterSet.base_filters["pays"].vocabulary, slug, name=name)
    make_term(PracticeFilterSet.base_filters["pays"].vocabulary, "monde", name="Monde", order=1)
    make_practice(countries=["zambie", "etats", "europe", "ile", "monde"])

    labels = [option.label for option in filterset().facet("pays").options]

    assert labels == ["États", "Europe", "Île", "Zambie", "Monde"]


def test_years_are_listed_from_the_latest():
    for year in (1984, None, 2014, 2002):
        make_practice(start_year=year)

    assert list(counts("", "annee")) == ["2014", "2002", "1984"]


def test_unknown_values_are_left_out_and_told():
    make_practice(countries=["france"])

    asked = filterset("pays=france&pays=atlantide&annee=1789&tri=hasard")

    assert asked.selection.chosen == {"pays": ("france",)}
    assert asked.notices == [
        "«\u00a0atlantide\u00a0» n’est pas connu dans «\u00a0Pays\u00a0» et n’a pas été retenu.",
        "«\u00a01789\u00a0» n’est pas connu dans «\u00a0Année de départ\u00a0» et n’a pas été retenu.",
        "«\u00a0hasard\u00a0» n’est pas connu dans «\u00a0Trier par\u00a0» et n’a pas été retenu.",
    ]


def test_a_notice_says_how_many_unknown_values_it_does_not_name():
    query = "&".join(f"pays=p{number}" for number in range(7))

    [notice] = filterset(query).notices

    assert "p4" in notice
    assert "p5" not in notice
    assert notice.endswith("2 autres non plus.")


def test_only_the_first_values_of_an_enormous_address_are_read():
    query = "&".join(f"pays=p{number}" for number in range(MAX_VALUES + 30))

    asked = filterset(query)

    assert len(asked.data.getlist("pays")) == MAX_VALUES
    assert asked.notices[-1] == "Seules les 50 premières valeurs de cette adresse ont été lues."


def test_a_chip_removes_its_value_and_keeps_the_rest_and_the_order():
    make_practice(countries=["france", "belgique"], themes=["handicap"])

    assert filterset("tri=titre&theme=handicap&pays=france&pays=belgique").chips == [
        Chip("Pays", "Belgique", "?pays=france&theme=handicap&tri=titre"),
        Chip("Pays", "France", "?pays=belgique&theme=handicap&tri=titre"),
        Chip("Thème", "Handicap", "?pays=belgique&pays=france&tri=titre"),
    ]


def test_clearing_keeps_the_order():
    make_practice(countries=["france"])

    assert filterset("pays=france&tri=titre").selection.cleared().query() == "?tri=titre"


def test_an_empty_result_tells_what_each_removal_would_bring():
    make_practice(countries=["france"], themes=["handicap"])
    make_practice(countries=["france"], themes=["handicap"])
    make_practice(countries=["malte"], themes=["jeunesse"])

    removals = filterset("pays=malte&theme=handicap").removals

    assert [(one.labels, one.count, one.query) for one in removals] == [
        (("Malte",), 2, "?theme=handicap"),
        (("Handicap",), 1, "?pays=malte"),
    ]


def test_an_empty_search_among_facets_may_be_dropped_too(client):
    make_practice(countries=["malte"])
    make_practice(countries=["malte"])

    removals = filterset("q=zzzxq&pays=malte&tri=titre").removals
    page = client.get("/bonnes-pratiques/?q=zzzxq&pays=malte").content.decode()

    assert [(one.labels, one.count, one.query) for one in removals] == [
        (("«\u00a0zzzxq\u00a0»",), 2, "?pays=malte&tri=titre")
    ]
    assert "retirer <em>«\u00a0zzzxq\u00a0»</em></a>\u00a0: 2 pratiques" in page
    assert filterset("q=zzzxq").removals == []


def test_a_vocabulary_larger_than_eight_shows_eight_and_the_others_on_demand():
    make_practice(themes=[f"theme-{number:02}" for number in range(12)])

    theme = filterset("theme=theme-11").facet("theme")

    assert (len(theme.first_options), len(theme.more_options), theme.more_chosen) == (8, 4, True)


class CountsAgreeWithTheList(TestCase):
    """Whatever the catalogue and the choice, a count is the length of the list that ticking would give."""

    rows = st.lists(
        st.tuples(
            st.sets(st.sampled_from("abc")),
            st.sets(st.sampled_from("xyz")),
            st.sampled_from([None, 2001, 2002]),
            st.sampled_from(Status.values),
        ),
        max_size=8,
    )
    choices = st.fixed_dictionaries(
        {
            "pays": st.lists(st.sampled_from("abc"), unique=True),
            "theme": st.lists(st.sampled_from("xyz"), unique=True),
            "annee": st.lists(st.sampled_from(["2001", "2002"]), unique=True),
        }
    )

    @given(rows=rows, choice=choices)
    def test_counts(self, rows, choice):
        for country, theme in zip("abc", "xyz", strict=True):
            make_term(Country, country)
            make_term(Theme, theme)
        for countries, themes, year, status in rows:
            make_practice(countries=countries, themes=themes, start_year=year, status=status)
        public = [
            {"pays": countries, "theme": themes, "annee": {str(year)} if year else set()}
            for countries, themes, year, status in rows
            if status == Status.PUBLISHED
        ]
        years = {year for row in public for year in row["annee"]}
        known = {
            param: [value for value in values if param != "annee" or value in years] for param, values in choice.items()
        }
        query = QueryDict(mutable=True)
        for param, values in choice.items():
            query.setlist(param, values)

        asked = PracticeFilterSet(query, Practice.objects.published())

        def found(wanted):
            return sum(
                all(not values or row[param] & set(values) for param, values in wanted.items()) for row in public
            )

        assert asked.qs.count() == found(known)
        for param in choice:
            for option in asked.facet(param).options:
                assert option.count == found({**known, param: [option.value]}), (param, option)
