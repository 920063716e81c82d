"""The map of a list: its countries are links for a mouse and for a keyboard, and it is read without seeing it."""

from collections import Counter

import pytest
from playwright.sync_api import expect

from tests.browser import collection
from tests.browser.listing import chips, results, ticked
from tests.browser.page_types import LISTING

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def map_and_charts(page):
    page.goto(LISTING)
    page.get_by_text("Sur une carte et en chiffres").click()
    return page.get_by_role("group", name="Carte des pratiques par pays")


def test_a_country_of_the_map_toggles_its_filter_in_place(page, map_and_charts):
    page.evaluate("window.sameDocument = true")
    count = len(collection.titles(pays=["suisse"]))
    country = map_and_charts.get_by_role("link", name="Suisse")
    expect(country).to_have_accessible_name(f"Suisse : {count} pratique{'s' if count > 1 else ''}")

    country.focus()
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{LISTING}?pays=suisse")
    expect(results(page)).to_have_text(collection.titles(pays=["suisse"]))
    assert ticked(page) == ["suisse"]
    expect(map_and_charts).to_be_visible()

    map_and_charts.locator(".map__country--chosen").click()

    expect(page).to_have_url(LISTING)
    expect(chips(page)).to_have_count(0)
    assert page.evaluate("window.sameDocument")


def test_the_table_says_what_the_map_shows(page, map_and_charts):
    rows = page.get_by_role("table", name="Pratiques par pays").get_by_role("row")

    shown = [row.inner_text().split("\t") for row in rows.all()[1:]]

    assert {name.strip(): int(count) for name, count in shown} == collection.counts("pays")
    expect(map_and_charts.get_by_role("link")).to_have_count(len(shown))


def test_the_shades_have_a_key_and_the_years_their_figures(page, map_and_charts):
    counts = collection.counts("pays")
    years = Counter(practice["start_year"] for practice in collection.PRACTICES if practice["start_year"])
    ends = page.locator(".atlas__ends span")

    expect(page.locator(".map__key")).to_have_text(f"Nuances : de 1 à {max(counts.values())} pratiques")
    expect(ends).to_have_text([str(min(years)), str(max(years))])
    boxes = [one.bounding_box() for one in (page.locator(".atlas__years svg"), *ends.all())]
    assert boxes[1]["y"] >= boxes[0]["y"] + boxes[0]["height"]
    assert boxes[1]["x"] < boxes[2]["x"]
    page.get_by_text("Année par année").click()
    expect(page.locator(".atlas__list li")).to_have_text([f"{year} : {years[year]}" for year in sorted(years)])


@pytest.mark.parametrize("colours", ["light", "dark", "forced"])
def test_the_open_map_is_accessible(page, map_and_charts, screen, assert_accessible, colours):
    assert_accessible(page, colours)
