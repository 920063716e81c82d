"""Which languages the content exists in, and in which of them a page tells each of its parts.

The languages are those of `settings.LANGUAGES`, the first being the one everything is written in; which fields exist
in all of them is in `translation`. The words of the interface are Django's affair.
"""

from django.conf import settings
from django.utils import translation


def default_language():
    """The language that every practice is written in."""
    return settings.LANGUAGE_CODE


def content_languages():
    """Every language of the content, the default one first."""
    others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    return [settings.LANGUAGE_CODE, *others]


def other_languages():
    """The languages that something may or may not be translated into."""
    return content_languages()[1:]


def page_language():
    """The language of the content of the present page."""
    active = translation.get_language()
    return active if active in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def column(name, language=None):
    """The name of the field that holds a text in a language, the default one unless said: "title_fr"."""
    return f"{name}_{(language or settings.LANGUAGE_CODE).replace('-', '_')}"


def translated_fields(model):
    """The names of the fields of a model that exist in every language, in the order of the model."""
    from modeltranslation.translator import NotRegistered, translator

    try:
        known = translator.get_options_for_model(model).all_fields
    except NotRegistered:
        return []
    return [field.name for field in model._meta.fields if field.name in known]


def told_in(instance, name, language=None):
    """The language in which a page (the present one) tells a field: the page's own, else the default one.

    What is empty in both is told in the language of the page: there is nothing to be foreign.
    """
    language = language or page_language()
    if getattr(instance, column(name, language)) or not getattr(instance, column(name)):
        return language
    return settings.LANGUAGE_CODE


def fallen_back(instance, language=None):
    """The fields that a page in a language has to tell in the default one, in the order of the model."""
    language = language or page_language()
    if language == settings.LANGUAGE_CODE:
        return []
    return [name for name in translated_fields(type(instance)) if told_in(instance, name, language) != language]


def fallback(practice, *parts):
    """How much of what the present page tells is not in its language: "", "part", or "whole" where the title is not."""
    if told_in(practice, "title") != page_language():
        return "whole"
    return "part" if any(fallen_back(one) for one in (practice, *parts)) else ""


def languages_of(practice):
    """The languages in which a practice has a page of its own: those of its title. Elsewhere its page is a fallback."""
    return [code for code in content_languages() if getattr(practice, column("title", code))]


def columns_of(*names):
    """The columns that tell some texts on the present page: those of its language and of the default one."""
    codes = dict.fromkeys((page_language(), settings.LANGUAGE_CODE))
    return [column(name, code) for name in names for code in codes]


def told(row, name):
    """A text of a row of columns as the present page tells it, with the language it is in: "" for that of the page."""
    text = row[column(name, page_language())]
    return (text, "") if text else (row[column(name)] or "", settings.LANGUAGE_CODE)
