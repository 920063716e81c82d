"""Which fields of a model a table holds: those that a person fills in, a translated one as its languages."""

from django.db import models

from content.languages import default_language


def in_another_language(field):
    """Whether a field holds a translation."""
    return getattr(field, "language", default_language()) != default_language()


def own_fields(model, but=()):
    """The fields that a person fills in, a translated one as its languages; a file and what is said of it are not."""
    files = tuple(f"{one.name}_" for one in model._meta.concrete_fields if isinstance(one, models.FileField))
    fields = [one for one in model._meta.concrete_fields if one.editable and not one.primary_key]
    translated: dict[str, list] = {}
    for field in fields:
        if hasattr(field, "translated_field"):
            translated.setdefault(field.translated_field.name, []).append(field)
    found = []
    for field in fields:
        if (
            field.name in but
            or isinstance(field, models.FileField)
            or field.name.startswith(files)
            or hasattr(field, "translated_field")
        ):
            continue
        found += translated.get(field.name, [field])
    return found


def without_empty_translations(model, data):
    """The data of a version, which holds a translation only where there is one."""
    translations = {one.attname for one in model._meta.concrete_fields if in_another_language(one)}
    return {name: value for name, value in data.items() if value not in ("", None) or name not in translations}
