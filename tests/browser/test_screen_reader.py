"""A visit as a screen reader tells it: only roles, names and states are used, as the browser hands them over."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import collection
from tests.browser.page_types import LISTING
from tests.browser.screens import PHONE

pytestmark = pytest.mark.usefixtures("site")


def expect_said(page, words):
    """Expect the page to announce some words, and nothing else."""
    expect(page.get_by_role("status").filter(has_text=re.compile(r"\w"))).to_have_text([words])


def test_a_visit_goes_from_the_list_to_a_practice_and_back(page):
    title = collection.titles(pays=["belgique"])[1]
    page.goto(LISTING)
    belgium = page.get_by_role("group", name="Pays", exact=True).get_by_role("checkbox", name="Belgique (4 pratiques)")

    belgium.check()

    expect_said(page, "4 bonnes pratiques")
    expect(page.get_by_role("main")).to_match_aria_snapshot("""
      - heading "Filtres appliqués" [level=2]
      - list:
        - listitem:
          - 'link "Retirer le filtre Pays : Belgique"'
        - listitem:
          - link "Tout effacer"
    """)

    page.get_by_role("article").get_by_role("link", name=title, exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_accessible_name(title)
    expect(page.get_by_role("navigation", name="Vous êtes ici")).to_match_aria_snapshot("""
      - navigation "Vous êtes ici":
        - list:
          - listitem:
            - link "Accueil"
          - listitem:
            - 'link "Bonnes pratiques : Belgique"'
          - listitem: 2 sur 4
    """)
    expect(page.get_by_role("navigation", name="Dans cette liste")).to_match_aria_snapshot("""
      - navigation "Dans cette liste":
        - link /^Précédente/
        - link /^Suivante/
    """)

    page.get_by_role("link", name="Revenir à la liste").click()

    expect(belgium).to_be_checked()
    expect(page.get_by_role("heading", level=1)).to_have_accessible_name("4 bonnes pratiques")


def test_finding_nothing_is_announced_with_the_ways_out(page):
    page.goto(f"{LISTING}?pays=finlande")

    page.get_by_role("combobox", name="Rechercher dans les pratiques").fill("transfrontalier")
    page.get_by_role("button", name="Rechercher").click()

    expect_said(page, "0 bonne pratique. Aucune pratique ne correspond à ce choix")
    expect(page.get_by_role("main")).to_match_aria_snapshot("""
      - heading "Aucune pratique ne correspond à ce choix" [level=2]
      - list:
        - listitem:
          - link "retirer Finlande"
    """)


def test_the_map_is_a_group_of_links_that_say_their_counts_and_a_table_says_the_same(page):
    counts = collection.counts("pays")
    page.goto(LISTING)
    page.get_by_role("main").get_by_text("Sur une carte et en chiffres").click()

    countries = page.get_by_role("group", name="Carte des pratiques par pays").get_by_role("link")
    rows = page.get_by_role("table", name="Pratiques par pays").get_by_role("row")

    expect(countries).to_have_count(len(counts))
    for link, row, (name, count) in zip(countries.all(), rows.all()[1:], counts.items(), strict=True):
        expect(link).to_have_accessible_name(f"{name} : {count} pratique{'s' if count > 1 else ''}")
        expect(row.get_by_role("rowheader")).to_have_accessible_name(name)
        expect(row.get_by_role("cell")).to_have_text(str(count))

    countries.filter(has_text="Suisse").click()

    expect(countries.filter(has_text="Suisse")).to_have_accessible_name(re.compile(r"\(choisi\)$"))
    expect_said(page, f"{counts['Suisse']} bonne pratique")


def test_the_tray_of_a_phone_is_a_dialog_with_a_name(page):
    page.set_viewport_size(PHONE)
    page.goto(f"{LISTING}?pays=belgique")

    page.get_by_text("Filtrer (1)").click()

    expect(page.get_by_role("dialog")).to_match_aria_snapshot("""
      - dialog "Filtrer par":
        - heading "Filtrer par" [level=2]
        - button "Fermer"
        - group:
          - group "Pays":
            - checkbox "Belgique (4 pratiques)" [checked]
        - paragraph:
          - button "Voir les 4 pratiques"
    """)


def test_keeping_a_practice_is_a_state_and_the_way_to_the_selection_says_how_many(page):
    title = collection.titles()[0]
    page.goto(LISTING)

    page.get_by_role("button", name=f"Garder « {title} » dans ma sélection").click()

    expect(page.get_by_role("button", name=f"Garder « {title} » dans ma sélection", pressed=True)).to_have_count(1)
    page.get_by_role("banner").get_by_role("link", name="Ma sélection 1").click()
    expect(page.get_by_role("list").get_by_role("article").get_by_role("link", name=title)).to_have_count(1)
