"""Owns what becomes of a picture that is sent: checked by its content, turned upright, drawn anew in each width.

Only pixels are kept: a picture is decoded and encoded again, so that neither the place where it was taken nor anything
else that its file hides is published. How the files are named is in `pictures`.
"""

from io import BytesIO
from pathlib import PurePath

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from practices.pictures import FOLDER, WIDTHS, Picture
from practices.uploads import check_arrived, limit, new_folder, store

EXTENSIONS = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",), "WEBP": (".webp",)}
ACCEPT = ",".join(one for many in EXTENSIONS.values() for one in many)
MOST_PIXELS = 50_000_000
"""Pixels of a picture that a telephone takes today; four bytes each while it is drawn."""
SMALLEST = 320
"""Pixels of the shorter side under which a picture would be blurred even on a card."""
FOREIGN = (b"<script", b"<!doctype html", b"<html", b"<?php", b"%pdf-", b"pk\x05\x06")
"""What has no place in a picture, and shows that a file means to be taken for something else as well."""
PROBLEMS = (
    OSError,
    ValueError,
    SyntaxError,
    TypeError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises when it reads a file that is not what it says."""


def accepted():
    """What a picture may be, as a sentence."""
    return _(
        "Accepted: a JPEG, PNG or WebP picture of %(megabytes)s MB and %(pixels)s megapixels at most, %(smallest)s "
        "pixels at least on its shorter side."
    ) % {"megabytes": limit() // 1_000_000, "pixels": MOST_PIXELS // 1_000_000, "smallest": SMALLEST}


def store_picture(upload, storage=default_storage):
    """Check a picture that was sent and store it; return its name. Raises ValidationError, which says why not."""
    check_arrived(upload, accepted())
    _check_name_and_content(upload)
    pixels = _upright(upload)
    picture = Picture(f"{new_folder(FOLDER)}/{pixels.width}x{pixels.height}.jpg", pixels.width, pixels.height)
    files = {picture.name: _encoded(pixels, "JPEG", quality=84, optimize=True, progressive=True)}
    for width, name in picture.files.items():
        height = max(1, round(pixels.height * width / pixels.width))
        drawn = pixels if width == pixels.width else pixels.resize((width, height), Image.Resampling.LANCZOS)
        files[name] = _encoded(drawn, "WEBP", quality=78, method=4)
    store({name: files[name] for name in picture.names}, storage)
    return picture.name


def _refuse(why):
    raise ValidationError(f"{why} {accepted()}")


def _check_name_and_content(upload):
    """Refuse what is not a picture of the accepted kinds through and through, before any pixel is decoded."""
    extension = PurePath(upload.name).suffix.lower()
    try:
        upload.seek(0)
        with Image.open(upload, formats=list(EXTENSIONS)) as image:
            kind, (width, height) = str(image.format), image.size
    except UnidentifiedImageError:
        _refuse(_("This file is not a picture of a kind that is accepted, whatever its name says."))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        _refuse(_("This picture has far too many pixels."))
    except PROBLEMS:
        _refuse(_("This picture is damaged: it cannot be read."))
    if width * height > MOST_PIXELS:
        _refuse(_("This picture has %(megapixels)s megapixels.") % {"megapixels": round(width * height / 1_000_000)})
    if min(width, height) < SMALLEST:
        _refuse(_("This picture is only %(width)s × %(height)s pixels.") % {"width": width, "height": height})
    if extension not in EXTENSIONS[kind]:
        sentence = _("The name of this file ends in “%(extension)s”, but its content is %(kind)s.")
        _refuse(sentence % {"extension": extension, "kind": "WebP" if kind == "WEBP" else kind})
    upload.seek(0)
    content = upload.read().lower()
    if any(mark in content for mark in FOREIGN):
        _refuse(_("This file is a picture and something else at once."))


def _upright(upload):
    """The pixels of a picture, upright, in sRGB on white, within the largest width, and nothing else of its file."""
    try:
        upload.seek(0)
        with Image.open(upload, formats=list(EXTENSIONS)) as image:
            # A JPEG is decoded at the smallest scale that is large enough.
            image.thumbnail((max(WIDTHS), max(WIDTHS)), Image.Resampling.LANCZOS, reducing_gap=3.0)
            upright = _in_srgb(ImageOps.exif_transpose(image))
    except PROBLEMS:
        _refuse(_("This picture is damaged: it cannot be read."))
    bare = Image.new("RGB", upright.size, "white")
    bare.paste(upright, mask=upright.getchannel("A") if upright.mode == "RGBA" else None)
    return bare


def _in_srgb(image):
    """A picture in the colours of the Web, whatever those of the device that made it."""
    if image.mode in ("P", "PA", "LA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
    if (profile := image.info.get("icc_profile")) and image.mode in ("RGB", "RGBA", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, OSError):
            pass  # a profile that cannot be read says nothing of the colours
    return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")


def _encoded(image, kind, **options):
    file = BytesIO()
    image.save(file, kind, **options)
    return ContentFile(file.getvalue())
