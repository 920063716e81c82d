"""Translations in the back office: where their fields stand, the text each translates, and lists of what lacks one.

An editor who writes French only sees one closed section for each other language.
"""

from typing import TYPE_CHECKING, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.functional import lazystr
from django.utils.html import format_html, linebreaks
from django.utils.safestring import mark_safe
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from content.fields import RichTextField
from content.languages import column, default_language, other_languages, translated_fields
from content.querysets import TranslatedQuerySet
from content.richtext import clean_html

if TYPE_CHECKING:
    # A name of django-stubs alone.
    from django.contrib.admin.options import _FieldsetSpec


def language_name(code: str) -> str:
    """Return the name of a language in the language of the page, ready to start a line."""
    name = get_language_info(code)["name_translated"]
    return name[:1].upper() + name[1:]


def in_first_language(*names: str) -> tuple[str, ...]:
    """Return the fields that hold some texts in the default language."""
    return tuple(column(name) for name in names)


def in_every_language(*names: str) -> list[str]:
    """Return the fields that hold some texts, in every language: what a list of the back office is searched by."""
    return [column(name, code) for code in (default_language(), *other_languages()) for name in names]


def sections_of_translations(*rows: str | tuple[str, ...]) -> "_FieldsetSpec":
    """Return the fieldsets of a form for its translations, a closed one for each language but the default.

    A row is the name of a text, or those of several that stand side by side.
    """
    return tuple(
        (
            lazystr(_Named(code)),
            {
                "fields": [
                    tuple(column(name, code) for name in row) if isinstance(row, tuple) else column(row, code)
                    for row in rows
                ],
                "classes": ("collapse", "translation"),
                "description": _("Whatever is left empty is shown in French, and said to be."),
            },
        )
        for code in other_languages()
    )


class _Named:
    """The name of a language, told when it is printed."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __str__(self) -> str:
        return language_name(self.code)


def show_what_is_translated(form: ModelForm) -> None:
    """Put beside each translation of a form the text that it translates, as it was saved."""
    model = type(form.instance)
    for name in translated_fields(model):
        source = getattr(form.instance, column(name)) or ""
        for code in other_languages():
            field = form.fields.get(column(name, code))
            if field is None:
                continue
            field.widget.attrs["lang"] = code
            if source:
                rich = isinstance(model._meta.get_field(name), RichTextField)
                html = clean_html(source) if rich else linebreaks(source, autoescape=True)
                field.help_text = format_html(
                    '<span class="source" lang="{}">{}</span>',
                    default_language(),
                    mark_safe(html),  # noqa: S308  nh3 or Django has just escaped it
                )


class TranslationFilter(admin.SimpleListFilter):
    """What a list of the back office lacks in each language: `?translation=en` for all that is not wholly translated.

    `en.none` keeps what has not been begun, `en.whole` what is complete.
    """

    title = _("translation")
    parameter_name = "translation"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        """Return three choices a language: what is incomplete, not begun, complete."""
        return [
            (value, sentence % {"language": language_name(code)})
            for code in other_languages()
            for value, sentence in (
                (code, _("%(language)s: something is missing")),
                (f"{code}.none", _("%(language)s: nothing yet")),
                (f"{code}.whole", _("%(language)s: complete")),
            )
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        """Return the rows of the choice; all of them where the choice is unknown or none was made."""
        code, _dot, state = (self.value() or "").partition(".")
        if code not in other_languages():
            return queryset
        rows = cast(TranslatedQuerySet, queryset)
        narrowed = {"": rows.untranslated, "none": rows.not_begun, "whole": rows.translated}.get(state)
        return narrowed(code) if narrowed else queryset
