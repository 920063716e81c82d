from datetime import timedelta

import pytest

from practices.filters import catalogue_index
from practices.models import Practice, Status
from practices.views.related import related
from tests.factories import PUBLISHED_AT, make_practice

pytestmark = pytest.mark.django_db

TERMS = {"themes": ["a", "b"], "sectors": ["x", "y"], "countries": ["france"]}


def titles(practice):
    """The titles of the practices named with one, in order."""
    known = dict(Practice.objects.values_list("pk", "title_fr"))
    return [known[pk] for pk in related(practice, catalogue_index.current())]


def test_shared_themes_count_most_then_sectors_then_countries_then_the_newest():
    practice = make_practice(**TERMS)
    make_practice(title="Deux thèmes", themes=["a", "b"])
    make_practice(title="Un thème, un secteur", themes=["b", "c"], sectors=["y"])
    make_practice(title="Un thème, deux secteurs", themes=["b"], sectors=["x", "y"])
    assert titles(practice) == ["Deux thèmes", "Un thème, deux secteurs", "Un thème, un secteur"]

    make_practice(title="Deux thèmes, France", themes=["a", "b"], countries=["france"])
    make_practice(title="Plus récente", themes=["a", "b"], published_at=PUBLISHED_AT + timedelta(days=1))

    assert titles(practice) == ["Deux thèmes, France", "Plus récente", "Deux thèmes"]


def test_what_shares_only_a_country_comes_last_and_what_shares_nothing_never():
    practice = make_practice(**TERMS)
    make_practice(title="Même pays", countries=["france", "malte"])
    make_practice(title="Même secteur", sectors=["x"])
    make_practice(title="Ailleurs", themes=["c"], countries=["malte"])

    assert titles(practice) == ["Même secteur", "Même pays"]


def test_those_chosen_by_hand_come_first_and_once():
    practice = make_practice(**TERMS)
    by_hand = make_practice(title="À la main")
    make_practice(title="Toute pareille", **TERMS)
    practice.related.add(by_hand, make_practice(title="Les deux", **TERMS))

    assert titles(practice) == ["Les deux", "À la main", "Toute pareille"]


def test_what_is_not_public_is_never_named_and_an_archived_one_names_others():
    archived = make_practice(status=Status.ARCHIVED, archived_at=PUBLISHED_AT, **TERMS)
    make_practice(title="Brouillon", status=Status.DRAFT, **TERMS)
    public = make_practice(title="Publique", **TERMS)

    assert (titles(archived), titles(public)) == (["Publique"], [])
