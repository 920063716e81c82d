"""How a country may be called: its ISO codes, its names in the languages of Europe (CLDR), and a few nicknames."""

import re
from functools import cache

from babel import Locale
from babel.core import get_global
from django.conf import settings

from content.folding import fold

LANGUAGES = (
    *("fr", "en", "de", "es", "it", "nl", "pt", "ca", "pl", "sv", "da", "fi", "nb", "is", "cs", "sk", "hu", "ro", "bg"),
    *("el", "hr", "sl", "sr", "et", "lv", "lt", "mt", "ga", "cy", "eu", "gl", "lb", "uk", "ru", "tr", "sq", "mk"),
)
"""Whose names are known; where two languages differ, the first is right."""
NICKNAMES = {
    "angleterre": "GB",
    "england": "GB",
    "ecosse": "GB",
    "scotland": "GB",
    "pays de galles": "GB",
    "wales": "GB",
    "irlande du nord": "GB",
    "northern ireland": "GB",
    "grande bretagne": "GB",
    "great britain": "GB",
    "gran bretana": "GB",
    "gran bretagna": "GB",
    "grossbritannien": "GB",
    "england and wales": "GB",
    "uk": "GB",
    "u k": "GB",
    "el": "GR",
    "hollande": "NL",
    "holland": "NL",
    "republique tcheque": "CZ",
    "tchequie": "CZ",
    "czech republic": "CZ",
    "republique slovaque": "SK",
    "slovak republic": "SK",
    "republique d irlande": "IE",
    "republic of ireland": "IE",
    "eire": "IE",
    "rfa": "DE",
    "etats unis d amerique": "US",
    "usa": "US",
    "u s a": "US",
    "macedoine": "MK",
    "macedonia": "MK",
    "moldavie": "MD",
    "bielorussie": "BY",
    "turkey": "TR",
    "turquie": "TR",
    "vatican": "VA",
}
WORDS = re.compile(r"[^\W_]+")


def spoken(text):
    """A name without what writing adds to it: capitals, accents, hyphens, dots."""
    return " ".join(WORDS.findall(fold(text)))


@cache
def _codes():
    """The code of each name, folded; a tenth of a second, once a process."""
    known = {**NICKNAMES}
    for old, new in get_global("territory_aliases").items():
        if len(new) == 1:
            known.setdefault(old.lower(), new[0])
    for language in LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha() and code not in ("ZZ", "EU", "UN", "EZ", "QO", "XA", "XB"):
                known.setdefault(spoken(name), code)
                known.setdefault(code.lower(), code)
    return known


def code_of(word):
    """The ISO 3166-1 code of a country, or "": "UK", "Angleterre" and "GBR" give "GB", "Österreich" gives "AT"."""
    return _codes().get(spoken(word), "")


def names_of(code):
    """What a country is called in each language of the site."""
    return {language: Locale(language).territories[code] for language, _name in settings.LANGUAGES}
