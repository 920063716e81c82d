"""The list that follows a choice at once: what changes without a reload, what stays, Back, and what goes wrong."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import collection
from tests.browser.listing import chips, facet, results, ticked
from tests.browser.page_types import LISTING
from tests.browser.screens import DESKTOP, PHONE

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def listing(page):
    """The list on a wide screen, which remembers whether it was loaded again."""
    page.set_viewport_size(DESKTOP)
    page.goto(LISTING)
    page.evaluate("window.sameDocument = true")
    yield page
    assert page.evaluate("window.sameDocument === true"), "the page was loaded again"


def said(page):
    return page.locator("#status")


def test_a_choice_changes_results_counts_chips_title_and_address_at_once(listing):
    listing.get_by_role("checkbox", name="Belgique").check()

    found = collection.titles(pays=["belgique"])
    expect(listing).to_have_url(f"{LISTING}?pays=belgique")
    expect(results(listing)).to_have_text(found)
    expect(listing.get_by_role("heading", level=1)).to_have_text(f"{len(found)} bonnes pratiques")
    expect(listing).to_have_title("Bonnes pratiques\u00a0: Belgique — Bonnes pratiques")
    expect(chips(listing).first).to_have_text("Retirer le filtre Pays : Belgique")
    expect(listing.get_by_role("link", name="English")).to_have_attribute("href", f"/en{LISTING}?pays=belgique")
    kept = collection.counts("theme", pays=["belgique"])["Handicap"]
    expect(facet(listing, "Thème").locator("label", has_text="Handicap")).to_contain_text(f"({kept} pratique")


def test_focus_and_scroll_stay_where_the_visitor_is(listing):
    box = listing.get_by_role("checkbox", name="Insertion", exact=False).first
    box.scroll_into_view_if_needed()
    box.focus()
    before = box.bounding_box()["y"]

    listing.keyboard.press("Space")

    expect(chips(listing)).to_have_count(2)
    expect(box).to_be_focused()
    expect(box).to_be_checked()
    assert abs(box.bounding_box()["y"] - before) < 1


def test_the_number_found_is_announced_and_nothing_is_until_then(listing):
    expect(said(listing)).to_have_attribute("role", "status")
    expect(said(listing)).to_have_text("")

    listing.get_by_role("checkbox", name="Belgique").check()

    expect(said(listing)).to_have_text(f"{len(collection.titles(pays=['belgique']))} bonnes pratiques")


def test_a_list_that_becomes_empty_is_announced(page):
    page.goto(f"{LISTING}?pays=finlande")

    page.evaluate("""() => {
        const box = document.querySelector('input[value="cooperation-transfrontaliere"]');
        box.disabled = false; box.closest('details').open = true; box.click();
    }""")

    expect(said(page)).to_have_text("0 bonne pratique. Aucune pratique ne correspond à ce choix")


def test_back_and_forward_find_each_choice_and_its_place(listing):
    listing.get_by_role("checkbox", name="France").check()
    expect(listing).to_have_url(f"{LISTING}?pays=france")
    expect(chips(listing)).to_have_count(2)
    listing.evaluate("scrollTo(0, 300)")
    listing.wait_for_timeout(100)
    listing.get_by_role("checkbox", name="Belgique").evaluate("box => box.click()")
    expect(chips(listing)).to_have_count(3)
    listing.evaluate("scrollTo(0, 0)")

    listing.evaluate("history.back()")

    expect(listing).to_have_url(f"{LISTING}?pays=france")
    expect(results(listing)).to_have_text(collection.titles(pays=["france"]))
    assert ticked(listing) == ["france"]
    listing.wait_for_function("scrollY === 300")

    listing.evaluate("history.back()")

    expect(listing).to_have_url(LISTING)
    expect(chips(listing)).to_have_count(0)
    assert ticked(listing) == []

    listing.evaluate("history.go(2)")

    expect(listing).to_have_url(f"{LISTING}?pays=belgique&pays=france")
    expect(results(listing)).to_have_text(collection.titles(pays=["belgique", "france"]))
    assert ticked(listing) == ["belgique", "france"]


def test_typing_leaves_one_step_to_go_back_over(listing):
    box = listing.get_by_role("combobox", name="Rechercher dans les pratiques")
    before = listing.evaluate("history.length")

    for word in ("emp", "emploi"):
        box.fill(word)
        expect(listing).to_have_url(f"{LISTING}?q={word}")
    expect(box).to_be_focused()

    assert listing.evaluate("history.length") == before + 1
    listing.evaluate("history.back()")
    expect(listing).to_have_url(LISTING)
    expect(box).to_have_value("")


def test_chips_orders_and_pages_change_the_list_too(listing):
    listing.get_by_role("link", name="Titre, de A à Z").click()
    expect(listing).to_have_url(f"{LISTING}?tri=titre")
    expect(listing.get_by_role("link", name="Titre, de A à Z")).to_be_focused()
    listing.get_by_role("link", name="Suivante").click()
    expect(listing).to_have_url(f"{LISTING}?tri=titre&page=2")
    expect(listing.get_by_role("heading", level=1)).to_be_focused()
    expect(listing.get_by_role("heading", level=1)).to_be_in_viewport()

    listing.get_by_role("checkbox", name="Suisse").check()
    expect(listing).to_have_url(f"{LISTING}?pays=suisse&tri=titre")
    expect(chips(listing)).to_have_count(2)
    chips(listing).filter(has_text="Tout effacer").click()

    expect(listing).to_have_url(f"{LISTING}?tri=titre")
    assert ticked(listing) == []


def test_the_last_of_quick_choices_wins(listing):
    first = []

    def late(route):
        first.append(route.request.url)
        listing.wait_for_timeout(200)
        route.continue_()

    listing.route(re.compile(r"\?pays=belgique$"), late)

    listing.get_by_role("checkbox", name="Belgique").check()
    listing.get_by_role("checkbox", name="France").check()

    expect(results(listing)).to_have_text(collection.titles(pays=["belgique", "france"]))
    listing.wait_for_timeout(400)
    expect(results(listing)).to_have_text(collection.titles(pays=["belgique", "france"]))
    assert len(first) == 1


def test_quick_actions_add_up_before_any_answer_comes(listing):
    page = listing

    # All in one go in the page itself, which no answer can reach meanwhile.
    page.evaluate("""() => {
        const link = (place) => document.querySelector(`#results ${place}`).click();
        link('.sort a[href$="tri=titre"]');
        document.querySelector('input[value="belgique"]').click();
        document.querySelector('input[value="france"]').click();
        link('.atlas__table a[href*="pays=suisse"]');
        link('.pagination a[rel="next"]');
    }""")

    # The page asked for was one of a list that nobody wants any more.
    expect(page).to_have_url(f"{LISTING}?pays=belgique&pays=france&pays=suisse&tri=titre")
    expect(chips(page)).to_have_count(4)
    expect(page.get_by_role("link", name="Titre, de A à Z")).to_have_attribute("aria-current", "true")
    assert ticked(page) == ["belgique", "france", "suisse"]

    page.evaluate("""() => {
        const chip = (words) => [...document.querySelectorAll('.chip')].find((one) => one.textContent.includes(words));
        document.querySelector('input[value="autriche"]').click();
        chip('France').click();
        document.querySelector('#search').value = 'emploi';
        chip('Belgique').click();
    }""")

    expect(page).to_have_url(f"{LISTING}?q=emploi&pays=autriche&pays=suisse&tri=titre")
    expect(chips(page)).to_have_count(3)
    page.evaluate("""() => {
        document.querySelector('input[value="handicap"]').click();
        document.querySelector('.chip--clear').click();
    }""")
    expect(page).to_have_url(f"{LISTING}?q=emploi&tri=titre")
    expect(chips(page)).to_have_count(0)
    assert ticked(page) == []


@pytest.mark.parametrize(
    ("first", "then", "address"),
    [
        (["tri=titre"], "page=2", "?tri=titre&page=2"),
        (["tri=pays"], "page=2", "?tri=pays&page=2"),
        (["tri=titre", "tri=pays"], "page=2", "?tri=pays&page=2"),
        (["tri=titre"], "pays=suisse", "?pays=suisse&tri=titre"),
    ],
)
def test_a_click_made_while_a_list_is_on_its_way_counts(listing, first, then, address):
    # All in one go in the page itself, which no answer can reach meanwhile.
    listing.evaluate(
        """queries => queries.forEach((one) => {
            const link = document.querySelector(`#results a[href$='${one}']`); // the map's have no method click()
            link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
        })""",
        [*first, then],
    )

    expect(listing).to_have_url(f"{LISTING}{address}")


@pytest.mark.parametrize("place", [".pagination a[rel=next]", ".sort a[href$='tri=pays']", "article a"])
def test_no_link_is_replaced_between_the_press_and_the_release_of_a_button(listing, place):
    link = listing.locator(f"#results {place}").first
    link.scroll_into_view_if_needed()
    link.evaluate("link => link.addEventListener('click', () => (window.clicked = true))")
    box = link.bounding_box()
    listing.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    listing.mouse.down()
    with listing.expect_response(re.compile(r"tri=titre$")):
        listing.evaluate("""() => {
            document.querySelector("#results a[href$='tri=titre']").click();
            addEventListener('click', (event) => event.preventDefault(), { once: true });
        }""")
    listing.evaluate("() => new Promise((later) => setTimeout(later, 100))")
    replaced = listing.evaluate("document.querySelector('.sort [aria-current]').textContent.includes('Titre')")
    listing.mouse.up()

    assert not replaced
    listing.wait_for_function("() => window.clicked")


def test_back_and_then_a_quick_choice_start_from_where_one_went_back_to(listing):
    page = listing
    page.get_by_role("checkbox", name="Belgique").check()
    expect(chips(page)).to_have_count(2)
    page.get_by_role("link", name="Titre, de A à Z").click()
    expect(page.get_by_role("link", name="Titre, de A à Z")).to_have_attribute("aria-current", "true")

    page.evaluate("""() => {
        addEventListener('popstate', () => document.querySelector('input[value="france"]').click(), { once: true });
        history.back();
    }""")

    expect(page).to_have_url(f"{LISTING}?pays=belgique&pays=france")
    expect(chips(page)).to_have_count(3)


def test_where_the_update_fails_the_browser_goes_to_the_page(page):
    page.set_viewport_size(DESKTOP)
    page.goto(LISTING)
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('network')); }")

    page.get_by_role("checkbox", name="Suisse").check()

    expect(page).to_have_url(f"{LISTING}?pays=suisse")
    expect(results(page)).to_have_text(collection.titles(pays=["suisse"]))


@pytest.mark.parametrize("missing", ["live", "filters", "suggest"])
def test_with_a_script_that_never_comes_the_form_still_works(page, screen, missing):
    page.route(re.compile(rf"/js/{missing}\b.*\.js"), lambda route: route.abort())
    page.goto(LISTING)

    if screen == "phone":
        page.get_by_text("Filtrer", exact=True).click()
    page.get_by_role("checkbox", name="Suisse").check()
    page.get_by_role("button", name=re.compile("^(Appliquer|Voir )")).first.click()

    expect(page).to_have_url(re.compile(rf"{re.escape(LISTING)}\?(q=&)?pays=suisse$"))
    expect(results(page)).to_have_text(collection.titles(pays=["suisse"]))


def test_on_a_phone_the_filters_are_a_tray_that_says_what_one_will_see(page):
    page.set_viewport_size(PHONE)
    page.goto(LISTING)
    opener = page.locator(".filters__open")

    opener.click()
    tray = page.get_by_role("dialog", name="Filtrer par")
    expect(tray).to_be_visible()
    tray.get_by_role("checkbox", name="Belgique").check()
    tray.get_by_role("checkbox", name="France").check()
    count = len(collection.titles(pays=["belgique", "france"]))
    see = tray.get_by_role("button", name=f"Voir les {count} pratiques")
    expect(see).to_be_in_viewport()
    see.click()

    expect(tray).to_have_count(0)
    expect(opener).to_have_text("Filtrer (2)")
    expect(opener).to_be_focused()
    expect(results(page)).to_have_count(min(count, 20))


def test_escape_closes_the_tray_and_gives_the_focus_back(page):
    page.set_viewport_size(PHONE)
    page.goto(LISTING)
    page.locator(".filters__open").click()
    expect(page.get_by_role("dialog")).to_be_visible()

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".filters__open")).to_be_focused()


@pytest.mark.parametrize("colours", ["light", "dark", "forced"])
def test_the_open_tray_is_accessible(page, assert_accessible, colours):
    page.set_viewport_size(PHONE)
    page.goto(f"{LISTING}?pays=france")
    page.locator(".filters__open").click()

    assert_accessible(page, colours)


def test_one_looks_for_an_option_of_a_long_facet_by_its_first_letters_accents_or_not(listing):
    find = listing.get_by_role("searchbox", name="Chercher dans Thème")

    find.fill("cooperation")

    expect(facet(listing, "Thème").get_by_role("checkbox")).to_have_count(
        len([name for name in collection.counts("theme") if "ooperation" in name.replace("é", "e")])
    )
    find.fill("cooperation transf")
    find.press("Enter")
    expect(listing).to_have_url(f"{LISTING}?theme=cooperation-transfrontaliere")
    find.press("Escape")
    expect(find).to_have_value("")
    expect(facet(listing, "Thème").get_by_role("checkbox")).to_have_count(len(collection.counts("theme")))
