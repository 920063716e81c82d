"""Model fields for words: web addresses, titles, rich text kept clean, alphabetical order."""

from collections.abc import Sequence
from typing import Any, Self

from django import forms
from django.core.validators import URLValidator
from django.db import models

from content.collation import sort_key
from content.folding import one_line
from content.languages import translated_fields
from content.richtext import clean_html


class WebAddressField(models.URLField):
    """The address of a web page, and of nothing else (no ftp, no script); "https" is understood where it is missing."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 500, **kwargs})

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        """Return a form field that completes "example.org" with "https://"."""
        return super().formfield(**{"assume_scheme": "https", **kwargs})


class TitleField(models.CharField):
    """A text of one line, whenever it is validated or saved: no line separator, which headers and exports choke on.

    To the database it is a CharField.
    """

    def to_python(self, value: Any) -> str | None:
        """Return `value` as a text of one line; None stays None."""
        value = super().to_python(value)
        return one_line(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Return the text to write, set on one line in the instance too: no form has seen it (imports, code)."""
        value = self.to_python(getattr(model_instance, self.attname))
        if not isinstance(value, str):
            return super().pre_save(model_instance, add)
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Return the description of a CharField: migrations see what the database does."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class RichTextField(models.TextField):
    """HTML of a small vocabulary, sanitised whenever it is validated or saved."""

    def to_python(self, value: Any) -> str | None:
        """Return `value` with what the vocabulary lacks taken out; None stays None."""
        value = super().to_python(value)
        return clean_html(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> str | None:
        """Return the text to write, sanitised since no form may have seen it (imports, code); keep nothing twice.

        Where the text exists in every language, each has its own column; the field that modeltranslation made them
        from would hold the text of one of them a second time, and nothing reads it: sections are most of a catalogue.
        """
        if self._only_names_translations(type(model_instance)):
            return ""
        value = self.to_python(getattr(model_instance, self.attname))
        setattr(model_instance, self.attname, value)
        return value

    def _only_names_translations(self, model: type[models.Model]) -> bool:
        return not hasattr(self, "translated_field") and self.name in translated_fields(model)

    def get_prep_value(self, value: Any) -> Any:
        """Return the text as it is: Django would sanitise it once more, and a comparison with a filter’s value too."""
        return models.Field.get_prep_value(self, value)


class SortKeyField(models.BinaryField):
    """The alphabetical order of another text field of the model, as bytes that compare alike in every database.

    The value is always computed from that field and cannot be set, so that fixtures, `bulk_create` and `save` all
    store the right one; `QuerySet.update()` of the text must update the key as well. Where the field may be null, a
    text that is missing has no key.
    """

    def __init__(self, source: str, **kwargs: Any) -> None:
        kwargs.update(editable=False)
        super().__init__(**kwargs)
        self.source = source

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Return the description for migrations, with the name of the source field as first argument."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, [self.source, *args], kwargs

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        """Replace the stored attribute by one computed from the source."""
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _ComputedKey(self))


class _ComputedKey:
    """A descriptor that computes the key, whatever a database row or a caller assigns."""

    def __init__(self, field: SortKeyField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> Self | bytes | None:
        if instance is None:
            return self
        text = getattr(instance, self.field.source) or ""
        return None if self.field.null and not text else sort_key(text)

    def __set__(self, instance: models.Model, value: object) -> None:
        # Django takes a field that is missing here for a deferred one, and does not save it.
        instance.__dict__[self.field.attname] = value
