import re
from html import unescape

import pytest
from django.core.cache import cache
from openapi_schema_validator import OAS30Validator
from openapi_spec_validator import validate
from rest_framework.throttling import AnonRateThrottle

from practices.filters import PracticeFilterSet
from practices.models import Organisation
from practices.open_data.api import EXAMPLES
from tests.factories import make_practice

pytestmark = pytest.mark.django_db

API = "/api/v1/"


@pytest.fixture(autouse=True)
def nobody_has_asked_before():
    cache.clear()


def listed(client, query=""):
    return client.get(f"{API}practices/{query}").json()


def schema(client):
    return client.get(f"{API}schema/").json()


def full_practice():
    practice = make_practice(slug="envie", countries=["france"], themes=["a"], start_year=1984, context="<p>Oui.</p>")
    practice.organisations.add(Organisation.objects.create(name="Fédération"))
    practice.key_figures.create(value="12", label="emplois")
    practice.links.create(title="Source", url="https://example.org/s")
    practice.documents.create(title="Guide", file="documents/a.pdf", size=1200)
    return practice


def test_a_list_is_the_one_of_the_site_under_the_same_parameters(client):
    make_practice(title="Zèbre", countries=["france"])
    make_practice(title="Âne", countries=["belgique"])
    make_practice(title="Ailleurs", countries=["malte"])

    answer = listed(client, "?pays=belgique&pays=france&tri=titre&pays=atlantide")

    assert (answer["count"], [one["title"] for one in answer["results"]]) == (2, ["Âne", "Zèbre"])
    assert [notice for notice in answer["notices"] if "atlantide" in notice]
    assert answer["results"][0]["facets"]["pays"] == [{"value": "belgique", "label": "Belgique"}]


def test_pages_lead_to_one_another_and_keep_the_choice(client):
    for _number in range(5):
        make_practice(countries=["france"])

    first = listed(client, "?pays=france&page_size=2")
    second = client.get(first["next"]).json()

    assert (first["count"], first["previous"]) == (5, None)
    assert first["next"] == f"http://testserver{API}practices/?page=2&page_size=2&pays=france"
    assert second["previous"] == f"http://testserver{API}practices/?page_size=2&pays=france"
    assert len({one["id"] for one in first["results"] + second["results"]}) == 4


@pytest.mark.parametrize("page", ["0", "-1", "99", "NaN", "1" + "0" * 30])
def test_a_page_that_does_not_exist_is_404_in_json(client, page):
    response = client.get(f"{API}practices/?page={page}")

    assert (response.status_code, list(response.json())) == (404, ["detail"])


@pytest.mark.parametrize(("asked", "given"), [("3", 3), ("1000", 100), ("0", 20), ("x", 20)])
def test_a_page_holds_what_was_asked_up_to_a_hundred(client, monkeypatch, asked, given):
    for _number in range(101):
        make_practice()

    assert len(listed(client, f"?page_size={asked}")["results"]) == given


def test_one_practice_has_an_address_and_an_unknown_one_is_404(client):
    full_practice()

    assert client.get(f"{API}practices/envie/").json() == listed(client)["results"][0]
    assert client.get(f"{API}practices/absente/").status_code == 404


def test_facets_are_counted_as_on_the_site(client):
    make_practice(countries=["france"], themes=["sante"])
    make_practice(countries=["malte"], themes=["sante"])

    answer = client.get(f"/en{API}facets/?pays=france").json()

    assert [one["param"] for one in answer["facets"]] == [one.param for one in PracticeFilterSet.declared_facets()]
    assert answer["count"] == 1
    assert answer["facets"][0] == {
        "param": "pays",
        "label": "Country",
        "options": [
            {"value": "france", "label": "France", "count": 1, "selected": True},
            {"value": "malte", "label": "Malte", "count": 1, "selected": False},
        ],
    }


def test_the_schema_is_valid_openapi_and_names_every_parameter_of_the_list(client):
    document = schema(client)

    validate(document)
    parameters = {one["name"]: one for one in document["paths"][f"{API}practices/"]["get"]["parameters"]}
    assert set(parameters) == {*PracticeFilterSet.base_filters, "page", "page_size"}
    assert parameters["pays"]["schema"]["type"] == "array"
    assert "titre" in parameters["tri"]["schema"]["enum"]


@pytest.mark.parametrize("path", ["practices/", "practices/envie/", "facets/?pays=france"])
def test_every_answer_is_what_the_schema_says(client, path):
    full_practice()
    make_practice(cover="images/a/1600x900.jpg")
    document = schema(client)
    route = re.sub("/envie/", "/{slug}/", API + path.partition("?")[0])
    [content] = document["paths"][route]["get"]["responses"]["200"]["content"].values()

    errors = list(
        OAS30Validator({**content["schema"], "components": document["components"]}).iter_errors(
            client.get(API + path).json()
        )
    )

    assert errors == []


def test_every_documented_example_runs_and_finds_something(client):
    for number in range(6):
        make_practice(
            countries=["belgique", "france"], themes=["cooperation-transfrontaliere"], title=f"Un emploi {number}"
        )

    page = unescape(client.get("/api/").content.decode())

    addresses = re.findall(r"curl '([^']+)'", page)
    assert len(addresses) == len(EXAMPLES)
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.json().get("results") or response.json()["facets"], address
        assert response.json()["notices"] == [], address


@pytest.mark.parametrize("path", ["practices/", "facets/?pays=france", "practices/envie/"])
def test_who_has_the_answer_of_this_version_is_told_so(client, path):
    full_practice()
    etag = client.get(API + path).headers["ETag"]

    same = client.get(API + path, headers={"if-none-match": etag})
    make_practice()
    other = client.get(API + path, headers={"if-none-match": etag})

    assert (same.status_code, same.content, other.status_code) == (304, b"", 200)


def test_the_scripts_of_any_site_may_read_and_none_may_write(client):
    page = client.get(f"{API}practices/", headers={"origin": "https://example.org"})
    asked = client.options(
        f"{API}practices/",
        headers={"origin": "https://example.org", "access-control-request-headers": "if-none-match"},
    )

    assert page.headers["Access-Control-Allow-Origin"] == asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in page.headers
    assert asked.headers["Access-Control-Allow-Headers"] == "If-None-Match"
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(f"{API}practices/").status_code == 405


def test_who_asks_too_often_is_asked_to_wait_whatever_a_header_claims(client, monkeypatch):
    monkeypatch.setattr(AnonRateThrottle, "rate", "3/min", raising=False)

    statuses = [
        client.get(f"{API}facets/", headers={"x-forwarded-for": f"192.0.2.{number}"}).status_code for number in range(4)
    ]
    refused = client.get(f"{API}facets/")

    assert statuses == [200, 200, 200, 429]
    assert 0 < int(refused.headers["Retry-After"]) <= 60


@pytest.mark.parametrize("query", ["q=%ED%A0%80", "pays=%FF", "annee=9" + "9" * 40, "q='%20OR%201=1", "page_size=-1"])
def test_odd_queries_get_an_answer(client, query):
    assert client.get(f"{API}practices/", QUERY_STRING=query).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_the_number_of_queries_of_a_page_is_fixed(client, django_assert_max_num_queries):
    counts = []
    for count in (2, 10):
        for number in range(count):
            make_practice(countries=[f"pays-{number}"])
        client.get("/")
        with django_assert_max_num_queries(20) as captured:
            client.get(f"{API}practices/")
        counts.append(len(captured))

    assert counts[0] == counts[1]
