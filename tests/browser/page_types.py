"""Owns one address of every type of page, for the tests that visit them all."""

from tests.browser.collection import RICH, THIN

LISTING = "/bonnes-pratiques/"
FILTERED = f"{LISTING}?pays=belgique&pays=france&theme=cooperation-transfrontaliere"
EMPTY = f"{LISTING}?pays=finlande&theme=cooperation-transfrontaliere"

VISITOR_PAGES = {
    "home": "/",
    "listing": LISTING,
    "filtered listing": FILTERED,
    "listing with a notice": f"{LISTING}?pays=atlantide",
    "empty listing": EMPTY,
    "second page": f"{LISTING}?page=2",
    "term": f"{LISTING}pays/france/",
    "term without practice": f"{LISTING}pays/albanie/",
    "rich practice": f"{LISTING}{RICH}/",
    "thin practice": f"{LISTING}{THIN}/",
    "plain page": "/a-propos/",
    "accessibility statement": "/accessibilite/",
    "404": "/nulle-part/",
    "400": f"{LISTING}?pays=%00",
    "English home": "/en/",
    "English listing": f"/en{LISTING}",
    "English empty listing": f"/en{EMPTY}",
    "English term": f"/en{LISTING}pays/france/",
    "English practice": f"/en{LISTING}{RICH}/",
    "English plain page": "/en/a-propos/",
}
PAGES = VISITOR_PAGES | {"admin login": "/admin/login/"}
