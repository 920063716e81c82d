"""Where the files of a proposal are until it is accepted: in a folder that no address leads to.

It is under MEDIA_ROOT, so that a backup takes it and one disk is watched; the site gives to the public only the names
that `content.media.serving` knows, none of which begins as these do. Who holds the link of a proposal passes by a
`Door`.
"""

import os

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage
from django.urls import reverse

FOLDER = "proposals"


class PrivateStorage(FileSystemStorage):
    """A folder of this machine, whatever keeps the files of the public; the account of the site alone reads it."""

    def __init__(self):
        super().__init__(file_permissions_mode=0o600)

    @property
    def base_location(self):
        """The folder, where the settings of the moment put it."""
        return os.path.join(settings.MEDIA_ROOT, FOLDER)

    @property
    def location(self):
        """The same, from the root of the disk."""
        return os.path.abspath(self.base_location)

    def url(self, name):
        """None: see `Door`."""
        raise ValueError("A file of a proposal has no public address.")


def private_storage():
    """The one storage of the files of proposals."""
    return _storage


_storage = PrivateStorage()


class Door(Storage):
    """Gives the files of one row their addresses behind a link: the route of a page, and the word that opens it."""

    def __init__(self, row, route, key):
        self.row, self.route, self.key = row, route, key

    def url(self, name):
        """An address that tells nothing of where the file is."""
        told = next(told for told, stored in self.row.parts.items() if stored == name)
        return reverse(self.route, args=[self.key, self.row.slot, told])
