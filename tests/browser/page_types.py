"""One address of every type of page, for the tests that visit them all."""

from tests.browser.collection import PRACTICES, RICH, THIN

LISTING = "/bonnes-pratiques/"
FILTERED = f"{LISTING}?pays=belgique&pays=france&theme=cooperation-transfrontaliere"
EMPTY = f"{LISTING}?pays=finlande&theme=cooperation-transfrontaliere"
SELECTION = "/ma-selection/"
KEPT = "?" + "&".join(f"p={practice['slug']}" for practice in PRACTICES[:6])

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
    "selection": f"{SELECTION}{KEPT}&p=atlantide",
    "empty selection": SELECTION,
    "comparison": f"{SELECTION}comparer/{KEPT}",
    "booklet": f"{SELECTION}livret/{KEPT}",
    "plain page": "/a-propos/",
    "accessibility statement": "/accessibilite/",
    "newsletter": "/newsletter/",
    "newsletter from a list": "/newsletter/?pays=france&q=recyclage",
    "letters already sent": "/newsletter/archives/",
    "newsletter asked for": "/newsletter/merci/",
    "open data": "/api/",
    "404": "/nulle-part/",
    "400": f"{LISTING}?pays=%00",
    "English home": "/en/",
    "English listing": f"/en{LISTING}",
    "English empty listing": f"/en{EMPTY}",
    "English term": f"/en{LISTING}pays/france/",
    "English practice": f"/en{LISTING}{RICH}/",
    "English selection": f"/en{SELECTION}{KEPT}",
    "English comparison": f"/en{SELECTION}comparer/{KEPT}",
    "English booklet": f"/en{SELECTION}livret/{KEPT}",
    "English newsletter": "/en/newsletter/",
    "English plain page": "/en/a-propos/",
}
PAGES = VISITOR_PAGES | {"admin login": "/admin/login/"}
