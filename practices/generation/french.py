"""The French grammar of made-up texts: articles, contractions, elisions, typography; the words are in `stock`."""

import re
from collections.abc import Callable
from functools import cache

from content.folding import fold

NO_ELISION = (
    "haguenau",
    "haie",
    "hall",
    "halte",
    "hambourg",
    "hameau",
    "handicap",
    "hangar",
    "hasselt",
    "haut",
    "herisson",
    "huit",
    "huy",
    "onze",
    "yann",
    "yasmine",
    "yaourt",
)
"""How words begin that start with a vowel or an h and yet take "de", "le", "que"."""

DEFINITE = {"un": "le", "une": "la", "des": "les"}

NBSP, NARROW = "\u00a0", "\u202f"
SPACES = (
    (re.compile(r" (?=[:»])|(?<=«) "), NBSP),
    (re.compile(r" (?=[;!?%])"), NARROW),
    (re.compile(r"(?<=\d) (?=\d{3}\b)"), NARROW),
    (re.compile(r"(?<=\d) (?=ans\b|euros\b)"), NBSP),
)


def typeset(text):
    """Return `text`, typed with ordinary spaces, with the no-break spaces of French."""
    for pattern, space in SPACES:
        text = pattern.sub(space, text)
    return text


def capital(text):
    """Return `text` as the start of a sentence."""
    return text[0].upper() + text[1:]


@cache
def elided(word, phrase):
    """Put `word`, which ends with a vowel, before `phrase`: "que on" is "qu’on"."""
    start = fold(phrase[:12])
    elides = start[0] in "aeiouyh" and not start.startswith(NO_ELISION)
    return f"{word[:-1]}’{phrase}" if elides else f"{word} {phrase}"


@cache
def definite(phrase):
    """Give a phrase with an indefinite article the definite one: "une école" is "l’école"."""
    article, _space, noun = phrase.partition(" ")
    if article not in DEFINITE:
        return phrase
    return f"les {noun}" if article == "des" else elided(DEFINITE[article], noun)


@cache
def de(phrase):
    """Put "de" before a phrase: "le tri" is "du tri", "des vélos" is "de vélos" and "un four" is "d’un four"."""
    article, _space, noun = phrase.partition(" ")
    match article.lower():
        case "le":
            return f"du {noun}"
        case "les":
            return f"des {noun}"
        case "des" | "du":
            return elided("de", noun)
        case "de" if noun.startswith("la "):
            return elided("de", noun.removeprefix("la "))
    return elided("de", phrase)


@cache
def to(phrase):
    """Put "à" before a phrase: "le tri" is "au tri", "les vélos" is "aux vélos"."""
    article, _space, noun = phrase.partition(" ")
    contraction = {"le": "au", "les": "aux"}.get(article.lower())
    return f"{contraction} {noun}" if contraction else f"à {phrase}"


FORMS: dict[str, Callable[[str], str]] = {
    "the": definite,
    "de": de,
    "a": to,
    "que": lambda phrase: elided("que", phrase),
    "of": lambda phrase: de(definite(phrase)),
    "to": lambda phrase: to(definite(phrase)),
}
"""What a slot may ask of a phrase, by its prefix: {things} is "des vélos", {de_things} "de vélos"."""
