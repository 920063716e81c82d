"""Tags every template may use without loading them: the site's name and addresses, icons, language of content."""

import json
from dataclasses import dataclass
from functools import lru_cache

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import translate_url
from django.utils import formats, translation
from django.utils.html import format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from content.languages import content_languages, told_in
from content.patterns import filled, filled_lines
from content.richtext import clean_html

register = template.Library()


@register.simple_tag
def site_name():
    """The name of the site, from the settings."""
    return settings.SITE_NAME


@register.simple_tag
def accessibility_status():
    """What the site declares of itself under the RGAA; the least of all where the setting is not one of the three."""
    said = {"partielle": _("partially compliant"), "totale": _("fully compliant")}
    return said.get(settings.ACCESSIBILITY_STATUS, _("not compliant"))


@register.filter
def absolute(path):
    """The public address of a path of this site; files may be elsewhere already."""
    return path if path.startswith("http") else f"{settings.SITE_URL}{path}"


@dataclass(frozen=True)
class Elsewhere:
    """A page in one language: its code, the language's own name, the address of the page."""

    code: str
    name: str
    url: str


@lru_cache(maxsize=2000)
def _translated(path, code, _here):
    """A path of this site as it is in another language, resolved and reversed once."""
    return translate_url(path, code)


def _in_language(address, code):
    path, mark, query = address.partition("?")
    return _translated(path, code, translation.get_language()) + mark + query


@register.simple_tag(takes_context=True)
def alternates(context, path):
    """The links to the same page in every language, itself included, for machines; "x-default" is the first one.

    A page that does not exist in all of them gives its own as `languages`.
    """
    found = [(code, absolute(_in_language(path, code))) for code in context.get("languages") or content_languages()]
    every = [*found, ("x-default", found[0][1])]
    return filled_lines("includes/_alternate.html", [Elsewhere(code, "", url) for code, url in every])


@register.simple_tag(takes_context=True)
def site_header(context):
    """The head of every page, with the way to the same page in the other languages."""
    request = context.get("request")
    languages = filled_lines("includes/_language.html", language_links(request) if request else [])
    here = getattr(getattr(request, "resolver_match", None), "view_name", "")
    return filled("includes/_header.html", languages=languages, browsing=here == "practices:listing")


@register.filter
def data_block(value):
    """A value as JSON in a `script` element that nothing executes; nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04X}")
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  it holds no markup


@register.filter(is_safe=True)
def punctuated_headings(html):
    """Rows of Django's forms, whose templates hold a colon that no translation reaches, with the page's own colon."""
    colon = pgettext("between a facet and its value", ": ").rstrip(" ")
    return html.replace(":</b>", f"{colon}</b>")


@register.simple_tag
def icon(name):
    """An icon of the sprite, hidden from screen readers: the words beside it say what it means."""
    return _icon.__wrapped__(name) if settings.DEBUG else _icon(name)


@lru_cache
def _icon(name):
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def lang(code):
    """The `lang` attribute of words in a language that is not that of the page; nothing for "" or the page's own."""
    if not code or code == translation.get_language():
        return ""
    return format_html(' lang="{}"', code)


@register.simple_tag
def content_lang():
    """The `lang` attribute of words that exist in the first language only; nothing on a page in that language."""
    return lang(settings.LANGUAGE_CODE)


@register.simple_tag
def lang_of(instance, name):
    """The `lang` attribute of a text that the page has to fall back on; nothing where it is in the page's language."""
    return lang(told_in(instance, name))


@register.simple_tag
def language_beside(instance, name, around):
    """The language of a text inside of another; "" where both are in the language of the page."""
    code = told_in(instance, name)
    return "" if code == told_in(instance, around) == translation.get_language() else code


def language_links(request):
    """The same page in the other languages."""
    here = request.get_full_path()
    others = [(code, name) for code, name in settings.LANGUAGES if code != translation.get_language()]
    links = [Elsewhere(code, name, _in_language(here, code)) for code, name in others]
    return [one for one in links if one.url != here]


@register.filter
def rich(html):
    """Rich text, sanitised once more at display."""
    return mark_safe(clean_html(html or ""))  # noqa: S308  nh3 has just cleaned it


@register.filter(expects_localtime=True)
def long_date(moment):
    """A date in words: « 1er mars 2024 » in French, as typography wants it."""
    if not moment:
        return ""
    words = formats.date_format(moment, "DATE_FORMAT")
    if translation.get_language() == "fr" and words.startswith("1 "):
        words = f"1er{words[1:]}"
    # A line never ends between the day and the month.
    return words.replace(" ", "\N{NO-BREAK SPACE}", 1)
