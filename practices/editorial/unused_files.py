"""Which stored files nothing names any more: no practice, no document, and no version that could be restored.

A file is stored before the row that names it (see `uploads`), so a young one is left alone: it may belong to a form
that somebody is filling in.
"""

from datetime import timedelta

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from content.media import documents, renditions
from practices.models import Document, Practice, Revision

AGE = timedelta(days=1)
"""What a file must have lived to be taken for forgotten; a form waits for less (`admin.uploads.KEPT_FOR`)."""


def prune(now, dry_run):
    """Delete the files that nothing has named for a day; return {what was done: how many}."""
    return {_("Files that nothing names any more, erased"): sweep(default_storage, _named, now, dry_run)}


def sweep(storage, named, now, dry_run):
    """Delete the files of a storage that are not among the names that `named` gives; return how many.

    A picture may be named by any of its files, or by its folder.
    """
    old = {
        name: files
        for name, files in _stored(storage).items()
        if files and max(map(storage.get_modified_time, files)) <= now - AGE
    }
    # Read after the files were listed, so that a row written meanwhile still protects its own.
    kept = {_key(name) for name in named()}
    forgotten = {name: files for name, files in old.items() if name not in kept}
    if not dry_run:
        for files in forgotten.values():
            erase(storage, files)
    return sum(map(len, forgotten.values()))


def erase(storage, files):
    """Delete the files of one picture, with its folder, or one document."""
    for file in files:
        storage.delete(file)
    if (folder := _key(files[0])) != files[0]:
        storage.delete(folder)  # now empty


def _key(name):
    """What stands for a stored file: the folder of a picture, the file of a document."""
    return "/".join(name.split("/")[:2])


def _stored(storage):
    """The files of the storage as {name: its files}; the name of a picture is its folder."""
    folders, _files = _listed(storage, renditions.FOLDER)
    _folders, files = _listed(storage, documents.FOLDER)
    found = {f"{documents.FOLDER}/{name}": [f"{documents.FOLDER}/{name}"] for name in files}
    for folder in (f"{renditions.FOLDER}/{name}" for name in folders):
        found[folder] = [f"{folder}/{name}" for name in _listed(storage, folder)[1]]
    return found


def _listed(storage, folder):
    try:
        return storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _named():
    """The names that something refers to."""
    covers = set(Practice.objects.exclude(cover="").values_list("cover", flat=True))
    named = set(Document.objects.values_list("file", flat=True))
    for cover, parts in Revision.objects.values_list("data__cover", "data__documents").iterator():
        covers.add(cover or "")
        named.update(part["file"] for part in parts or ())
    return named | covers
