import re
from xml.etree import ElementTree

import pytest
from django.conf import settings

from practices.filters import PracticeFilterSet, catalogue_index
from practices.models import Country, Practice
from practices.presentation.charts import bars, places, shapes, years
from tests.factories import make_practice, make_term

pytestmark = pytest.mark.django_db

LISTING = "/bonnes-pratiques/"


@pytest.fixture(autouse=True)
def countries():
    for slug, code in (("france", "FR"), ("malte", "MT"), ("mali", "ML")):
        make_term(Country, slug, code=code)


def filterset(query=""):
    from django.http import QueryDict

    return PracticeFilterSet(QueryDict(query), Practice.objects.published(), snapshot=catalogue_index.current())


def test_each_shape_has_a_place_and_each_place_a_shape():
    [drawing] = ElementTree.parse(settings.BASE_DIR / "static/img/europe.svg").getroot()

    assert drawing.get("id") == "europe"
    assert {one.get("id") for one in drawing} == set(shapes())
    assert {code for code, place in shapes().items() if place.small} >= {"MT", "LU", "CY", "LI", "MC", "SM", "AD"}


def test_a_country_is_as_dark_as_its_count_and_toggles_its_filter():
    for _number in range(9):
        make_practice(countries=["france"], themes=["a"])
    make_practice(countries=["malte", "mali"], themes=["a"])

    found = places(filterset("pays=malte&theme=a&tri=titre"))

    assert [(one.code, one.count, one.selected, one.shade, one.query) for one in found] == [
        ("FR", 9, False, 5, "?pays=france&pays=malte&theme=a&tri=titre"),
        ("MT", 1, True, 1, "?theme=a&tri=titre"),
    ]


def test_charts_say_what_the_facets_count():
    make_practice(themes=["a"], start_year=2000)
    make_practice(themes=["a", "b"], start_year=2003)
    make_practice(themes=["a"], start_year=2003)

    one = filterset()

    assert [(bar.label, bar.count, bar.length) for bar in bars(one.facet("theme"))] == [("A", 3, 100), ("B", 1, 33)]
    assert [(bar.label, bar.place, bar.length) for bar in years(one.facet("annee"))] == [
        ("2000", 0, 30),
        ("2003", 3, 60),
    ]


def test_the_map_and_its_table_say_the_same(client):
    make_practice(countries=["france", "malte"])
    make_practice(countries=["malte"])

    html = client.get(LISTING).content.decode()

    on_map = re.findall(r'<a class="map__country[^>]*><title>([^<]+)</title>', html)
    table = re.findall(r'<th scope="row"><a [^>]*>([^<]+)</a></th><td>(\d+)</td>', html)
    assert on_map == ["France\u00a0: 1 pratique", "Malte\u00a0: 2 pratiques"]
    assert table == [("France", "1"), ("Malte", "2")]


def test_the_page_of_a_practice_shows_where_it_is_unless_that_is_off_the_map(client):
    near = make_practice(countries=["malte"])
    far = make_practice(countries=["mali"])

    near, far = (client.get(one.get_absolute_url()).content.decode() for one in (near, far))

    assert re.search(r'<g class="map__here"><use href="[^"]+#MT"/><circle', near)
    assert "map__here" not in far
