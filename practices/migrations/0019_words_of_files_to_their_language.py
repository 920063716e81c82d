import json
from hashlib import blake2b

from django.db import migrations
from django.db.models import F

TEXTS = {"practice": ("cover_alt", "cover_credit"), "document": ("title",)}


def move(apps, schema_editor):
    """Give the words that go with files to French, those of the versions that were kept too."""
    for model, names in TEXTS.items():
        apps.get_model("practices", model).objects.update(**{f"{name}_fr": F(name) for name in names})
    _rename(apps, {model: {name: f"{name}_fr" for name in names} for model, names in TEXTS.items()})


def move_back(apps, schema_editor):
    """Put the French words where the only words were; those of other languages stay in the versions alone."""
    for model, names in TEXTS.items():
        apps.get_model("practices", model).objects.update(**{name: F(f"{name}_fr") for name in names})
    _rename(apps, {model: {f"{name}_fr": name for name in names} for model, names in TEXTS.items()})


def _rename(apps, names):
    revisions = apps.get_model("practices", "revision").objects
    for revision in revisions.iterator(chunk_size=500):
        data = _renamed(revision.data, names["practice"])
        if "documents" in data:
            data["documents"] = [_renamed(row, names["document"]) for row in data["documents"]]
        if data != revision.data:
            edition = blake2b(json.dumps(data, sort_keys=True).encode(), digest_size=16).hexdigest()
            revisions.filter(pk=revision.pk).update(data=data, edition=edition)


def _renamed(data, names):
    return {names.get(name, name): value for name, value in data.items()}


class Migration(migrations.Migration):
    dependencies = [("practices", "0018_words_of_files_in_every_language")]

    operations = [migrations.RunPython(move, move_back)]
