"""The words that readers agree to, each version for good: a proof of consent names one of them.

To change a word, add a version and name it in PRESENT; a test refuses a change of one that exists. They are here and
not in `locale/` because a translation can be mended, and what somebody agreed to cannot.
"""

from django.conf import settings

PRESENT = "2026-11"

WORDINGS = {
    "2026-11": {
        "fr": (
            "J’accepte de recevoir à cette adresse ce que j’ai choisi, et rien d’autre. "
            "Je peux changer mes choix, me désinscrire en un clic ou tout faire effacer, à tout moment."
        ),
        "en": (
            "I agree to receive at this address what I have chosen, and nothing else. "
            "I can change my choices, unsubscribe in one click or have everything erased, at any time."
        ),
    },
}


def wording(version, language):
    """The words of a version in a language; those of an imported consent are with whoever collected it: ""."""
    return WORDINGS.get(version, {}).get(worded_in(version, language), "")


def worded_in(version, language):
    """The language in which a version is told on a page: that of the page, else the first one."""
    return language if language in WORDINGS.get(version, {}) else settings.LANGUAGE_CODE
