"""Which fields of plain pages exist in every language."""

from modeltranslation.translator import TranslationOptions, register

from pages.models import Page


@register(Page)
class PageTranslation(TranslationOptions):
    """A page's words; its slug is the same in every language."""

    fields = ("title", "body")
