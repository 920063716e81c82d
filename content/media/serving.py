"""Under which headers a stored file is given to a browser: never run, never opened as a page of this site.

`content.media.middleware` gives those of the public, `contributions` those of a proposal to whoever holds its link.
"""

import re

from content.media.documents import KINDS

NAMES = re.compile(r"(images/[\w-]{22}/(\d+x\d+\.jpg|\d+\.webp)|documents/[\w-]{22}\.(" + "|".join(KINDS) + "))", re.A)
"""The names that `renditions` and `documents` give: nothing else in the folder is for the public."""
MEDIA_TYPES = {**KINDS, "jpg": "image/jpeg", "webp": "image/webp"}
HEADERS = {
    # A name is never used twice, so what is under it never changes.
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}
"""Of every file; one that is not a picture is to be saved, not opened: `Content-Disposition: attachment`."""


def headers_of(name: str) -> dict[str, str]:
    """Return the headers of a file, by its name; KeyError where its extension is none of `MEDIA_TYPES`."""
    kind = name.rpartition(".")[2]
    disposition = {"Content-Disposition": "attachment"} if kind in KINDS else {}
    return {"Content-Type": MEDIA_TYPES[kind], **HEADERS, **disposition}
