"""What every type of page owes to everybody: axe, zoom, targets, headings, languages, forced colours."""

import html
import re
from http.client import HTTPConnection
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser import collection
from tests.browser.page_types import FILTERED, LISTING, PAGES, VISITOR_PAGES
from tests.browser.screens import COLOURS, PHONE, ZOOMED, contrast

pytestmark = pytest.mark.usefixtures("site")

OPEN_EVERYTHING = "() => document.querySelectorAll('details').forEach(one => { one.open = true; })"
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 0.5)
  .map(one => one.outerHTML.slice(0, 80))"""
# WCAG 2.5.8 excepts links within a sentence: what is in line with other words. A box is ticked through its label too.
TARGETS = """() => [...document.querySelectorAll("a[href], button, summary, input, select, textarea")]
  .filter(one => one.checkVisibility() && one.type !== "hidden")
  .filter(one => {
    let block = one;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    return block.textContent.trim() === one.textContent.trim();
  })
  .map(one => [one.outerHTML.slice(0, 80), (one.closest("label") ?? one).getBoundingClientRect()])
  .map(([start, box]) => [start, box.width, box.height])"""
HEADINGS = "() => [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(one => Number(one.localName[1]))"
WORDS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), words = [];
  while (walker.nextNode())
    words.push([walker.currentNode.parentElement.closest("[lang]").lang, walker.currentNode.data]);
  return words;
}"""
# The colours of the words of the ruled page at the top of the home page, and those of its rules and of what is between.
RULED_PAGE = """() => {
  const ruled = document.querySelector(".hero"), style = getComputedStyle(ruled);
  const words = [...ruled.querySelectorAll("h1, p, strong")].map(one => getComputedStyle(one).color);
  const rules = style.backgroundImage.match(/rgb\\([^)]*\\)/g);
  return [[...new Set(words)], [...new Set([...rules, getComputedStyle(document.body).backgroundColor])]];
}"""
BORDERS = """() => [...document.querySelectorAll("button, a.button, a.chip, summary.filters__open")]
  .filter(one => one.checkVisibility())
  .map(one => [one.textContent.trim(), getComputedStyle(one)])
  .map(([name, style]) => [name, style.borderTopStyle, parseFloat(style.borderTopWidth), style.borderTopColor])"""


def plain(text):
    """Words without their markup, their entities, or the way their lines are broken."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def written_in_french():
    """Every piece of the collection that exists in French only, or differently in French."""
    fields = ("title", "teaser", "place", "years_note", *collection.SECTIONS)
    pieces = [(practice, field) for practice in collection.PRACTICES for field in fields]
    pieces += [(row, "label") for row in collection.KEY_FIGURES] + [(row, "title") for row in collection.LINKS]
    yield from (plain(row[field]) for row, field in pieces if row[field] != row.get(f"{field}_en"))
    for terms in collection.TERMS.values():
        yield from (term["name_fr"] for term in terms if term["name_fr"] != term["name_en"])


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_to_say_in_any_colours(page, assert_accessible, name):
    page.goto(PAGES[name])

    undecided = {colours: assert_accessible(page, colours) for colours in COLOURS}

    # Axe reads no contrast over the ruled page at the top of the home page: another test does.
    ruled = {"light", "dark"} if name in ("home", "English home") else set()
    assert {colours for colours, rules in undecided.items() if rules} == ruled


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_words_on_the_ruled_page_stand_out_from_its_rules(page, colours):
    page.emulate_media(**COLOURS[colours])
    page.goto("/")

    words, rules = page.evaluate(RULED_PAGE)

    assert len(rules) > 1
    assert [(word, rule) for word in words for rule in rules if contrast(word, rule) < 4.5] == []


def test_no_page_scrolls_sideways_at_400_percent(page):
    page.set_viewport_size(ZOOMED)
    too_wide = {}

    for name, address in PAGES.items():
        page.goto(address)
        page.evaluate(OPEN_EVERYTHING)
        elements, width = page.evaluate(TOO_WIDE), page.evaluate("document.documentElement.scrollWidth")
        if elements or width > ZOOMED["width"]:
            too_wide[name] = width, elements

    assert too_wide == {}


def test_targets_are_large_enough_for_a_finger(page):
    page.set_viewport_size(PHONE)
    too_small, measured = {}, {}

    for name, address in PAGES.items():
        page.goto(address)
        page.evaluate(OPEN_EVERYTHING)
        targets = page.evaluate(TARGETS)
        measured[name] = len(targets)
        if small := [target for target in targets if min(target[1:]) < 24]:
            too_small[name] = small

    assert too_small == {}
    assert measured["listing"] > 80
    assert min(measured.values()) >= 3


def test_every_page_has_one_title_and_skips_no_level_of_heading(page):
    faults = {}

    for name, address in PAGES.items():
        page.goto(address)
        levels = page.evaluate(HEADINGS)
        skipped = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
        if levels[:1] != [1] or levels.count(1) != 1 or skipped:
            faults[name] = levels

    assert faults == {}


def test_french_words_are_marked_as_such_in_english_pages(page):
    french = set(written_in_french()) - {""}
    sentences = " ".join(french)
    # WCAG 3.1.2 excepts proper names.
    names = {plain(organisation["name"]) for organisation in collection.rows("practices", "organisation")}
    marked, unmarked = set(), {}

    for name, address in VISITOR_PAGES.items():
        if name.startswith("English"):
            page.goto(address)
            words = {(lang, plain(text)) for lang, text in page.evaluate(WORDS)}
            found = {(lang, text) for lang, text in words if text in french or (len(text) > 15 and text in sentences)}
            marked |= {text for lang, text in found if lang == "fr"}
            if missed := {text for lang, text in found if lang != "fr"} - names:
                unmarked[name] = missed

    assert unmarked == {}
    # What the page of the richest practice tells in French alone.
    [rich] = [practice for practice in collection.PRACTICES if practice["slug"] == collection.RICH]
    told = [plain(text) for field in collection.SECTIONS for text in re.split("</?(?:p|li|h3)>", rich[field])]
    assert marked >= {text for text in told if len(text) > 15}


def test_a_page_and_the_link_to_its_translation_say_their_languages(page):
    said = {}

    for address in ("/", LISTING, FILTERED, "/a-propos/", "/en/", f"/en{LISTING}", "/en/a-propos/"):
        page.goto(address)
        said[address] = page.locator("html, a[hreflang]").evaluate_all("all => all.map(one => one.lang)")

    assert said == {address: ["en", "fr"] if address.startswith("/en/") else ["fr", "en"] for address in said}


def test_a_refusal_is_in_the_language_of_its_address_whatever_was_read_before(site):
    # A server answers one connection from one thread, which remembers a language; a browser would open several.
    connection = HTTPConnection(site.thread.host, site.thread.port)
    connection.request("GET", "/en/")
    connection.getresponse().read()

    connection.request("GET", PAGES["400"])
    refusal = connection.getresponse().read().decode()
    connection.close()

    assert re.findall("<html lang=.(..)", refusal) == ["fr"]


def test_what_one_clicks_keeps_an_outline_when_the_system_forces_colours(page, screen):
    page.emulate_media(**COLOURS["forced"])
    faint, seen = {}, set()

    for name in ("home", "listing", "filtered listing", "empty listing", "404"):
        page.goto(PAGES[name])
        page.evaluate(OPEN_EVERYTHING)
        canvas = page.evaluate("getComputedStyle(document.body).backgroundColor")
        for button, style, width, colour in page.evaluate(BORDERS):
            seen.add(button)
            if style != "solid" or width < 1 or contrast(colour, canvas) < 3:
                faint[name, button] = f"{width} {style} {colour} on {canvas}"

    assert faint == {}
    assert seen >= {"Rechercher", "Appliquer", "Tout effacer", "Voir toutes les pratiques"}


def test_a_screen_reader_is_told_what_the_list_is_and_how_to_narrow_it(page):
    page.goto(f"{LISTING}?pays=belgique")

    expect(page.get_by_role("main")).to_match_aria_snapshot("""
      - main:
        - heading "4 bonnes pratiques" [level=1]
        - status
        - complementary:
          - group:
            - heading "Filtrer par" [level=2]
            - button "Appliquer"
            - group:
              - text: Pays 1 choix
              - group "Pays":
                - checkbox "Autriche (1 pratique)"
                - checkbox "Belgique (4 pratiques)" [checked]
            - group:
              - group "Secteur":
                - paragraph:
                  - searchbox "Chercher dans Secteur"
                  - status
        - heading "Filtres appliqués" [level=2]
        - list:
          - listitem:
            - 'link "Retirer le filtre Pays : Belgique"'
          - listitem:
            - link "Tout effacer"
        - navigation "Ordre de la liste"
        - list:
          - listitem:
            - article:
              - heading [level=2]:
                - link
              - button /Garder « .+ » dans ma sélection/
    """)


def test_a_screen_reader_is_told_what_a_practice_is(page):
    page.goto(f"{LISTING}envie/")

    expect(page.get_by_role("main")).to_match_aria_snapshot("""
      - main:
        - article:
          - navigation "Vous êtes ici"
          - heading /Envie/ [level=1]
          - paragraph:
            - button "Garder dans ma sélection"
          - region "Contexte":
            - heading "Contexte" [level=2]
          - region "Sources et liens":
            - heading "Sources et liens" [level=2]
            - list:
              - listitem:
                - link /autre site/
          - complementary "En bref":
            - term: Organisme
            - definition: Réseau Envie
          - region "Citer et partager":
            - heading "Citer et partager" [level=2]
            - status
          - navigation "Dans cette liste"
    """)


def test_a_screen_reader_is_told_which_practice_each_button_of_a_selection_is_about(page):
    page.goto("/ma-selection/?p=envie&p=hot")

    expect(page.get_by_role("main")).to_match_aria_snapshot("""
      - main:
        - heading "Ma sélection" [level=1]
        - list:
          - listitem:
            - link "Comparer"
          - listitem:
            - link "Livret à imprimer"
        - list:
          - listitem:
            - article:
              - heading /Envie/ [level=2]
            - list:
              - listitem:
                - link /^Retirer Envie/
              - listitem:
                - link /^Descendre Envie/
          - listitem:
            - list:
              - listitem:
                - link /^Retirer HOT/
              - listitem:
                - link /^Monter HOT/
        - region "Partager et emporter"
    """)
