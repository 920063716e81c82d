"""Owns which fields of the catalogue exist in every language."""

from modeltranslation.translator import TranslationOptions, register

from practices.models import Audience, Country, Kind, Sector, Theme


@register([Country, Sector, Theme, Kind, Audience])
class TermTranslation(TranslationOptions):
    """A term's words; its slug is the same in every language."""

    fields = ("name", "description")
