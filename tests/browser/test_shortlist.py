"""The selection that a browser keeps: the bookmarks, the counter, the address, two tabs, and no JavaScript."""

import re

import pytest
from django.utils.text import Truncator
from playwright.sync_api import expect

from tests.browser import collection
from tests.browser.page_types import KEPT, LISTING, SELECTION
from tests.browser.screens import PHONE

pytestmark = pytest.mark.usefixtures("site")

FIRST, SECOND, THIRD = (practice["slug"] for practice in collection.PRACTICES[:3])
TITLE = collection.PRACTICES[0]["title"]


def counter(page):
    return page.locator("#kept")


def kept(page):
    """The addresses of the practices on the selection's page, in order."""
    return page.locator(".kept-list__item").evaluate_all("all => all.map(one => one.id)")


def remembered(page):
    return page.evaluate("(localStorage.getItem('selection') ?? '').split(' ').filter(Boolean)")


def keep(page, *slugs):
    """Have the browser remember some practices, as if they had been kept before."""
    page.goto("/a-propos/")
    page.evaluate("slugs => localStorage.setItem('selection', slugs.join(' '))", list(slugs))


def test_one_click_keeps_a_practice_from_a_card_and_from_its_page(page, context):
    page.goto(LISTING)
    bookmark = page.get_by_role("button", name=f"Garder «\u00a0{TITLE}\u00a0» dans ma sélection")
    expect(bookmark).to_have_attribute("aria-pressed", "false")

    bookmark.click()

    expect(bookmark).to_have_attribute("aria-pressed", "true")
    expect(counter(page)).to_have_text(re.compile(r"Ma sélection\s+1"))
    page.get_by_role("checkbox", name="France").check()
    expect(page).to_have_url(f"{LISTING}?pays=france")
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator(".keep")).to_have_count(len(collection.titles(pays=["france"])))
    expect(bookmark).to_have_attribute("aria-pressed", "true")

    page.goto(f"{LISTING}{SECOND}/")
    page.get_by_role("button", name="Garder dans ma sélection", exact=True).click()
    counter(page).click()

    expect(page).to_have_url(f"{SELECTION}?p={FIRST}&p={SECOND}")
    assert kept(page) == remembered(page) == [FIRST, SECOND]
    assert context.cookies() == []
    page.goto(f"{LISTING}{SECOND}/")
    page.get_by_role("button", name="Garder dans ma sélection", exact=True).click()
    assert remembered(page) == [FIRST]


def test_the_list_and_the_storage_change_together_and_the_focus_follows(page):
    keep(page, FIRST, SECOND, THIRD)
    page.goto(SELECTION)
    expect(page).to_have_url(f"{SELECTION}?p={FIRST}&p={SECOND}&p={THIRD}")
    steps = page.evaluate("history.length")

    page.locator(f"#{FIRST}").get_by_role("link", name="Descendre").click()

    expect(page).to_have_url(f"{SELECTION}?p={SECOND}&p={FIRST}&p={THIRD}")
    expect(page.locator(f"#{FIRST}").get_by_role("link", name="Descendre")).to_be_focused()
    assert kept(page) == remembered(page) == [SECOND, FIRST, THIRD]
    page.locator(f"#{SECOND}").get_by_role("link", name="Retirer").click()
    expect(page.locator(f"#{FIRST}").get_by_role("link", name="Retirer")).to_be_focused()
    assert kept(page) == remembered(page) == [FIRST, THIRD]
    expect(counter(page)).to_have_text(re.compile(r"\s2$"))
    page.get_by_role("link", name="Vider la sélection").click()
    expect(page.get_by_text("Rien n’est gardé pour l’instant.")).to_be_visible()
    assert remembered(page) == []
    assert page.evaluate("history.length") == steps


def test_going_back_to_the_selection_shows_what_was_kept_meanwhile(page):
    keep(page, FIRST)
    page.goto(f"{SELECTION}?p={FIRST}")
    page.goto(f"{LISTING}{THIRD}/")
    page.get_by_role("button", name="Garder dans ma sélection", exact=True).click()

    page.go_back()

    expect(page).to_have_url(f"{SELECTION}?p={FIRST}&p={THIRD}")
    expect(page.locator(".kept-list__item")).to_have_count(2)
    page.go_forward()
    expect(page.get_by_role("button", name="Garder dans ma sélection", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )


def test_two_tabs_agree(page, context):
    keep(page, FIRST, SECOND)
    page.goto(f"{SELECTION}?p={FIRST}&p={SECOND}")
    other = context.new_page()
    other.goto(f"{LISTING}{FIRST}/")

    page.locator(f"#{FIRST}").get_by_role("link", name="Retirer").click()

    expect(other.get_by_role("button", name="Garder dans ma sélection")).to_have_attribute("aria-pressed", "false")
    other.get_by_role("button", name="Garder dans ma sélection").click()
    expect(page).to_have_url(f"{SELECTION}?p={SECOND}&p={FIRST}")
    expect(page.locator(".kept-list__item")).to_have_count(2)
    other.close()


def test_a_shared_selection_leaves_ones_own_alone_until_one_takes_it(page):
    keep(page, THIRD)

    page.goto(f"{SELECTION}?p={FIRST}&p={SECOND}")
    page.locator(f"#{FIRST}").get_by_role("link", name="Retirer").click()

    expect(page).to_have_url(f"{SELECTION}?p={SECOND}")
    expect(page.get_by_text("Cette sélection vient d’une adresse")).to_be_visible()
    assert remembered(page) == [THIRD]
    page.get_by_role("button", name="Ajouter ces pratiques à la mienne").click()
    expect(page).to_have_url(f"{SELECTION}?p={THIRD}&p={SECOND}")
    expect(page.get_by_text("Cette sélection vient d’une adresse")).to_be_hidden()
    assert kept(page) == remembered(page) == [THIRD, SECOND]


def test_what_is_no_longer_public_leaves_the_storage_after_it_was_told(page):
    keep(page, FIRST, "pratique-retiree")

    page.goto(SELECTION)

    expect(page.get_by_text("pratique-retiree")).to_be_visible()
    expect(page).to_have_url(f"{SELECTION}?p={FIRST}")
    assert remembered(page) == [FIRST]


def test_a_full_selection_says_so(page):
    keep(page, *(f"inconnue-{number}" for number in range(50)))
    page.goto(f"{LISTING}{FIRST}/")

    page.get_by_role("button", name="Garder dans ma sélection", exact=True).click()

    expect(page.get_by_text("La sélection est pleine.")).to_be_in_viewport()
    assert len(remembered(page)) == 50


def test_where_the_browser_refuses_storage_there_is_no_button(page):
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('no'); } })")

    page.goto(LISTING)

    expect(counter(page)).to_be_hidden()
    expect(page.locator(".keep")).to_have_count(0)


def test_a_comparison_is_a_table_on_every_screen(page, screen):
    page.goto(f"{SELECTION}{KEPT}")

    for practice in collection.PRACTICES[1:4]:
        page.locator(f"#{practice['slug']}").get_by_role("checkbox", name="Comparer").check()
    page.get_by_role("button", name="Comparer").click()

    table = page.get_by_role("table", name="3 pratiques côte à côte")
    expect(table.get_by_role("columnheader")).to_have_text(
        ["Ce que l’on compare", *(practice["title"] for practice in collection.PRACTICES[1:4])]
    )
    expect(table.get_by_role("row", name="Pays").get_by_role("cell")).to_have_count(3)
    boxes = [cell.bounding_box() for cell in table.get_by_role("row", name="Pays").get_by_role("cell").all()]
    assert boxes[0]["x"] < boxes[1]["x"]
    assert boxes[0]["y"] == boxes[1]["y"]
    # Where three do not fit on a line, each value says whose it is.
    names = (
        table.get_by_role("row", name="Pays")
        .get_by_role("cell")
        .evaluate_all("all => all.map(one => getComputedStyle(one, '::before').content.split('\"')[1])")
    )
    told = [Truncator(practice["title"]).chars(45) for practice in collection.PRACTICES[1:4]]
    assert names == (told if screen == "phone" else [None] * 3)


def test_a_booklet_prints_a_cover_the_contents_and_each_practice_on_pages_of_its_own(page):
    page.goto(f"{SELECTION}livret/?p={FIRST}&p={SECOND}&p={THIRD}")

    page.emulate_media(media="print")
    pages = re.findall(rb"/Type /Page\b", page.pdf(format="A4"))

    assert len(pages) == 5
    # The number that the contents give is in a head, which comes again on every page that a sheet goes on.
    heads = page.locator(".sheet__where")
    expect(heads.locator(".sheet__place")).to_have_text(["Fiche\u00a01", "Fiche\u00a02", "Fiche\u00a03"])
    assert heads.evaluate_all("all => all.map(one => getComputedStyle(one).display)") == ["table-header-group"] * 3
    expect(page.get_by_role("banner")).to_have_count(0)
    expect(page.get_by_role("button")).to_have_count(0)


class TestWithoutJavaScript:
    @pytest.fixture
    def browser_context_args(self, browser_context_args):
        return {**browser_context_args, "java_script_enabled": False, "viewport": PHONE}

    def test_an_address_is_a_selection_to_read_to_order_and_to_take_away(self, page):
        page.goto(f"{SELECTION}?p={FIRST}&p={SECOND}")

        expect(counter(page)).to_be_hidden()
        page.locator(f"#{SECOND}").get_by_role("link", name="Monter").click()
        expect(page).to_have_url(f"{SELECTION}?p={SECOND}&p={FIRST}")
        page.locator(f"#{FIRST}").get_by_role("link", name="Retirer").click()
        expect(page).to_have_url(f"{SELECTION}?p={SECOND}")
        expect(page.get_by_role("link", name="CSV")).to_have_attribute("href", f"{SELECTION}export.csv?p={SECOND}")
        page.get_by_role("link", name="Livret à imprimer").click()
        expect(page.get_by_role("heading", level=2)).to_have_text(["Sommaire", collection.PRACTICES[1]["title"]])
        page.goto(LISTING)
        expect(page.locator(".keep")).to_have_count(0)
