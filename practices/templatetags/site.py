"""Tags every template may use without loading them: the site's name and addresses, icons, language of content."""

from django import template
from django.conf import settings
from django.templatetags.static import static
from django.urls import translate_url
from django.utils import formats, translation
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from practices.richtext import clean_html

register = template.Library()


@register.simple_tag
def site_name():
    """The name of the site, from the settings."""
    return settings.SITE_NAME


@register.filter
def absolute(path):
    """The public address of a path of this site."""
    return f"{settings.SITE_URL}{path}"


@register.simple_tag
def icon(name):
    """An icon of the sprite, hidden from screen readers: the words beside it say what it means."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def content_lang():
    """The `lang` attribute for words that exist in the site’s first language only; empty on a page in that language."""
    if translation.get_language() == settings.LANGUAGE_CODE:
        return ""
    return mark_safe(f' lang="{settings.LANGUAGE_CODE}"')  # noqa: S308  a setting, not input


@register.simple_tag
def language_links(request):
    """The same page in the other languages, as (code, own name, address)."""
    here = request.get_full_path()
    others = [(code, name) for code, name in settings.LANGUAGES if code != translation.get_language()]
    links = [(code, name, translate_url(here, code)) for code, name in others]
    return [(code, name, url) for code, name, url in links if url != here]


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
        return f"1er{words[1:]}"
    return words
