"""Tags every template may use without loading them: the site's name and addresses, icons, language of content."""

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django import template
from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.template import Context
from django.templatetags.static import static
from django.urls import translate_url
from django.utils import formats, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from content.languages import content_languages, told_in
from content.patterns import filled, filled_lines
from content.richtext import clean_html

register = template.Library()


@register.simple_tag
def site_name() -> str:
    """Return the name of the site, from the settings."""
    return settings.SITE_NAME


@register.simple_tag
def accessibility_status() -> str:
    """Return how far the site declares to follow the RGAA: "not compliant" where the setting says anything unknown."""
    said = {"partielle": _("partially compliant"), "totale": _("fully compliant")}
    return said.get(settings.ACCESSIBILITY_STATUS, _("not compliant"))


@register.filter
def absolute(path: str) -> str:
    """Return the public address of a path of this site; an address of elsewhere (a file in a bucket) as it is."""
    return path if path.startswith("http") else f"{settings.SITE_URL}{path}"


@dataclass(frozen=True)
class Elsewhere:
    """A page in one language: its code, the language's own name, the address of the page."""

    code: str
    name: str
    url: str


@lru_cache(maxsize=2000)
def _translated(path: str, code: str, _here: str | None) -> str:
    """Return a path of this site as it is in another language; resolved and reversed once a language of the page."""
    return translate_url(path, code)


def _in_language(address: str, code: str) -> str:
    path, mark, query = address.partition("?")
    return _translated(path, code, translation.get_language()) + mark + query


@register.simple_tag(takes_context=True)
def alternates(context: Context, path: str) -> SafeString:
    """Return the links to the same page in every language, itself included, for machines; "x-default" is the first one.

    A page that does not exist in all of them gives its own as `languages`.
    """
    found = [(code, absolute(_in_language(path, code))) for code in context.get("languages") or content_languages()]
    every = [*found, ("x-default", found[0][1])]
    return filled_lines("includes/_alternate.html", [Elsewhere(code, "", url) for code, url in every])


@register.simple_tag(takes_context=True)
def site_header(context: Context) -> SafeString:
    """Return the head of every page, with the way to the same page in the other languages."""
    request = context.get("request")
    languages = filled_lines("includes/_language.html", language_links(request) if request else [])
    here = getattr(getattr(request, "resolver_match", None), "view_name", "")
    return filled("includes/_header.html", languages=languages, browsing=here == "practices:listing")


@register.filter
def data_block(value: object) -> SafeString:
    """Return a value as JSON in a `script` element that nothing executes; nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04X}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  it holds no markup


@register.filter(is_safe=True)
def punctuated_headings(html: str) -> str:
    """Return rows of Django's forms with the colon of the page's language: no translation reaches that of Django."""
    colon = pgettext("between a facet and its value", ": ").rstrip(" ")
    return html.replace(":</b>", f"{colon}</b>")


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon of the sprite, hidden from screen readers: the words beside it say what it means."""
    return _icon.__wrapped__(name) if settings.DEBUG else _icon(name)


@lru_cache
def _icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def lang(code: str | None) -> str:
    """Return the `lang` attribute of words in another language than the page's; "" for the page's own, or for none."""
    if not code or code == translation.get_language():
        return ""
    return format_html(' lang="{}"', code)


@register.simple_tag
def content_lang() -> str:
    """Return the `lang` attribute of words that exist in the default language only; "" on a page in that language."""
    return lang(settings.LANGUAGE_CODE)


@register.simple_tag
def lang_of(instance: Model, name: str) -> str:
    """Return the `lang` attribute of a text that the page shows in the default language; "" where it is in its own."""
    return lang(told_in(instance, name))


@register.simple_tag
def language_beside(instance: Model, name: str, around: str) -> str:
    """Return the language of a text inside of another, `around`; "" where both are in the language of the page."""
    code = told_in(instance, name)
    return "" if code == told_in(instance, around) == translation.get_language() else code


def language_links(request: HttpRequest) -> list[Elsewhere]:
    """Return the same page in the other languages; none of those in which its address is the same."""
    here = request.get_full_path()
    others = [(code, name) for code, name in settings.LANGUAGES if code != translation.get_language()]
    links = [Elsewhere(code, name, _in_language(here, code)) for code, name in others]
    return [one for one in links if one.url != here]


@register.filter
def rich(html: str | None) -> SafeString:
    """Return rich text, sanitised once more at display."""
    return mark_safe(clean_html(html or ""))  # noqa: S308  nh3 has just cleaned it


@register.filter(expects_localtime=True)
def long_date(moment: date | None) -> str:
    """Return a date, or the day of a moment, in words: « 1er mars 2024 » in French; "" for none.

    « 1er » is what the Lexique of the Imprimerie nationale asks for.
    """
    if not moment:
        return ""
    words = formats.date_format(moment, "DATE_FORMAT")
    if translation.get_language() == "fr" and words.startswith("1 "):
        words = f"1er{words[1:]}"
    # A line never ends between the day and the month.
    return words.replace(" ", "\N{NO-BREAK SPACE}", 1)
