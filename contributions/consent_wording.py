"""The words that people who propose agree to, each version for good; a proposal names the one it was sent under.

As for the newsletter, they are here and not in `locale/`: a translation can be mended, and what somebody agreed to
cannot. To change a word, add a version and name it in PRESENT.
"""

from django.conf import settings
from django.utils.html import format_html

PRESENT = "2026-11-24"

LICENCES = {
    "2026-11": {
        "fr": (
            "J’ai le droit de partager ce texte et ces documents, et j’accepte que ce site les publie, les corrige, "
            "les abrège et les traduise, et que chacun puisse les réutiliser en citant la source."
        ),
        "en": (
            "I have the right to share this text and these documents, and I agree that this site publishes, corrects, "
            "shortens and translates them, and that anybody may reuse them, naming the source."
        ),
    },
    "2026-11-24": {
        "fr": (
            "J’ai le droit de partager ce texte et ces fichiers, et les personnes que l’on y reconnaît en sont "
            "d’accord. J’accepte que ce site les publie, les corrige, les abrège et les traduise, et que chacun puisse "
            "les réutiliser en citant la source."
        ),
        "en": (
            "I have the right to share this text and these files, and the people whom one recognises there agree. I "
            "agree that this site publishes, corrects, shortens and translates them, and that anybody may reuse them, "
            "naming the source."
        ),
    },
}
CONSENTS = {
    "2026-11": {
        "fr": (
            "J’accepte que la rédaction garde mon nom et mon adresse le temps d’examiner ma proposition, et m’écrive à "
            "ce sujet seulement. Je peux tout faire effacer à tout moment."
        ),
        "en": (
            "I agree that the editors keep my name and my address while they look at my proposal, and write to me "
            "about it alone. I can have everything erased at any time."
        ),
    },
}
CONSENTS["2026-11-24"] = CONSENTS["2026-11"]


def licence(language):
    """The words by which somebody gives a text, in a language; safe to print."""
    return _told(LICENCES[PRESENT], language)


def consent(language):
    """The words by which somebody lets us keep who they are, in a language; safe to print."""
    return _told(CONSENTS[PRESENT], language)


def _told(words, language):
    """Words in a language, else in the first one, and said to be so."""
    if language in words:
        return words[language]
    return format_html('<span lang="{}">{}</span>', settings.LANGUAGE_CODE, words[settings.LANGUAGE_CODE])
