"""Which fields of the library exist in every language."""

from modeltranslation.translator import TranslationOptions, register

from content.fields import SortKeyField
from content.languages import column, other_languages
from tests.library.models import Book, Genre, Shelf


@register([Genre, Shelf])
class TermTranslation(TranslationOptions):
    """The name of a term."""

    fields = ("name",)


@register(Book)
class BookTranslation(TranslationOptions):
    """The title of a book."""

    fields = ("title",)


for code in other_languages():
    Book.add_to_class(column("title_key", code), SortKeyField(column("title", code), null=True))
