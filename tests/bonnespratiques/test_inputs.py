"""What odd input gets on the public pages, line by line; uploads and imported files are with what reads them."""

import re

import pytest
from django.test import Client

from newsletter import tokens
from newsletter.models import Consent
from practices.models import FormerAddress
from tests.factories import make_practice
from tests.newsletter.conftest import filled
from tests.newsletter.makers import make_reader

pytestmark = pytest.mark.django_db

LISTING = "/bonnes-pratiques/"


@pytest.fixture(autouse=True)
def practice():
    return make_practice(title="Recyclage de l’eau", slug="recyclage", countries=["france"])


@pytest.mark.parametrize("query", ["q=%00", "pays=fr%00", "page=%00", "%00=x"])
def test_a_nul_in_a_query_is_refused_on_a_plain_page(client, query):
    response = client.get(f"{LISTING}?{query}")

    assert (response.status_code, response["Content-Type"]) == (400, "text/html; charset=utf-8")


@pytest.mark.parametrize("query", ["q=%ff", "q=%", "q=%zz", "q=%ed%a0%80", "pays=%c3", "q=%f4%90%80%80"])
def test_a_query_that_is_no_text_is_answered(client, query):
    assert client.get(f"{LISTING}?{query}").status_code in (200, 400)


@pytest.mark.parametrize("page", ["-1", "0", "NaN", "1" + "0" * 30, "2", "1.5"])
def test_a_page_that_is_not_there_leads_back_to_the_list(client, page):
    response = client.get(LISTING, {"page": page})

    assert response.status_code == 404
    assert f'href="{LISTING}' in response.content.decode()


def test_an_unknown_value_is_ignored_and_told_and_an_unknown_parameter_only_ignored(client):
    told = client.get(f"{LISTING}?pays=atlantide").content.decode()
    ignored = client.get(f"{LISTING}?utm_source=x&utm_source=y")

    assert "atlantide" in told
    assert "Recyclage" in told
    assert ignored.status_code == 200
    assert 'rel="canonical" href="http://testserver/bonnes-pratiques/"' in ignored.content.decode()


def test_a_long_search_is_cut_and_told_and_so_are_many_values(client):
    cut = client.get(LISTING, {"q": "recyclage " * 30})
    many = client.get(LISTING, {"pays": [f"x{number}" for number in range(60)]})

    assert [response.status_code for response in (cut, many)] == [200, 200]
    assert all('class="notice' in response.content.decode() for response in (cut, many))


@pytest.mark.parametrize(
    "search", ['"', "*", "(", ")", "eau: -x ^2", "a OR b", "a NEAR b", "' OR 1=1 --", "👩‍👩‍👧", "שלום"]
)
def test_operators_and_scripts_are_words(client, search):
    assert client.get(LISTING, {"q": search}).status_code == 200


@pytest.mark.parametrize(("search", "told"), [("***", 1), ("👩‍👩‍👧", 1), ("le", 0), ("*emploi*", 0), ("", 0)])
def test_a_search_without_a_word_leaves_the_whole_list_and_says_so(client, practice, search, told):
    page = client.get(LISTING, {"q": search}).content.decode()

    assert page.count(f"«\u00a0{search}\u00a0» ne contient aucun mot à chercher et n’a pas été retenu.") == told
    assert (">1 bonne pratique</h1>" in page) is (told == 1 or not search)


def test_markup_in_a_search_is_text(client):
    page = client.get(LISTING, {"q": "<script>alert(1)</script>"}).content.decode()

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_an_unknown_page_proposes_a_search_and_a_former_one_leads_to_the_present_one(client, practice):
    FormerAddress.objects.create(model="practice", slug="ancienne", target=practice.pk)

    unknown, former = client.get(f"{LISTING}inconnue/"), client.get(f"{LISTING}ancienne/")

    assert (unknown.status_code, 'name="q"' in unknown.content.decode()) == (404, True)
    assert (former.status_code, former["Location"]) == (301, f"{LISTING}recyclage/")


@pytest.mark.parametrize(
    "address",
    ["a@b.fr\r\nBcc: c@d.fr", "a\x01@b.fr", "a@localhost", "a@[127.0.0.1]", "a" * 65 + "@b.fr", "@", "a@b@c.fr", ""],
)
def test_an_address_that_is_none_is_refused_by_the_form(client, address):
    response = client.post("/newsletter/", filled(address))

    assert response.status_code == 200
    assert Consent.objects.count() == 0


@pytest.mark.parametrize("address", ["A@B.FR", "a+tag@b.fr", "a@é.fr"])
def test_an_odd_address_that_is_one_is_accepted(client, address):
    assert client.post("/newsletter/", filled(address)).status_code == 302


def test_every_link_that_has_no_use_any_more_shows_one_page(client):
    reader = make_reader()
    words = ["x", "a.b.c", tokens.LEAVE.make(reader), tokens.CONFIRM.sign("nobody"), "é" * 500]

    pages = [client.get(f"/newsletter/confirmer/{word}/").content.decode() for word in words]
    # Each has its own address in its links to the other languages.
    answers = {re.sub(r"/newsletter/confirmer/[^/]+/", "", page) for page in pages}

    assert len(answers) == 1


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", ["/", LISTING, "/newsletter/", "/admin/", "/healthz/live", "/nowhere/"])
def test_a_method_that_nobody_needs_is_refused(client, method, path):
    assert client.generic(method, path).status_code == 405


@pytest.mark.parametrize("host", ["evil.example", "a b", "", "[::1"])
def test_a_forged_host_is_refused(host):
    assert Client().get("/", headers={"host": host}).status_code == 400
