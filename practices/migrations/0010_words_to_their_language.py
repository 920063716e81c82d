import json
from hashlib import blake2b

from django.db import migrations
from django.db.models import F

SECTIONS = ("context", "response", "means", "results", "transfer")
TEXTS = {
    "practice": ("title", "teaser", "place", "years_note", *SECTIONS),
    "keyfigure": ("value", "label"),
    "link": ("title",),
}
PARTS = {"key_figures": TEXTS["keyfigure"], "links": TEXTS["link"]}


def move(apps, schema_editor):
    """Give what was written so far to French: the words, and the versions that were kept of them."""
    for model, names in TEXTS.items():
        apps.get_model("practices", model).objects.update(**{f"{name}_fr": F(name) for name in names})
    # A section is kept once, in its language.
    apps.get_model("practices", "practice").objects.update(**dict.fromkeys(SECTIONS, ""))
    _rename(apps, lambda name: f"{name}_fr", lambda name: name)


def move_back(apps, schema_editor):
    """Put the French words where the only words were; those of other languages stay in the versions alone."""
    for model, names in TEXTS.items():
        apps.get_model("practices", model).objects.update(**{name: F(f"{name}_fr") for name in names})
    _rename(apps, lambda name: name, lambda name: f"{name}_fr")


def _rename(apps, to, of):
    """Rename the texts in every version that was kept, from what one function names them by to the other."""
    revisions = apps.get_model("practices", "revision").objects
    for revision in revisions.iterator(chunk_size=500):
        data = _renamed(revision.data, {of(name): to(name) for name in TEXTS["practice"]})
        for part, names in PARTS.items():
            data[part] = [_renamed(row, {of(name): to(name) for name in names}) for row in data.get(part, ())]
        edition = blake2b(json.dumps(data, sort_keys=True).encode(), digest_size=16).hexdigest()
        revisions.filter(pk=revision.pk).update(data=data, edition=edition)


def _renamed(data, names):
    return {names.get(name, name): value for name, value in data.items()}


class Migration(migrations.Migration):
    dependencies = [("practices", "0009_texts_in_every_language")]

    operations = [migrations.RunPython(move, move_back)]
