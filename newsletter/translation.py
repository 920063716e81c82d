"""Which fields of a letter exist in every language."""

from modeltranslation.translator import TranslationOptions, register

from newsletter.models import Letter


@register(Letter)
class LetterTranslation(TranslationOptions):
    """An editor's words; in a language without any, the first language's are sent."""

    fields = ("title", "introduction", "closing")
