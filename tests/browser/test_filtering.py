"""The main job, with a mouse: choosing among the practices, widening again, reading one, coming back."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import collection
from tests.browser.listing import chips, facet, results, ticked
from tests.browser.page_types import EMPTY, FILTERED, LISTING

pytestmark = pytest.mark.usefixtures("site")

CROSS_BORDER = {"theme": ["cooperation-transfrontaliere"]}
# Chromium's own collation, from ICU: nothing of the site's code decides what the French order is.
IN_FRENCH_ORDER = "words => [...words].sort(new Intl.Collator('fr', {ignorePunctuation: true}).compare)"


def shown_counts(page, name):
    """The number beside each option of a facet, by label, having checked that screen readers are told the same."""
    texts = facet(page, name).locator("label").all_text_contents()
    lines = [re.fullmatch(r"(.+) (\d+) ?\((\d+) pratiques?\)", " ".join(text.split())).groups() for text in texts]
    assert [on_screen for _label, on_screen, _read_out in lines] == [read_out for *_others, read_out in lines]
    return {label: int(count) for label, count, _read_out in lines}


def test_ticking_two_countries_and_a_theme_gives_exactly_the_practices_that_have_both(page):
    page.goto(LISTING)

    page.get_by_role("checkbox", name="Belgique").check()
    page.get_by_role("checkbox", name="France").check()
    page.get_by_role("checkbox", name="Coopération transfrontalière").check()
    page.get_by_role("button", name="Appliquer").click()

    found = collection.titles(pays=["belgique", "france"], **CROSS_BORDER)
    expect(page).to_have_url(FILTERED)
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{len(found)} bonnes pratiques")
    expect(results(page)).to_have_text(found)
    expect(chips(page)).to_have_text(
        [
            "Retirer le filtre Pays : Belgique",
            "Retirer le filtre Pays : France",
            "Retirer le filtre Thème : Coopération transfrontalière",
            "Tout effacer",
        ]
    )
    assert ticked(page) == ["belgique", "france", "cooperation-transfrontaliere"]


def test_beside_each_country_and_theme_stands_what_ticking_it_would_give(page):
    page.goto(FILTERED)

    by_country, by_theme = shown_counts(page, "Pays"), shown_counts(page, "Thème")

    assert by_country == collection.counts("pays", **CROSS_BORDER)
    assert by_theme == collection.counts("theme", pays=["belgique", "france"])
    for name, counts in (("Pays", by_country), ("Thème", by_theme)):
        enabled = facet(page, name).get_by_role("checkbox", disabled=False, include_hidden=True)
        assert enabled.count() == len([count for count in counts.values() if count]), name


def test_removing_one_choice_widens_the_list_and_clearing_all_keeps_the_order(page):
    page.goto(f"{FILTERED}&tri=titre")

    chips(page).filter(has_text="Belgique").click()

    expect(page).to_have_url(f"{LISTING}?pays=france&theme=cooperation-transfrontaliere&tri=titre")
    expect(results(page)).to_have_count(len(collection.titles(pays=["france"], **CROSS_BORDER)))
    assert ticked(page) == ["france", "cooperation-transfrontaliere"]

    chips(page).filter(has_text="Coopération transfrontalière").click()

    expect(page).to_have_url(f"{LISTING}?pays=france&tri=titre")
    expect(results(page)).to_have_count(len(collection.titles(pays=["france"])))
    assert ticked(page) == ["france"]

    chips(page).filter(has_text="Tout effacer").click()

    expect(page).to_have_url(f"{LISTING}?tri=titre")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{len(collection.PRACTICES)} bonnes pratiques")
    expect(page.get_by_role("link", name="Titre, de A à Z")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("heading", name="Filtres appliqués")).to_have_count(0)
    assert ticked(page) == []


def test_submitting_the_form_keeps_the_order(page):
    page.goto(f"{LISTING}?tri=pays")

    page.get_by_role("checkbox", name="Suisse").check()
    page.get_by_role("button", name="Appliquer").click()

    expect(page).to_have_url(f"{LISTING}?pays=suisse&tri=pays")
    expect(page.get_by_role("link", name="Pays, de A à Z")).to_have_attribute("aria-current", "true")


def test_going_back_from_a_practice_finds_the_same_choice_the_same_results_and_the_same_place(page):
    page.goto(LISTING)
    page.get_by_role("checkbox", name="Belgique").check()
    page.get_by_role("checkbox", name="France").check()
    page.get_by_role("button", name="Appliquer").click()
    expect(page).to_have_url(f"{LISTING}?pays=belgique&pays=france")
    found = collection.titles(pays=["belgique", "france"])
    last = results(page).get_by_role("link", name=found[-1])
    last.scroll_into_view_if_needed()
    place = page.evaluate("scrollY")

    last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(found[-1])
    page.go_back()

    expect(page).to_have_url(f"{LISTING}?pays=belgique&pays=france")
    expect(results(page)).to_have_text(found)
    assert ticked(page) == ["belgique", "france"]
    assert place > 0
    page.wait_for_function("place => scrollY === place", arg=place)


def test_titles_and_options_are_in_french_order(page):
    page.goto(f"{LISTING}?tri=titre")
    titles = results(page).all_text_contents()
    page.goto(f"{LISTING}?tri=titre&page=2")
    titles += results(page).all_text_contents()

    assert titles == page.evaluate(IN_FRENCH_ORDER, collection.titles())
    for name in ("Pays", "Secteur", "Thème", "Public"):
        labels = list(shown_counts(page, name))
        assert labels == page.evaluate(IN_FRENCH_ORDER, labels), name


def test_pages_keep_the_order(page):
    page.goto(LISTING)

    page.get_by_role("link", name="Titre, de A à Z").click()
    expect(page).to_have_url(f"{LISTING}?tri=titre")
    page.get_by_role("link", name="Suivante").click()

    expect(page).to_have_url(f"{LISTING}?tri=titre&page=2")


def test_pages_keep_the_choice(page):
    kinds = ["dispositif-public", "initiative", "publication"]
    found = collection.titles(type=kinds)
    address = f"{LISTING}?type=dispositif-public&type=initiative&type=publication"
    page.goto(LISTING)

    page.locator("summary", has_text="Type").click()
    for name in ("Dispositif public", "Initiative", "Publication"):
        facet(page, "Type").get_by_role("checkbox", name=name).check()
    page.get_by_role("button", name="Appliquer").click()
    expect(page).to_have_url(address)
    expect(results(page)).to_have_text(found[:20])
    page.get_by_role("link", name="Suivante").click()

    expect(page).to_have_url(f"{address}&page=2")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{len(found)} bonnes pratiques")
    expect(results(page)).to_have_text(found[20:])
    assert ticked(page) == kinds

    page.get_by_role("link", name="Précédente").click()

    expect(page).to_have_url(address)


def test_a_choice_without_result_says_what_each_removal_would_bring_and_each_brings_it(page):
    removals = {
        "retirer Finlande": (collection.titles(**CROSS_BORDER), f"{LISTING}?theme=cooperation-transfrontaliere"),
        "retirer Coopération transfrontalière": (collection.titles(pays=["finlande"]), f"{LISTING}?pays=finlande"),
    }
    page.goto(EMPTY)

    expect(page.get_by_role("heading", level=1)).to_have_text("0 bonne pratique")
    expect(page.get_by_role("listitem").filter(has_text=re.compile("^retirer"))).to_have_text(
        [f"{removal} : {len(found)} pratiques" for removal, (found, _address) in removals.items()]
    )
    assert ticked(page) == ["finlande", "cooperation-transfrontaliere"]
    for removal, (found, address) in removals.items():
        page.goto(EMPTY)
        page.get_by_role("link", name=removal).click()
        expect(page).to_have_url(address)
        expect(results(page)).to_have_text(found)


def test_an_unknown_value_is_told_and_left_out(page):
    page.goto(f"{LISTING}?pays=atlantide&pays=suisse")

    expect(page.get_by_role("note")).to_have_text("« atlantide » n’est pas connu dans « Pays » et n’a pas été retenu.")
    expect(results(page)).to_have_text(collection.titles(pays=["suisse"]))
    assert ticked(page) == ["suisse"]


def test_going_back_over_a_choice_unticks_it(page):
    page.goto(LISTING)
    page.get_by_role("checkbox", name="Suisse").check()
    page.get_by_role("button", name="Appliquer").click()
    expect(page).to_have_url(f"{LISTING}?pays=suisse")

    page.go_back()

    expect(page).to_have_url(LISTING)
    assert ticked(page) == []


def test_going_back_unticks_it_even_on_a_page_that_the_browser_has_kept(site, browser_type, browser_type_launch_args):
    # Visitors' browsers keep the pages they leave, as they left them; Playwright has Chromium forget them.
    forget = "--disable-back-forward-cache"
    browser = browser_type.launch(**browser_type_launch_args, ignore_default_args=[forget])
    page = browser.new_page(base_url=site.url)
    page.goto(LISTING)
    page.get_by_role("checkbox", name="Suisse").check()
    page.get_by_role("button", name="Appliquer").click()
    expect(page).to_have_url(f"{site.url}{LISTING}?pays=suisse")

    page.evaluate("history.back()")

    expect(page).to_have_url(f"{site.url}{LISTING}")
    expect(page.get_by_role("checkbox", name="Suisse")).not_to_be_checked()
    browser.close()
