"""What a visit costs and leaves behind: bytes, requests, cookies, complaints of the browser, sheets of paper."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.collection import LINKS, RICH
from tests.browser.page_types import LISTING, PAGES, VISITOR_PAGES
from tests.browser.screens import SHEET
from tests.browser.weighing import suffix, weigh

pytestmark = pytest.mark.usefixtures("site")

FAILED = "Failed to load resource: the server responded with a status of "


def test_a_first_visit_to_the_list_is_light(page, context):
    asked, encodings, weights = weigh(page, context, LISTING)

    assert encodings == {"": "br", ".css": "br", ".js": "br", ".svg": "br", ".woff2": None}
    assert {suffix(url) for url in weights} == set(encodings)
    assert len(asked) <= 15
    # A catalogue of thousands, whose facets are full, adds three kilobytes: test_large_catalogue.py holds it to 60,000.
    assert sum(weights.values()) < 57_000


def test_the_next_list_is_lighter_still(page, context):
    weigh(page, context, LISTING)

    _asked, _encodings, following = weigh(page, context, f"{LISTING}?pays=france")

    assert sum(following.values()) < 25_000


def test_a_first_visit_to_a_practice_is_light(page, context):
    asked, _encodings, weights = weigh(page, context, f"{LISTING}{RICH}/")

    assert len(asked) <= 15
    assert sum(weights.values()) < 60_000


def test_a_visitor_gets_no_cookie_and_is_sent_to_no_third_party_anywhere(page, context, base_url):
    asked, cookies, statuses = set(), set(), {}
    page.on("request", lambda request: asked.add(request.url))
    page.on("response", lambda response: cookies.add(response.headers.get("set-cookie")))

    for name, address in VISITOR_PAGES.items():
        statuses[name] = page.goto(address).status

    assert statuses == dict.fromkeys(VISITOR_PAGES, 200) | {"404": 404, "400": 400}
    assert asked >= {f"{base_url}{address}" for address in VISITOR_PAGES.values()}
    assert {url for url in asked if not url.startswith(f"{base_url}/")} == set()
    assert cookies == {None}
    assert context.cookies() == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_every_page_comes_under_a_strict_policy(page):
    lax = {}

    for name, address in PAGES.items():
        policy = page.goto(address).headers.get("content-security-policy", "none")
        if not {"default-src 'none'", "script-src 'self'", "style-src 'self'"} <= set(policy.split("; ")):
            lax[name] = policy

    assert lax == {}


def test_no_page_makes_the_browser_complain(page):
    complaints = {name: [] for name in PAGES}

    def complain(text, url=""):
        # Another test is about the icon, which Chromium asks for when it likes.
        if not url.endswith("/favicon.ico"):
            complaints[name].append(text)

    page.on("console", lambda message: complain(message.text, message.location["url"]))
    page.on("pageerror", lambda error: complain(str(error)))
    for name, address in PAGES.items():  # noqa: B007  `complain` reads the name of the page that is open
        page.goto(address)

    assert {name: texts for name, texts in complaints.items() if texts} == {
        "404": [f"{FAILED}404 (Not Found)"],
        "400": [f"{FAILED}400 (Bad Request)"],
    }


def test_every_page_names_an_icon_so_that_no_browser_looks_for_one_in_vain(page):
    icons = {}

    for name, address in PAGES.items():
        page.goto(address)
        icons[name] = page.locator("link[rel~=icon]").count()

    assert icons == dict.fromkeys(PAGES, 1)


def test_a_practice_prints_without_its_navigation_on_two_sheets_at_most(page):
    page.goto(f"{LISTING}{RICH}/")
    sources = [link["url"] for link in LINKS if RICH in link["practice"]]
    expect(page.get_by_role("navigation")).to_have_count(4)

    page.emulate_media(media="print")
    sheets = re.findall(rb"/Type /Page\b", page.pdf(format="A4"))

    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_hidden()
    expect(page.get_by_role("link", name="Revenir à la liste")).to_be_hidden()
    expect(page.get_by_role("link", name="BibTeX")).to_be_hidden()
    expect(page.locator("#citation")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for source in sources:
        expect(page.get_by_text(source)).to_be_visible()
    assert len(sheets) == 1


def test_on_paper_what_is_known_of_a_practice_stands_beside_what_it_tells(page):
    page.set_viewport_size(SHEET)
    page.goto(f"{LISTING}{RICH}/")

    page.emulate_media(media="print")

    context, facts = page.get_by_role("region", name="Contexte"), page.get_by_role("complementary", name="En bref")
    told, known = context.bounding_box(), facts.bounding_box()
    assert told["x"] + told["width"] < known["x"]
    assert known["x"] + known["width"] <= SHEET["width"]
    expect(page.locator(".map--locator")).to_be_visible()
    expect(page.get_by_role("contentinfo")).to_be_hidden()


def test_the_list_prints_without_its_form_on_few_sheets(page):
    page.goto(LISTING)

    page.emulate_media(media="print")
    sheets = re.findall(rb"/Type /Page\b", page.pdf(format="A4"))

    assert len(sheets) <= 3

    expect(page.get_by_role("navigation")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("checkbox")).to_have_count(0)
    expect(page.get_by_role("article")).to_have_count(20)
