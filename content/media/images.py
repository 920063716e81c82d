"""What becomes of a picture that is sent: drawn anew in each width by `drawing`, stored, or refused in a sentence.

How the files are named is in `renditions`.
"""

from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.media.drawing import EXTENSIONS
from content.media.renditions import FOLDER, WIDTHS, Picture
from content.media.sandbox import EDITOR, Allowance
from content.media.uploads import Refusals, check_arrived, limit, new_folder, read, store

ACCEPT = ",".join(one for many in EXTENSIONS.values() for one in many)
MOST_PIXELS, MOST_OF_STRANGERS = 50_000_000, 25_000_000
"""Pixels of a picture: the most that a telephone takes today, and what it takes unless it is told to take more."""
SMALLEST = 320
"""Pixels of the shorter side under which a picture would be blurred even on a card."""
REFUSALS: Refusals = {
    "unknown": gettext_lazy("This file is not a picture of a kind that is accepted, whatever its name says."),
    "immense": gettext_lazy("This picture has far too many pixels."),
    "large": gettext_lazy("This picture has %(megapixels)s megapixels."),
    "small": gettext_lazy("This picture is only %(width)s × %(height)s pixels."),
    "named": gettext_lazy("The name of this file ends in “%(extension)s”, but its content is %(kind)s."),
    "animated": gettext_lazy("This picture is animated: only still pictures are shown."),
    "slow": gettext_lazy("This picture is made of too many layers: save it anew as an ordinary JPEG."),
    "double": gettext_lazy("This file is a picture and something else at once."),
    "damaged": gettext_lazy("This picture is damaged: it cannot be read."),
    "exhausted": gettext_lazy("This picture takes too much time or memory to be read: save it anew, smaller."),
}


def accepted(pixels: int = MOST_PIXELS) -> str:
    """Return what a picture may be, of so many pixels at most, as a sentence."""
    return _(
        "Accepted: a JPEG, PNG or WebP picture of %(megabytes)s MB and %(pixels)s megapixels at most, %(smallest)s "
        "pixels at least on its shorter side."
    ) % {"megabytes": limit() // 1_000_000, "pixels": pixels // 1_000_000, "smallest": SMALLEST}


def store_picture(
    upload: UploadedFile,
    storage: Storage = default_storage,
    allowance: Allowance = EDITOR,
    pixels: int = MOST_PIXELS,
) -> str:
    """Check a picture that was sent and store it; return its name. Raises ValidationError, which says why not."""
    check_arrived(upload, accepted(pixels))
    arguments = {
        "extension": PurePath(upload.name or "").suffix.lower(),
        "widths": WIDTHS,
        "most": pixels,
        "smallest": SMALLEST,
    }
    size, drawn = read("content.media.drawing", upload, arguments, allowance, REFUSALS, lambda: accepted(pixels))
    picture = Picture(f"{new_folder(FOLDER)}/{size['width']}x{size['height']}.jpg", size["width"], size["height"])
    contents = {picture.name: drawn["jpg"], **{name: drawn[str(width)] for width, name in picture.files.items()}}
    store({name: ContentFile(contents[name]) for name in picture.names}, storage)
    return picture.name
