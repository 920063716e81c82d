"""The whole site without JavaScript, on a wide screen and on a phone: nothing a visitor needs may depend on it."""

import pytest
from playwright.sync_api import expect

from tests.browser import collection
from tests.browser.listing import chips, facet, results
from tests.browser.page_types import FILTERED, LISTING
from tests.browser.screens import DESKTOP, PHONE

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def browser_context_args(browser_context_args):
    return {**browser_context_args, "java_script_enabled": False}


def test_a_visitor_filters_and_widens_again(page, screen):
    page.goto(LISTING)

    if screen == "phone":
        page.get_by_text("Filtrer", exact=True).click()
    page.get_by_role("checkbox", name="Belgique").check()
    page.get_by_role("checkbox", name="France").check()
    page.get_by_role("checkbox", name="Coopération transfrontalière").check()
    page.get_by_role("button", name="Appliquer").click()

    # Only JavaScript can keep a search that was left empty out of the address.
    expect(page).to_have_url(FILTERED.replace("?", "?q=&"))
    expect(results(page)).to_have_text(
        collection.titles(pays=["belgique", "france"], theme=["cooperation-transfrontaliere"])
    )

    chips(page).filter(has_text="Belgique").click()

    expect(page).to_have_url(f"{LISTING}?pays=france&theme=cooperation-transfrontaliere")
    expect(results(page)).to_have_text(collection.titles(pays=["france"], theme=["cooperation-transfrontaliere"]))

    chips(page).filter(has_text="Tout effacer").click()

    expect(page).to_have_url(LISTING)
    expect(results(page)).to_have_text(collection.titles()[:20])


def test_a_visitor_turns_the_pages(page, screen):
    page.goto(LISTING)

    page.get_by_role("link", name="Suivante").click()

    expect(page).to_have_url(f"{LISTING}?page=2")
    expect(results(page)).to_have_text(collection.titles()[20:])

    page.get_by_role("link", name="Précédente").click()

    expect(page).to_have_url(LISTING)
    expect(results(page)).to_have_text(collection.titles()[:20])


def test_a_visitor_changes_language_and_keeps_the_choice(page, screen):
    chosen = collection.matching(pays=["belgique", "france"], theme=["cooperation-transfrontaliere"])
    english = sorted(practice["title_en"] for practice in chosen)
    page.goto(f"{FILTERED}&tri=titre")

    page.get_by_role("link", name="English").click()

    expect(page).to_have_url(f"/en{FILTERED}&tri=titre")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("3 good practices")
    expect(results(page)).to_have_text(english)

    page.get_by_role("link", name="Français").click()

    expect(page).to_have_url(f"{FILTERED}&tri=titre")
    expect(page.locator("html")).to_have_attribute("lang", "fr")


def test_on_a_wide_screen_the_facets_stand_beside_the_results(page):
    page.set_viewport_size(DESKTOP)
    page.goto(LISTING)

    countries = facet(page, "Pays").bounding_box()
    first_card = page.get_by_role("article").first.bounding_box()

    expect(page.get_by_text("Filtrer", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="Appliquer")).to_be_in_viewport()
    assert countries["x"] + countries["width"] <= first_card["x"]
    assert countries["y"] < first_card["y"] + first_card["height"]
    assert first_card["y"] < countries["y"] + countries["height"]


def test_on_a_phone_the_facets_wait_behind_a_section_that_opens_and_closes_above_the_results(page):
    page.set_viewport_size(PHONE)
    page.goto(LISTING)
    opener, apply = page.get_by_text("Filtrer", exact=True), page.get_by_role("button", name="Appliquer")
    expect(apply).to_be_hidden()
    expect(page.get_by_role("article").first).to_be_in_viewport()

    opener.click()

    expect(apply).to_be_visible()
    countries = facet(page, "Pays").bounding_box()
    first_card = page.get_by_role("article").first.bounding_box()
    assert countries["x"] + countries["width"] <= PHONE["width"]
    assert countries["y"] + countries["height"] <= first_card["y"]

    opener.click()

    expect(apply).to_be_hidden()


def test_a_facet_opens_and_shows_its_other_options(page):
    page.set_viewport_size(DESKTOP)
    page.goto(LISTING)
    last_theme, kind = list(collection.counts("theme"))[-1], next(iter(collection.counts("type")))
    expect(page.get_by_role("checkbox", name=last_theme)).to_be_hidden()
    expect(page.get_by_role("checkbox", name=kind)).to_be_hidden()

    facet(page, "Thème").get_by_text("Voir les 3 autres").click()
    page.locator("summary", has_text="Type").click()

    expect(page.get_by_role("checkbox", name=last_theme)).to_be_visible()
    expect(page.get_by_role("checkbox", name=kind)).to_be_visible()
