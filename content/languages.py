"""Which languages the content exists in, and in which of them a page tells each of its parts.

The languages are those of `settings.LANGUAGES`; everything is written in the default one, `settings.LANGUAGE_CODE`.
Which fields exist in all of them is declared in the module `translation` of each application. The words of the
interface are Django's affair. A language is given and returned as its code: "fr", "en".
"""

from collections.abc import Mapping
from typing import Any, Literal

from django.conf import settings
from django.db.models import Model
from django.utils import translation


def default_language() -> str:
    """Return the language that everything is written in."""
    return settings.LANGUAGE_CODE


def content_languages() -> list[str]:
    """Return every language of the content, the default one first."""
    others = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
    return [settings.LANGUAGE_CODE, *others]


def other_languages() -> list[str]:
    """Return the languages that a text may be translated into: all but the default one."""
    return content_languages()[1:]


def page_language() -> str:
    """Return the language of the page that is being made, the default one where that language has no content."""
    active = translation.get_language()
    return active if active in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def column(name: str, language: str | None = None) -> str:
    """Return the name of the field that holds a text in a language, the default one unless said: "title_fr"."""
    return f"{name}_{(language or settings.LANGUAGE_CODE).replace('-', '_')}"


def translated_fields(model: type[Model]) -> list[str]:
    """Return the names of the fields of a model that exist in every language, in the order of the model."""
    from modeltranslation.translator import NotRegistered, translator

    try:
        known = translator.get_options_for_model(model).all_fields
    except NotRegistered:
        return []
    return [field.name for field in model._meta.fields if field.name in known]


def told_in(instance: Model, name: str, language: str | None = None) -> str:
    """Return the language in which a page shows a field: that of the page, or the default one where it has no text.

    `language` is that of the page, the present one unless said. A field that is empty in both counts as shown in the
    language of the page, since nothing foreign is printed.
    """
    language = language or page_language()
    if getattr(instance, column(name, language)) or not getattr(instance, column(name)):
        return language
    return settings.LANGUAGE_CODE


def fallen_back(instance: Model, language: str | None = None) -> list[str]:
    """Return the names of the fields that a page has to show in the default language, in the order of the model.

    `language` is that of the page, the present one unless said.
    """
    language = language or page_language()
    if language == settings.LANGUAGE_CODE:
        return []
    return [name for name in translated_fields(type(instance)) if told_in(instance, name, language) != language]


def fallback(practice: Model, *parts: Model) -> Literal["", "part", "whole"]:
    """Return how much of the present page is not in its language: "" for nothing, "part", "whole" if its title is not.

    `parts` are the other rows that the page shows with the practice.
    """
    if told_in(practice, "title") != page_language():
        return "whole"
    return "part" if any(fallen_back(one) for one in (practice, *parts)) else ""


def languages_of(practice: Model) -> list[str]:
    """Return the languages of a practice's title; in any other, its page shows it in the default language."""
    return [code for code in content_languages() if getattr(practice, column("title", code))]


def columns_of(*names: str) -> list[str]:
    """Return the columns that the present page shows some texts from: those of its language and of the default one."""
    codes = dict.fromkeys((page_language(), settings.LANGUAGE_CODE))
    return [column(name, code) for name in names for code in codes]


def told(row: Mapping[str, Any], name: str) -> tuple[str, str]:
    """Return a text as the present page shows it, and its language: "" for that of the page.

    `row` holds at least the columns that `columns_of(name)` names.
    """
    text = row[column(name, page_language())]
    return (text, "") if text else (row[column(name)] or "", settings.LANGUAGE_CODE)
