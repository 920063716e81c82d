"""Draws a picture anew, confined (see `sandbox`): looked over before any pixel is decoded, then upright, in each width.

Only pixels leave: neither the place where it was taken nor anything else that its file hides.
"""

import re
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any, BinaryIO, NoReturn, cast

from PIL import Image, ImageCms
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from content.media.recognition import holds_archive
from content.media.sandbox_child import Refused

EXTENSIONS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".pjpeg", ".pjp"),
    "PNG": (".png",),
    "WebP": (".webp",),
}
"""The names of each kind; those of JPEG are what browsers take for it."""
# By its class: `Image.open` makes another kind of a JPEG that holds a second picture (CIPA DC-007).
READERS: dict[str, Callable[[BytesIO], ImageFile]] = {"JPEG": JpegImageFile, "PNG": PngImageFile, "WebP": WebPImageFile}
MOST_SCANS = 50
"""Scans of a progressive JPEG: encoders write about ten; each costs as much as the picture is large."""
MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
"""What begins a part of a JPEG (ITU-T T.81, B.1.1.2), but for the restarts within its data."""
FOREIGN = (
    b"<script",
    b"<!doctype html",
    *(b"<html" + after for after in (b">", b" ", b"\t", b"\r", b"\n")),
    *(b"<?php" + after for after in (b" ", b"\t", b"\r", b"\n")),
    b"%pdf-1.",
    b"%pdf-2.",
)
"""What shows that a file means to be taken for something else; long enough not to be in 20 MB of pixels by chance."""
LANCZOS = Image.Resampling.LANCZOS
UPRIGHT = 1
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture upright, by its orientation (EXIF 2.32, tag 0x0112)."""


def read(
    file: BinaryIO, *, extension: str, widths: Sequence[int], most: int, smallest: int
) -> tuple[dict[str, int], dict[str, bytes]]:
    """Return the size of the picture drawn, and its files: one JPEG, "jpg", and a WebP for each width, by its number.

    The size is {"width": pixels, "height": pixels}. `extension` is that of its name, `most` and `smallest` are pixels:
    of the whole, and of the shorter side. Raises Refused.
    """
    content = file.read()
    kind = _kind_of(content)
    if kind == "WebP":
        # Opened, it has already taken the memory of all its pixels.
        _check_size(_size_of_webp(content), most, smallest)
    with READERS[kind](BytesIO(content)) as image:
        _check_size(image.size, most, smallest)
        _check_rest(image, kind, content, extension)
        pixels = _bare(_upright(image, max(widths)))
    files = {"jpg": _encoded(pixels, "JPEG", quality=84, optimize=True, progressive=True)}
    for width in (*(one for one in widths if one < pixels.width), pixels.width):
        height = max(1, round(pixels.height * width / pixels.width))
        drawn = pixels if width == pixels.width else pixels.resize((width, height), LANCZOS)
        files[str(width)] = _encoded(drawn, "WEBP", quality=78, method=4)
    return {"width": pixels.width, "height": pixels.height}, files


def _kind_of(content: bytes) -> str:
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WebP"
    raise Refused("unknown")


def _size_of_webp(content: bytes) -> tuple[int, int]:
    """Return the width and the height that a WebP declares in its first part (RFC 9649)."""
    name, part = content[12:16], content[20:30]
    if name == b"VP8X":
        if part[0] & 2:
            raise Refused("animated")
        return int.from_bytes(part[4:7], "little") + 1, int.from_bytes(part[7:10], "little") + 1
    if name == b"VP8L":
        bits = int.from_bytes(part[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"VP8 ":
        return int.from_bytes(part[6:8], "little") & 0x3FFF, int.from_bytes(part[8:10], "little") & 0x3FFF
    return _damaged()


def _damaged() -> NoReturn:
    raise Refused("damaged")


def _check_size(size: tuple[int, int], most: int, smallest: int) -> None:
    width, height = size
    if width * height > 3 * most:
        raise Refused("immense")
    if width * height > most:
        raise Refused("large", megapixels=round(width * height / 1_000_000))
    if min(width, height) < smallest:
        raise Refused("small", width=width, height=height)


def _check_rest(image: ImageFile, kind: str, content: bytes, extension: str) -> None:
    """Refuse a picture under another name, one that moves, takes long for nothing, or is something else too."""
    if extension not in EXTENSIONS[kind]:
        raise Refused("named", extension=extension, kind=kind)
    if kind != "JPEG" and getattr(image, "is_animated", False):
        raise Refused("animated")
    if kind == "JPEG" and _scans(content) > MOST_SCANS:
        raise Refused("slow")
    lowered = content.lower()
    if any(mark in lowered for mark in FOREIGN) or holds_archive(BytesIO(content)):
        raise Refused("double")


def _scans(content: bytes) -> int:
    """Return how many scans a JPEG has, without decoding any; what follows its end is not looked at."""
    count, place = 0, 2
    while (found := MARKER.search(content, place)) and (marker := content[found.start() + 1]) != 0xD9:
        count += marker == 0xDA
        size = int.from_bytes(content[found.end() : found.end() + 2], "big")
        place = found.end() + (0 if marker in (0x01, 0xD8) else max(2, size))
    return count


def _upright(image: Image.Image, side: int) -> Image.Image:
    """Return the picture upright and within `side`; a JPEG is decoded at the smallest scale that is large enough."""
    turn = TURNS.get(_orientation(image))
    if image.mode in ("I", "I;16", "I;16B"):
        # Sixteen bits of grey: the lightest is 65535.
        image = image.point(lambda value: value * (255 / 65535) + 0.5).convert("L")
    elif image.mode in ("1", "P", "PA") or "transparency" in image.info:
        # Neighbours are mixed as the picture becomes smaller, which numbers of colours cannot be.
        image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((side, side), LANCZOS, reducing_gap=3.0)
    return image if turn is None else image.transpose(turn)


def _orientation(image: Image.Image) -> int:
    try:
        return image.getexif().get(0x0112, UPRIGHT)
    except Exception:  # what a camera wrote of itself is damaged: the picture need not be
        return UPRIGHT


def _bare(image: Image.Image) -> Image.Image:
    """Return the pixels in sRGB, on white, and nothing else of the file."""
    image = _in_srgb(image)
    bare = Image.new("RGB", image.size, "white")
    bare.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return bare


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return a picture in the colours of the Web, whatever those of the device that made it."""
    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        image = image.convert("RGBA")
    if profile and image.mode in ("L", "RGB", "RGBA", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            mode = "RGBA" if image.mode == "RGBA" else "RGB"
            turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
            # It gives no picture only where it is asked to change the one that it gets.
            return cast(Image.Image, turned)
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            pass  # a profile that cannot be read says nothing of the colours
    return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")


def _encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()
