"""The suggestions under the search box, with the keys, with a finger, and when they cannot come."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.page_types import LISTING

pytestmark = pytest.mark.usefixtures("site")


def search_box(page):
    return page.get_by_role("combobox", name="Rechercher dans les pratiques")


@pytest.mark.parametrize("address", ["/", LISTING])
def test_the_keys_choose_a_suggestion_and_enter_goes_there(page, address):
    page.goto(address)
    search_box(page).press_sequentially("handi")
    first = page.get_by_role("option").first
    expect(first).to_have_text(re.compile("Handicap"))
    expect(search_box(page)).to_have_attribute("aria-expanded", "true")

    search_box(page).press("ArrowDown")

    expect(first).to_have_attribute("aria-selected", "true")
    expect(search_box(page)).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    search_box(page).press("Enter")
    expect(page).to_have_url(re.compile(r"/bonnes-pratiques/\?theme=handicap$"))


def test_enter_searches_for_what_is_typed_while_no_suggestion_is_chosen(page):
    page.goto(LISTING)
    search_box(page).press_sequentially("handi")
    expect(page.get_by_role("listbox")).to_be_visible()

    search_box(page).press("Enter")

    expect(page).to_have_url(re.compile(r"\?q=handi$"))


def test_escape_closes_the_list_and_keeps_what_is_typed(page):
    page.goto(LISTING)
    search_box(page).press_sequentially("handi")
    expect(page.get_by_role("listbox")).to_be_visible()

    search_box(page).press("Escape")

    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(search_box(page)).to_have_value("handi")
    expect(search_box(page)).to_have_attribute("aria-expanded", "false")


def test_a_finger_chooses_a_suggestion(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(LISTING)
    search_box(page).press_sequentially("belg")

    page.get_by_role("option", name="Belgique").click()

    expect(page).to_have_url(re.compile(r"\?pays=belgique$"))


def test_how_many_suggestions_there_are_is_told_and_axe_finds_nothing_to_say(page, assert_accessible):
    page.goto(LISTING)
    search_box(page).press_sequentially("handi")
    expect(page.get_by_role("listbox")).to_be_visible()

    told = page.locator(".search [role=status]")

    expect(told).to_have_text(re.compile(r"^\d+ suggestions?$"))
    assert_accessible(page, "light")


def test_the_box_searches_when_suggestions_cannot_come(page):
    page.route("**/suggestions.json*", lambda route: route.abort())
    page.goto(LISTING)
    search_box(page).press_sequentially("handicap")

    search_box(page).press("Enter")

    expect(page).to_have_url(re.compile(r"\?q=handicap$"))
    expect(page.get_by_role("listbox")).to_be_hidden()
