import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from content.slugs import RESERVED
from facets.declaration import Facet
from practices.filters import PracticeFilterSet
from practices.models import Country, Kind, Practice, Sector, Status, Theme
from tests.factories import make_practice, make_term

pytestmark = pytest.mark.django_db

LISTING = "/bonnes-pratiques/"
KEPT = "/ma-selection/?p=inconnue&p=premiere&p=deuxieme&" + "&".join(f"p=autre-{number}" for number in range(12))


def surfaces(practice):
    """Every public address where a practice could show."""
    yield from ("/", LISTING, f"{LISTING}?tri=titre", f"{LISTING}?tri=pays", "/en/", f"/en{LISTING}")
    yield from (f"{LISTING}flux.atom", f"{LISTING}export.csv", f"{LISTING}export.json")
    yield from ("/api/v1/practices/", f"/api/v1/practices/{practice.slug}/")
    yield practice.get_absolute_url()
    yield from (f"/ma-selection/{view}?p={practice.slug}" for view in ("", "comparer/", "livret/", "export.csv"))
    for facet in PracticeFilterSet.base_filters.values():
        if isinstance(facet, Facet):
            yield f"{LISTING}?{facet.param}={getattr(practice, 'start_year', '')}"
    for term in (*practice.countries.all(), *practice.sectors.all(), *practice.themes.all(), practice.kind):
        yield term.get_absolute_url()
        yield f"{LISTING}?{term._meta.model_name}={term.slug}"


def text(response):
    return response.getvalue().decode()


def robots(response):
    return re.findall(r'<meta name="robots" content="([^"]+)"', text(response))


def canonical(response):
    return re.findall(r'<link rel="canonical" href="([^"]+)"', text(response))


@pytest.mark.parametrize(
    "hidden",
    [
        {"status": Status.DRAFT},
        {"status": Status.IN_REVIEW},
        {"status": Status.ARCHIVED},
        {"published_at": timezone.now() + timezone.timedelta(days=1)},
    ],
    ids=["draft", "in review", "archived", "embargoed"],
)
def test_what_is_not_public_shows_on_no_public_surface(client, hidden):
    secret = make_practice(title="SECRET", teaser="SECRET", countries=["france"], themes=["handicap"], **hidden)
    shown = make_practice(title="Visible", countries=["france"], themes=["handicap"])
    shown.related.add(secret)

    for address in (*surfaces(secret), shown.get_absolute_url()):
        response = client.get(address)
        assert "SECRET" not in text(response), address
        assert response.status_code == (404 if f"/{secret.slug}/" in address else 200), address


def test_what_is_archived_shows_on_its_own_page_and_on_no_other_surface(client):
    archived = make_practice(
        title="SECRET",
        teaser="SECRET",
        countries=["france"],
        status=Status.ARCHIVED,
        archived_at=timezone.now(),
    )
    shown = make_practice(title="Visible", countries=["france"])
    shown.related.add(archived)

    found = {address for address in surfaces(archived) if "SECRET" in text(client.get(address))}

    own = f"{LISTING}{archived.slug}/"
    assert "SECRET" not in text(client.get(shown.get_absolute_url()))
    assert found == {one for one in surfaces(archived) if one.startswith((own, f"/en{own}"))}


def test_the_surfaces_of_that_test_do_show_what_is_public(client):
    practice = make_practice(title="VISIBLE", countries=["france"])

    for address in surfaces(practice):
        assert "VISIBLE" in text(client.get(address)), address


def test_the_listing_counts_filters_and_names_what_is_chosen(client):
    make_practice(title="Des deux", countries=["belgique", "france"], themes=["cooperation"])
    make_practice(title="Ailleurs", countries=["malte"], themes=["cooperation"])

    response = client.get(f"{LISTING}?pays=belgique&pays=france&theme=cooperation")

    assert '<h1 tabindex="-1">1 bonne pratique</h1>' in text(response)
    assert "<title>Bonnes pratiques\u00a0: Belgique, France · Cooperation — Bonnes pratiques</title>" in text(response)
    assert ("Des deux" in text(response), "Ailleurs" in text(response)) == (True, False)


@pytest.mark.parametrize(("address", "heading"), [(LISTING, "0 bonne pratique"), (f"/en{LISTING}", "0 good practices")])
def test_nothing_is_singular_in_french_and_plural_in_english(client, address, heading):
    assert f'<h1 tabindex="-1">{heading}</h1>' in text(client.get(address))


@pytest.mark.parametrize(
    ("query", "where", "index"),
    [
        ("", LISTING, True),
        ("?page=2", f"{LISTING}?page=2", True),
        ("?inconnu=1", LISTING, True),
        ("?pays=france", f"{LISTING}pays/france/", False),
        ("?pays=france&tri=titre", f"{LISTING}pays/france/", False),
        ("?annee=2001", LISTING, False),
        ("?pays=france&theme=handicap", LISTING, False),
        ("?tri=titre", LISTING, False),
        ("?q=pratique", LISTING, False),
    ],
)
def test_search_engines_keep_the_list_and_the_term_pages_only(client, query, where, index):
    for number in range(21):
        make_practice(countries=["france"], themes=["handicap"], start_year=2001 + number % 2)

    response = client.get(LISTING + query)

    assert canonical(response) == [f"http://testserver{where}"]
    assert robots(response) == ([] if index else ["noindex, follow"])


@pytest.mark.parametrize(("address", "browsing"), [(LISTING, True), (f"{LISTING}?q=x", True), ("/", False)])
def test_the_menu_says_that_this_is_the_list(client, address, browsing):
    menu = text(client.get(address)).partition('id="site-nav"')[2].partition("</nav>")[0]

    assert (f'<a href="{LISTING}" aria-current="page">' in menu) == browsing
    assert 'hreflang="en" lang="en">English</a>' in menu


def test_pages_keep_the_choice(client):
    for _number in range(21):
        make_practice(countries=["france"])

    first, filtered, second = (
        client.get(LISTING + query) for query in ("?tri=titre", "?tri=titre&pays=france", "?page=2")
    )

    assert 'rel="next" href="?tri=titre&amp;page=2"' in text(first)
    assert 'rel="next" href="?pays=france&amp;tri=titre&amp;page=2"' in text(filtered)
    assert 'rel="prev" href="."' in text(second)


@pytest.mark.parametrize("number", ["-1", "0", "", "NaN", "1" + "0" * 30, "2", "1.0", "٢", "01", "%00"])
def test_a_page_that_does_not_exist_is_404_with_a_way_back(client, number):
    make_practice()

    response = client.get(f"{LISTING}?page={number}")

    assert response.status_code == (400 if number == "%00" else 404)
    assert f'href="{LISTING}"' in text(response)


def test_a_page_of_one_practice_tells_all_that_is_known(client):
    practice = make_practice(
        title="Titre <b>gras</b>",
        countries=["belgique", "france"],
        start_year=2008,
        end_year=2012,
        context="<p>Le contexte.</p>",
        place="Lille",
    )
    practice.links.create(title="La source", url="https://example.org/source")
    practice.key_figures.create(value="12\u202f045", label="personnes", according_to_source=True)
    other = make_practice(title="Sa sœur")
    practice.related.add(other)

    page = text(client.get(practice.get_absolute_url()))

    for expected in (
        "Titre &lt;b&gt;gras&lt;/b&gt;",
        f'href="{LISTING}pays/belgique/"',
        f'href="{LISTING}pays/france/"',
        "2008–2012",
        "<p>Le contexte.</p>",
        "Lille",
        'href="https://example.org/source"',
        "12\u202f045",
        "selon la source",
        f'href="{other.get_absolute_url()}"',
    ):
        assert expected in page, expected


def test_a_page_of_one_practice_leaves_out_what_is_not_known(client):
    practice = make_practice()

    page = text(client.get(practice.get_absolute_url()))

    for absent in ("Organisme", "Lieu", "Années", "Contexte", "Chiffres clés", "Sources", "Voir aussi", "None"):
        assert absent not in page, absent


@pytest.mark.parametrize(("model", "field"), [(Country, "countries"), (Sector, "sectors"), (Theme, "themes")])
def test_a_term_has_a_page_with_its_description_and_practices(client, model, field):
    make_practice(title="La sienne", **{field: ["exemple"]})
    make_practice(title="Une autre")
    term = model.objects.get(slug="exemple")
    term.description_fr = "Ce que ce terme veut dire."
    term.save()

    page = text(client.get(term.get_absolute_url()))

    assert "Ce que ce terme veut dire." in page
    assert ("La sienne" in page, "Une autre" in page) == (True, False)


def test_a_term_without_practice_has_a_page_that_search_engines_leave_alone(client):
    response = client.get(make_term(Country, "malte").get_absolute_url())

    assert (response.status_code, robots(response)) == (200, ["noindex, follow"])


@pytest.mark.parametrize("address", ["/bonnes-pratiques/absente/", "/bonnes-pratiques/pays/absent/", "/absente/"])
def test_an_unknown_address_is_404_in_the_dress_of_the_site(client, address):
    response = client.get(address)

    assert response.status_code == 404
    assert "Cette page n’existe pas" in text(response)


def test_the_home_page_says_how_much_there_is(client):
    make_practice(countries=["france", "belgique"], themes=["handicap"])
    make_practice(countries=["france"])

    page = text(client.get("/"))

    assert "<strong>2</strong> pratiques" in page
    assert "dans <strong>2</strong> pays" in page
    assert f'href="{LISTING}theme/handicap/"' in page


def test_the_home_page_of_an_empty_catalogue_is_a_page(client):
    assert client.get("/").status_code == 200


def test_the_english_interface_shows_french_words_as_french(client):
    practice = make_practice(title="Un titre", context="<p>Un contexte.</p>")

    page = text(client.get(f"/en{practice.get_absolute_url()}"))

    assert '<html lang="en">' in page
    assert '<h1 lang="fr">Un titre</h1>' in page
    assert "This practice has not been translated yet" in page


ODD = [
    "q=%ED%A0%80",
    "pays=%FF%FE",
    "pays=%",
    "pays=%E9",
    "pays=" + "a" * 5000,
    "pays='%20OR%201=1--",
    "pays=<script>alert(1)</script>",
    "pays=%F0%9F%98%80%E2%80%AE",
    "pays[]=france",
    "annee=9" + "9" * 40,
    "annee=2001.5",
    "annee=-1",
    "tri=titre&tri=pays",
    "tri=__class__",
    "type=initiative&type=initiative",
    "&".join(f"theme=t{number}" for number in range(3000)),
]


@pytest.mark.parametrize("query", ODD, ids=lambda query: query[:30])
def test_odd_queries_get_the_list(client, query):
    make_practice(start_year=2001)

    response = client.get(LISTING, QUERY_STRING=query)

    assert response.status_code == 200
    assert "<script>alert" not in text(response)


@pytest.mark.parametrize("where", ["q=%00", "pays=fr%00ance", "pays=a\x00b"])
def test_a_nul_in_the_query_is_refused_on_every_database(client, where):
    response = client.get(LISTING, QUERY_STRING=where)

    assert response.status_code == 400
    assert "Cette demande n’a pas pu être comprise" in text(response)


@pytest.mark.parametrize("method", ["TRACE", "POST", "PUT", "DELETE", "PATCH", "BREW"])
def test_other_methods_are_refused(method):
    assert Client(enforce_csrf_checks=True).generic(method, LISTING).status_code == 405


def test_a_forged_host_is_refused(client):
    assert client.get(LISTING, headers={"host": "pirate.example"}).status_code == 400


def test_a_forged_forwarding_changes_nothing(client):
    forged = {"x-forwarded-for": "1.2.3.4", "x-forwarded-host": "pirate.example", "x-forwarded-proto": "https"}

    page = text(client.get(LISTING, headers=forged))

    assert "pirate.example" not in page


def test_a_failure_is_told_in_the_dress_of_the_site(monkeypatch):
    monkeypatch.setattr("practices.views.pages.indexed", None)

    response = Client(raise_request_exception=False).get(LISTING)

    assert response.status_code == 500
    assert "Le site a connu une panne" in text(response)


def test_a_visitor_gets_no_cookie_and_a_strict_policy(client):
    response = client.get(LISTING)

    assert not response.cookies
    assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert not re.search(
        r'<script(?![^>]* src=| type="application/ld\+json">)|<style| style=| on[a-z]+=', text(response)
    )


def queries_of(client, django_assert_max_num_queries, address):
    """The number of queries of a page once the facet index has been read, besides that of the version."""
    client.get("/")
    with django_assert_max_num_queries(100) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        (LISTING, 1),
        (f"{LISTING}?pays=pays-0&pays=pays-1&theme=theme-0&tri=pays", 1),
        (f"{LISTING}?pays=pays-0&type=absent&theme=theme-0", 1),
        ("/", 0),
        ("/bonnes-pratiques/theme/theme-0/", 2),
        # One of them for the cards of what resembles it.
        ("/bonnes-pratiques/premiere/", 12),
        # The keys of the slugs, the former address of the unknown one, and five for the records.
        (KEPT, 7),
        (KEPT.replace("/?", "/comparer/?"), 7),
        (KEPT.replace("/?", "/livret/?"), 7),
    ],
)
def test_the_number_of_queries_is_fixed(client, django_assert_max_num_queries, address, allowed):
    terms = {
        "countries": ["pays-0", "pays-1"],
        "themes": ["theme-0"],
        "sectors": ["secteur-0"],
        "audiences": ["public-0"],
    }
    make_practice(slug="premiere", start_year=2000, **terms)
    make_practice(slug="deuxieme", **terms)
    for _number in range(6):
        # The home page tells of these, so that no card of the others is rendered yet.
        make_practice()
    few = queries_of(client, django_assert_max_num_queries, address)
    for number in range(12):
        make_practice(
            slug=f"autre-{number}",
            countries=["pays-0", f"pays-{number}"],
            themes=["theme-0", f"theme-{number}"],
            sectors=[f"secteur-{number}"],
            audiences=[f"public-{number}"],
            kind=f"type-{number}",
            start_year=2000 + number,
        )

    many = queries_of(client, django_assert_max_num_queries, address)

    assert (few, many) == (allowed, allowed)


def test_the_words_of_facets_are_no_address_of_a_practice():
    assert set(PracticeFilterSet.base_filters) - {"q", "tri"} <= RESERVED


def test_every_vocabulary_has_a_facet_and_a_page():
    vocabularies = {facet.vocabulary for facet in PracticeFilterSet.term_facets()}
    related = {
        field.related_model
        for field in Practice._meta.get_fields()
        if field.related_model and hasattr(field.related_model, "description")
    }

    assert vocabularies == related
    for vocabulary in vocabularies:
        assert reverse(f"practices:{vocabulary._meta.model_name}", args=["x"])
    assert Kind in vocabularies
