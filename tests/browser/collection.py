"""What the fixtures hold, read from their JSON alone: a test that counts does not ask the site."""

import json
import unicodedata
from pathlib import Path

FIXTURES = Path(__file__).resolve().parent.parent.parent / "fixtures"
FIELDS = {"pays": "countries", "secteur": "sectors", "theme": "themes", "type": "kind", "public": "audiences"}
MODELS = {"pays": "country", "secteur": "sector", "theme": "theme", "type": "kind", "public": "audience"}
SECTIONS = ("context", "response", "means", "results", "transfer")


def rows(fixture, model):
    """The fields of every object of a model."""
    objects = json.loads((FIXTURES / f"{fixture}.json").read_text(encoding="utf-8"))
    return [in_french(row["fields"]) for row in objects if row["model"] == f"practices.{model}"]


def in_french(fields):
    """The fields of an object, those that exist in every language by their plain names too."""
    return fields | {name.removesuffix("_fr"): value for name, value in fields.items() if name.endswith("_fr")}


PRACTICES = sorted(rows("practices", "practice"), key=lambda practice: practice["published_at"], reverse=True)
KEY_FIGURES, LINKS = rows("practices", "keyfigure"), rows("practices", "link")
TERMS = {param: rows("vocabularies", model) for param, model in MODELS.items()}
NAMES = {param: {term["slug"]: term["name_fr"] for term in terms} for param, terms in TERMS.items()}


def slugs(practice, param):
    """The terms that a practice has in the vocabulary of a query parameter."""
    keys = practice[FIELDS[param]]
    return set(keys) if param == "type" else {slug for (slug,) in keys}


def matching(**chosen):
    """The practices that have one of the values chosen under each parameter, the newest first."""
    return [one for one in PRACTICES if all(slugs(one, param) & set(values) for param, values in chosen.items())]


def titles(**chosen):
    """The titles of the practices that match a choice, the newest first."""
    return [practice["title"] for practice in matching(**chosen)]


def counts(param, **others):
    """How many practices each value of a facet would give under the choices made in the others; from A to Z."""
    in_use = {slug for practice in PRACTICES for slug in slugs(practice, param)}
    given = {NAMES[param][slug]: len(matching(**others, **{param: [slug]})) for slug in in_use}
    return dict(sorted(given.items(), key=lambda item: unicodedata.normalize("NFD", item[0])))


def extent(practice):
    """How much the page of a practice has to show."""
    filled = sum(bool(practice[section]) for section in SECTIONS)
    return filled + sum(practice["slug"] in row["practice"] for row in (*KEY_FIGURES, *LINKS))


RICH, THIN = max(PRACTICES, key=extent)["slug"], min(PRACTICES, key=extent)["slug"]
