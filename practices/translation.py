"""Which fields of the catalogue exist in every language, and the alphabetical order of titles in each."""

from modeltranslation.translator import TranslationOptions, register

from content.fields import SortKeyField
from content.languages import column, other_languages
from practices.models import Audience, Country, Document, KeyFigure, Kind, Link, Practice, Sector, Theme


@register([Country, Sector, Theme, Kind, Audience])
class TermTranslation(TranslationOptions):
    """A term's words; its slug is the same in every language."""

    fields = ("name", "description")


@register(Practice)
class PracticeTranslation(TranslationOptions):
    """What a reader reads of a practice; names of people and organisations, addresses and years are not translated."""

    fields = ("title", "teaser", "place", "years_note", *Practice.SECTIONS, "cover_alt", "cover_credit")


@register(KeyFigure)
class KeyFigureTranslation(TranslationOptions):
    """A figure as it is printed, since languages print numbers and amounts in their own ways, and what it counts."""

    fields = ("value", "label")


@register(Document)
class DocumentTranslation(TranslationOptions):
    """What a document is called; the file is one, whatever the language of the page."""

    fields = ("title",)


@register(Link)
class LinkTranslation(TranslationOptions):
    """What a link leads to."""

    fields = ("title",)


for code in other_languages():
    Practice.add_to_class(column("title_key", code), SortKeyField(column("title", code), null=True))
