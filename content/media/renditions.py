"""How the picture of a practice is named and shown: its files, its widths, what a page needs to print it.

A picture is a folder of files that never change: one JPEG, whose name tells its size and is all that the database
keeps, and a WebP for each width. How they are made is in `images`.
"""

import re
from dataclasses import dataclass
from typing import Self

from django.core.files.storage import Storage, default_storage

FOLDER = "images"
WIDTHS = (320, 640, 960, 1280, 1920)
"""Pixels of the files that a browser chooses from; a width added here is made for the pictures to come only."""
NAME = re.compile(rf"{FOLDER}/[\w-]+/(\d+)x(\d+)\.jpg")


@dataclass(frozen=True)
class Picture:
    """A picture as pages print it, its sides in pixels; an empty `alt` says that it is decorative."""

    name: str
    width: int
    height: int
    alt: str = ""
    credit: str = ""
    storage: Storage | None = None
    """Where its files are, if not with those of the public."""

    @classmethod
    def named(cls, name: str | None, alt: str = "", credit: str = "", storage: Storage | None = None) -> Self | None:
        """Return the picture of that name in the storage, or None where the name is not of one."""
        found = NAME.fullmatch(name or "")
        return cls(found[0], int(found[1]), int(found[2]), alt, credit, storage) if found else None

    def _url(self, name: str) -> str:
        return (self.storage or default_storage).url(name)

    @property
    def url(self) -> str:
        """Return the address of the JPEG, the largest file of all."""
        return self._url(self.name)

    @property
    def files(self) -> dict[int, str]:
        """Return the WebP files, the smallest first, as {width: name}."""
        folder = self.name.rpartition("/")[0]
        widths = [width for width in WIDTHS if width < self.width]
        return {width: f"{folder}/{width}.webp" for width in (*widths, self.width)}

    @property
    def names(self) -> list[str]:
        """Return the names of all its files, in the order in which they are stored.

        The one that rows know comes last: once it is there, all of them are.
        """
        return [*self.files.values(), self.name]

    @property
    def source_set(self) -> str:
        """Return the value of the attribute `srcset`: the address and the width of each WebP file."""
        return ", ".join(f"{self._url(name)} {width}w" for width, name in self.files.items())

    @property
    def smallest(self) -> str:
        """Return the address of the smallest file, for the back office."""
        return self._url(next(iter(self.files.values())))

    @property
    def is_tall(self) -> bool:
        """Return whether it is higher than it is wide, and must not be as wide as the page."""
        return self.height > self.width
