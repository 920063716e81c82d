"""Which public addresses are recorded: each route with sample arguments, each list with sample queries."""

import re
from urllib.parse import urlencode

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from bench.pages_before_after.recorder import routes

GENERATED, REPORTED = 40, 5
"""Generated practices whose pages are recorded, and practices whose form to report an error is."""
FORGED = "Zm9yZ2Vk.1vOxyz.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
SEARCHES = ("emploi", "insertion", "zzzzzz", "emplio", "l’économie sociale", "a", "\U0001f33f", "insertion jeunes", '"')
PREFIXES = ["" if code == settings.LANGUAGE_CODE else f"/{code}" for code, _name in settings.LANGUAGES]
LISTS = ("bonnes-pratiques/", "bonnes-pratiques/flux.atom", "api/v1/practices/", "bonnes-pratiques/suggestions.json")
HEAVY = re.compile(r"export\.\w+$")


def model(name):
    """The model of a name, whichever application it lives in."""
    [found] = [one for one in apps.get_models() if one.__name__ == name]
    return found


def slugs(of, most=0):
    """The slugs of a model, by primary key; at most `most`, taken all along, where it is given."""
    found = list(of._default_manager.order_by("pk").values_list("slug", flat=True))
    return found[:: max(1, len(found) // most)] if most else found


def practices():
    """Practices of every status: all those of a small catalogue, and some of those that were generated."""
    found = slugs(model("Practice"))
    founding, generated = found[:30], found[30:]
    return [*founding, *generated[:: max(1, len(generated) // GENERATED)]]


def arguments(route, pattern):
    """Sample values for the one argument of a route; LookupError where nobody has said which."""
    vocabulary = next((one for one in (pattern.default_args or {}).values() if is_model(one)), None)
    if "<slug:slug>" in route and route.count("<") == 1:
        if vocabulary:
            return [*slugs(vocabulary), "inconnu"]
        if "newsletter/" in route:
            return [*slugs(model("Letter")), "inconnue"]
        if route == "<slug:slug>/":
            return [*slugs(model("Page")), "inconnue"]
        return [*practices()[: REPORTED if "/signaler/" in route else None], "inconnue"]
    if "<str:token>" in route:
        # The good ones come by mail: the walks follow them.
        return [FORGED]
    if route == "sitemap-<section>.xml":
        return ["inconnu"]
    raise LookupError(f"Say in bench/pages_before_after/samples.py which arguments {route} takes.")


def is_model(value):
    """Whether something is a model."""
    return isinstance(value, type) and issubclass(value, Model)


def public_addresses():
    """Every public address to record, without its language."""
    for route, pattern in routes():
        if route.startswith("admin/"):
            continue
        if "<" not in route:
            yield f"/{route}"
            yield from (f"/{route}?{query}" for query in queries(route))
            continue
        for value in arguments(route, pattern):
            others = {"slot": "cover", "name": "image.webp" if "fichiers" in route else "titre"}
            yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found, v=value, o=others: o.get(found[1], v), route)


def in_every_language(address):
    """The address in each language, where it has one in each."""
    alone = ("/healthz/", "/apercu/", "/robots.txt", "/sitemap")
    return [address] if address.startswith(alone) else [f"{prefix}{address}" for prefix in PREFIXES]


def queries(route):
    """Sample queries for a route without arguments."""
    if route.startswith("ma-selection/"):
        return selections(small=bool(HEAVY.search(route)))
    if route == "newsletter/":
        return ["pays=france&theme=emploi", "q=emploi"]
    if route == "healthz/ready":
        return ["strict=1"]
    if HEAVY.search(route):
        return ["q=emploi&tri=titre", "pays=france", "pays=inconnu"]
    if route in LISTS:
        return listings()
    return ["page=2"] if route == "" else []


def values_in_use():
    """The values of each facet in the order of the interface for programs, by parameter."""
    known = {}
    for route, pattern in routes():
        vocabulary = next((one for one in (pattern.default_args or {}).values() if is_model(one)), None)
        if vocabulary:
            used = vocabulary._default_manager.filter(practices__status="published").order_by("pk").distinct()
            known[route.split("/")[1]] = list(used.values_list("slug", flat=True))
    years = model("Practice")._default_manager.exclude(start_year=None).order_by("start_year")
    known["annee"] = [str(year) for year in dict.fromkeys(years.values_list("start_year", flat=True))]
    return known


def listings():
    """Queries of a list: facets, searches, orders, pages, and what nobody should send."""
    used = values_in_use()
    for param, values in used.items():
        yield urlencode([(param, values[0])])
        yield urlencode([(param, value) for value in values[:3]])
        yield urlencode([(param, "inconnu"), (param, values[-1])])
    first = {param: values[0] for param, values in used.items()}
    yield urlencode(list(first.items())[:2])
    yield urlencode(list(first.items())[:3])
    yield urlencode([*list(first.items())[1:3], ("q", "emploi"), ("tri", "titre")])
    yield urlencode([(param, value) for param, values in used.items() for value in values[:40]])
    for words in SEARCHES:
        yield urlencode({"q": words})
    yield urlencode({"q": "long " * 80})
    yield from ("tri=titre", "tri=pays", "tri=recent", "tri=pertinence", "tri=inconnu", "q=emploi&tri=recent")
    yield from ("page=1", "page=2", "page=3", "page=last", "page=99", "page=", "page=0", "page=-1", "page=deux")
    yield from ("inconnu=1", "q=", "pays=", "q=%00", "q=%FF", "tri=titre&page=2", "utm_source=x", "taille=5")


def selections(small):
    """Queries of a visitor's selection."""
    known = slugs(model("Practice"))
    yield urlencode([("p", one) for one in known[:3]])
    yield urlencode([("p", one) for one in [known[0], "inconnue", known[0]]])
    if not small:
        yield urlencode([("p", known[5])])
        yield urlencode([("p", one) for one in known[3:9]] + [("avec", one) for one in known[4:6]])
        yield urlencode([("p", f"inconnue-{number}") for number in range(8)])
        yield urlencode([("p", one) for one in known[:20] + [f"inconnue-{number}" for number in range(40)]])


def sections_of(answer):
    """The paths of the files that an index of the site's map names."""
    return re.findall(rf"<loc>{re.escape(settings.SITE_URL)}(/[^<]+)</loc>", answer.text)
