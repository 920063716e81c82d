"""The main job by keyboard alone: where the focus goes, that it shows, and what the keys do."""

import pytest
from playwright.sync_api import expect

from tests.browser import collection
from tests.browser.page_types import FILTERED, LISTING, SELECTION
from tests.browser.screens import COLOURS, DESKTOP, PHONE, contrast

pytestmark = pytest.mark.usefixtures("site")

# The colour of the ring around the focused element, which may be drawn around an ancestor, as a card's is; that of the
# page; and what lies over the element's middle or over the middle of one of its sides.
FOCUS = """() => {
  const focused = document.activeElement;
  const ringed = element => {
    const style = getComputedStyle(element);
    return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
  };
  let ring = focused;
  while (ring && !ringed(ring)) ring = ring.parentElement;
  const box = focused.getClientRects()[0];
  const points = [[0.5, 0.5], [0.5, 0.05], [0.5, 0.95], [0.05, 0.5], [0.95, 0.5]];
  const cover = points
    .map(([x, y]) => document.elementFromPoint(box.left + x * box.width, box.top + y * box.height))
    .find(top => !focused.contains(top));
  const name = cover => cover ? `${cover.localName}.${cover.className}` : "the edge of the screen";
  return {
    ring: ring && getComputedStyle(ring).outlineColor,
    page: getComputedStyle(document.body).backgroundColor,
    cover: cover === undefined ? "" : name(cover),
  };
}"""


def focused(page):
    """The role, the name and the state of the focused element, as assistive technology gets them."""
    return page.locator(":focus").aria_snapshot().splitlines()[0].removeprefix("- ").removesuffix(":").strip("'")


def fault_of_focus(page):
    """What is wrong with how the focus shows, or nothing; a ring stands out from 3 to 1 (WCAG 1.4.11)."""
    seen = page.evaluate(FOCUS)
    if not seen["ring"]:
        return "no outline"
    if contrast(seen["ring"], seen["page"]) < 3:
        return f"an outline in {seen['ring']} on {seen['page']}"
    return seen["cover"] and f"under {seen['cover']}"


def walk(page, key, *, until):
    """Press a key until the focus is on `until`; return every stop on the way, having seen the focus show at each."""
    stops, faults = [], {}
    while not stops or not stops[-1].startswith(until):
        assert len(stops) < 150, f"{until} is out of reach: {stops}"
        page.keyboard.press(key)
        stops.append(focused(page))
        if fault := fault_of_focus(page):
            faults[stops[-1]] = fault
    assert faults == {}
    return stops


def boxes(counts):
    """The stops of the options of a facet."""
    return [f'checkbox "{name} ({count} pratique{"s" if count > 1 else ""})"' for name, count in counts.items()]


def links(*names):
    """The stops of links."""
    return [f'link "{" ".join(name.split())}"' for name in names]


def cards(titles):
    """The stops of cards: the practice, then the button that keeps it."""
    for title in titles:
        yield from links(title)
        yield f'button "Garder « {" ".join(title.split())} » dans ma sélection"'


HEADER = links(
    *("Aller au contenu", "Bonnes pratiques", "Ma sélection"),
    *("Parcourir les pratiques", "Proposer une pratique", "À propos", "English"),
)
SEARCH = ['combobox "Rechercher dans les pratiques"', 'button "Rechercher"']
TAKE_FEED = "Recevoir par flux (Atom) les nouvelles pratiques de cette liste"
ATLAS = ["text: Sur une carte et en chiffres"]
RESULTS = [
    *ATLAS,
    *links("Plus récentes", "Titre, de A à Z", "Pays, de A à Z"),
    *cards(collection.titles()[:20]),
    *links("Page 1", "Page 2", "Suivante"),
    *links("Tableur (XLSX)", "CSV", "JSON", TAKE_FEED, "La lire par programme"),
]
FOOTER = [
    'textbox "La lettre des bonnes pratiques"',
    'button "S’inscrire"',
    *links("À propos", "Données ouvertes", "Mentions légales", "Données personnelles", "Accessibilité : non conforme"),
]
FORM = [
    'button "Appliquer"',
    "text: Pays",
    *boxes(collection.counts("pays")),
    "text: Secteur",
    'searchbox "Chercher dans Secteur"',
    *boxes(collection.counts("secteur"))[:8],
    "text: Voir les 4 autres",
    "text: Thème",
    'searchbox "Chercher dans Thème"',
    *boxes(collection.counts("theme"))[:8],
    "text: Voir les 3 autres",
    "text: Type",
    "text: Public",
    "text: Année de départ",
]


@pytest.mark.parametrize("colours", COLOURS)
def test_the_focus_goes_through_the_page_in_its_order_and_always_shows(page, screen, colours):
    page.emulate_media(**COLOURS[colours])
    page.goto(LISTING)

    stops = walk(page, "Tab", until=FOOTER[-1])

    assert stops == HEADER + SEARCH + (FORM if screen == "desktop" else ["text: Filtrer"]) + RESULTS + FOOTER


def test_the_focus_shows_on_the_way_back_too(page):
    page.set_viewport_size(DESKTOP)
    page.goto(LISTING)
    page.get_by_role("link", name="Plus récentes").focus()

    stops = walk(page, "Shift+Tab", until=HEADER[0])

    assert stops == list(reversed(HEADER + SEARCH + FORM + ATLAS))


def test_in_the_tray_the_focus_goes_round_and_always_shows(page):
    page.set_viewport_size(PHONE)
    page.goto(LISTING)
    page.get_by_text("Filtrer", exact=True).click()
    see = f'button "Voir les {len(collection.PRACTICES)} pratiques"'

    assert focused(page) == 'button "Fermer"'
    assert walk(page, "Tab", until="button") == [*FORM[1:], see]


def test_the_whole_job_is_done_without_a_mouse(page, screen):
    page.goto(LISTING)

    if screen == "phone":
        walk(page, "Tab", until="text: Filtrer")
        page.keyboard.press("Enter")
    walk(page, "Tab", until='checkbox "Belgique')
    page.keyboard.press("Space")
    expect(page.locator(":focus")).to_be_checked()
    page.keyboard.press("Space")
    expect(page.locator(":focus")).not_to_be_checked()
    page.keyboard.press("Space")
    walk(page, "Tab", until='checkbox "France')
    page.keyboard.press("Space")
    walk(page, "Tab", until='checkbox "Coopération transfrontalière')
    page.keyboard.press("Space")
    page.keyboard.press("Enter")

    expect(page).to_have_url(FILTERED)
    expect(page.get_by_role("dialog")).to_have_count(0)
    walk(page, "Tab", until='link "Retirer le filtre Pays : Belgique"')
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{LISTING}?pays=france&theme=cooperation-transfrontaliere")
    expect(page.get_by_role("heading", name="Filtres appliqués").locator("xpath=..").get_by_role("link")).to_have_count(
        3
    )

    found = collection.titles(pays=["france"], theme=["cooperation-transfrontaliere"])
    walk(page, "Tab", until=links(found[-1])[0])
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(found[-1])


def test_a_closed_group_opens_and_closes_by_the_keyboard(page):
    page.set_viewport_size(DESKTOP)
    page.goto(LISTING)
    kinds = boxes(collection.counts("type"))
    walk(page, "Tab", until="text: Type")

    page.keyboard.press("Enter")

    assert walk(page, "Tab", until="text: Public") == [*kinds, "text: Public"]

    walk(page, "Shift+Tab", until="text: Type")
    page.keyboard.press("Space")

    assert walk(page, "Tab", until="text: Public") == ["text: Public"]


def test_the_tray_of_filters_opens_and_closes_by_the_keyboard_on_a_phone(page):
    page.set_viewport_size(PHONE)
    page.goto(LISTING)
    walk(page, "Tab", until="text: Filtrer")

    page.keyboard.press("Enter")

    expect(page.get_by_role("dialog", name="Filtrer par")).to_be_visible()
    assert walk(page, "Tab", until="checkbox") == [*FORM[1:3]]

    page.keyboard.press("Escape")

    expect(page.get_by_role("dialog")).to_have_count(0)
    assert focused(page) == "text: Filtrer"


def test_a_selection_is_made_ordered_and_shortened_without_a_mouse(page, screen):
    first, second = (" ".join(title.split()) for title in collection.titles()[:2])
    one, two = (practice["slug"] for practice in collection.PRACTICES[:2])
    page.goto(LISTING)

    for title in (first, second):
        walk(page, "Tab", until=f'button "Garder « {title} »')
        page.keyboard.press("Space")
        assert focused(page).endswith("[pressed]")
    walk(page, "Shift+Tab", until='link "Ma sélection 2"')
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{SELECTION}?p={one}&p={two}")
    walk(page, "Tab", until=f'link "Monter {second}"')
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{SELECTION}?p={two}&p={one}")
    # There is no higher place: the focus is on what undoes the move.
    assert focused(page) == f'link "Descendre {second}"'
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{SELECTION}?p={one}&p={two}")
    assert focused(page) == f'link "Monter {second}"'

    walk(page, "Shift+Tab", until=f'link "Retirer {first}"')
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"{SELECTION}?p={two}")
    assert focused(page) == f'link "Retirer {second}"'
