from io import BytesIO
from zlib import crc32

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from PIL import Image, ImageCms

from content.media import drawing, images
from content.media.drawing import MOST_SCANS
from content.media.images import store_picture
from content.media.renditions import Picture
from content.media.sandbox import EDITOR, STRANGER, Allowance
from content.media.sandbox_child import Refused
from tests.uploads import archive, parts_of, picture, progressive, sent

SENTENCE = (
    "Acceptée\u00a0: une image JPEG, PNG ou WebP de 20\u00a0Mo et 50\u00a0mégapixels au plus, dont le petit côté fait "
    "au moins 320\u00a0pixels."
)


def refusal(upload):
    with pytest.raises(ValidationError) as refused:
        store_picture(upload)
    [sentence] = refused.value.messages
    return sentence


def read(path):
    with Image.open(path) as image:
        image.load()
        return image


@pytest.mark.parametrize(
    ("name", "kind", "mode"),
    [
        ("a.jpg", "JPEG", "RGB"),
        ("A.JPEG", "JPEG", "CMYK"),
        ("a.jpg", "JPEG", "L"),
        ("a.png", "PNG", "RGBA"),
        ("a.png", "PNG", "P"),
        ("a.png", "PNG", "I;16"),
        ("a.webp", "WEBP", "RGBA"),
        ("a.jpe", "JPEG", "RGB"),
        ("a.JFIF", "JPEG", "RGB"),
        ("a.pjpeg", "JPEG", "L"),
    ],
)
def test_a_picture_becomes_a_webp_of_each_width_and_one_jpeg(media, name, kind, mode):
    colour = 0 if mode in ("L", "P", "I;16") else (10, 20, 30, 40)[: len(mode)]

    stored = store_picture(picture(name, (1000, 500), kind, mode, colour))

    made = Picture.named(stored)
    assert (made.width, made.height, list(made.files)) == (1000, 500, [320, 640, 960, 1000])
    files = {path.relative_to(media).as_posix(): read(path) for path in media.rglob("*") if path.is_file()}
    assert {name: (one.format, one.mode, one.size) for name, one in files.items()} == {
        stored: ("JPEG", "RGB", (1000, 500)),
        **{name: ("WEBP", "RGB", (width, width // 2)) for width, name in made.files.items()},
    }


def test_the_largest_side_is_bounded(media):
    made = Picture.named(store_picture(picture(size=(1000, 2000))))

    assert (made.width, made.height, made.is_tall) == (960, 1920, True)


def test_a_picture_is_turned_upright_and_loses_what_its_file_hid(media):
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "Secret"
    exif.get_ifd(0x8825)[1] = "N"
    hidden = {"exif": exif.tobytes(), "comment": b"Secret", "xmp": b"<x:xmpmeta>Secret</x:xmpmeta>"}

    made = Picture.named(store_picture(picture(size=(800, 400), **hidden)))

    assert (made.width, made.height) == (400, 800)
    for name in (made.name, *made.files.values()):
        assert b"Secret" not in (media / name).read_bytes()
        assert read(media / name).info.keys() & {"exif", "xmp", "comment", "icc_profile"} == set()


def test_what_is_transparent_becomes_white(media):
    stored = store_picture(picture("a.png", (400, 400), "PNG", "RGBA", (0, 0, 0, 0)))

    assert read(media / stored).getpixel((200, 200)) == (255, 255, 255)


def jpeg_and(extra):
    return sent(picture().read() + extra, "a.jpg")


def moving(name, kind):
    frames = [Image.new("RGB", (400, 400), colour) for colour in ("red", "blue")]
    return picture(name, (400, 400), kind, save_all=True, append_images=frames)


def immense_webp():
    """A WebP that declares 16,384 × 16,384 pixels; to open it is to take two gigabytes."""
    size = (16383).to_bytes(3, "little")
    part = b"VP8X\x0a\0\0\0" + bytes(4) + size + size
    return b"RIFF" + (len(part) + 4).to_bytes(4, "little") + b"WEBP" + part


def cut_short():
    return sent(picture(size=(800, 800), quality=95, colour="red").read()[:-300], "a.jpg")


@pytest.mark.parametrize(
    ("upload", "why"),
    [
        (
            lambda: sent(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg"),
            "n’est pas une image d’un format accepté",
        ),
        (lambda: sent(b"<!doctype html><script>alert(1)</script>", "a.jpg"), "n’est pas une image d’un format accepté"),
        (lambda: picture("a.gif", kind="GIF"), "n’est pas une image d’un format accepté"),
        (lambda: picture("a.png"), "finit par «\u00a0.png\u00a0», mais son contenu est du JPEG"),
        (lambda: picture("a.jpg.html"), "finit par «\u00a0.html\u00a0», mais son contenu est du JPEG"),
        (lambda: picture("a"), "finit par «\u00a0\u00a0», mais son contenu est du JPEG"),
        (lambda: jpeg_and(archive({"a": "b"})), "à la fois une image et autre chose"),
        (lambda: jpeg_and(b"<ScRipt>alert(1)</script>"), "à la fois une image et autre chose"),
        (cut_short, "Cette image est abîmée"),
        (lambda: sent(picture(kind="PNG").read()[:-40], "a.png"), "Cette image est abîmée"),
        (lambda: picture(size=(300, 900)), "ne fait que 300\u00a0×\u00a0900\u00a0pixels"),
        (lambda: picture("a.png", (9000, 6000), "PNG", "1", 0), "Cette image a 54\u00a0mégapixels"),
        (lambda: picture("a.png", (20000, 10000), "PNG", "1", 0), "beaucoup trop de pixels"),
        (lambda: sent(bytes(21_000_000), "a.jpg"), "Ce fichier pèse 21,0\u00a0Mo."),
        (lambda: moving("a.webp", "WEBP"), "Cette image est animée"),
        (lambda: moving("a.png", "PNG"), "Cette image est animée"),
        (lambda: sent(progressive(scans=MOST_SCANS), "a.jpg"), "faite de trop de couches"),
        (lambda: sent(immense_webp(), "a.webp"), "beaucoup trop de pixels"),
        (lambda: picture("a.avif", kind="AVIF"), "n’est pas une image d’un format accepté"),
        (lambda: picture("a.jpg", kind="TIFF"), "n’est pas une image d’un format accepté"),
        (lambda: picture("a.jpg", kind="JPEG2000"), "n’est pas une image d’un format accepté"),
    ],
)
def test_what_is_not_a_plain_picture_is_refused_in_a_sentence_that_says_why(media, upload, why):
    sentence = refusal(upload())

    assert why in sentence
    assert sentence.endswith(SENTENCE)
    assert list(media.iterdir()) == []


def test_a_picture_in_the_colours_of_another_screen_is_converted(media):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # A screen whose red is our blue.
    swapped = profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")

    stored = store_picture(picture("a.png", (400, 400), "PNG", colour=(250, 20, 20), icc_profile=swapped))

    red, _green, blue = read(media / stored).getpixel((5, 5))
    assert blue > 200 > 100 > red


def test_a_profile_that_cannot_be_read_changes_nothing(media):
    stored = store_picture(picture("a.png", (400, 400), "PNG", "RGB", (200, 100, 50), icc_profile=b"nothing"))

    assert read(media / stored).getpixel((5, 5)) == pytest.approx((200, 100, 50), abs=3)


def test_a_storage_that_fails_half_way_leaves_nothing_and_says_so(media, monkeypatch):
    save, done = FileSystemStorage._save, []

    def full(self, name, content):
        if len(done) == 2:
            raise OSError(28, "No space left on device")
        done.append(name)
        return save(self, name, content)

    monkeypatch.setattr(FileSystemStorage, "_save", full)

    assert "le disque est plein ou hors d’atteinte" in refusal(picture())
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_the_pixels_are_bounded_before_any_is_decoded(media, monkeypatch):
    monkeypatch.setattr(drawing, "_upright", lambda image, side: pytest.fail("decoded"))
    large = picture("a.png", (9000, 6000), "PNG", "1", 0)

    with pytest.raises(Refused) as refused:
        drawing.read(large, extension=".png", widths=[320], most=50_000_000, smallest=320)

    assert (refused.value.why, refused.value.details) == ("large", {"megapixels": 54})


def test_a_name_is_not_guessed(media):
    first, second = store_picture(picture()), store_picture(picture())

    assert first != second
    assert len(first.split("/")[1]) == 22


def test_bytes_that_are_nothing_are_refused_whatever_they_are(media):
    for content in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b" "):
        assert refusal(sent(content, "a.jpg")).endswith(SENTENCE)


@pytest.mark.parametrize("name", ["a.jpg", "a.jpeg", "a.jfif"])
def test_a_jpeg_with_a_second_picture_is_a_jpeg_and_its_first_picture_is_shown(media, name):
    second = Image.new("RGB", (400, 400), "blue")
    upload = picture(name, (400, 400), "MPO", colour="red", save_all=True, append_images=[second])

    stored = store_picture(upload)

    assert stored.endswith("/400x400.jpg")
    assert read(media / stored).getpixel((9, 9)) == pytest.approx((254, 0, 0), abs=3)


def test_the_scans_of_a_second_picture_and_of_a_thumbnail_are_not_counted():
    plain, many = progressive(), progressive(scans=60)
    thumbnail = b"\xff\xe1" + (len(many) + 2).to_bytes(2, "big") + many

    assert drawing._scans(plain) == 6
    assert drawing._scans(plain + many) == 6
    assert drawing._scans(plain[:2] + thumbnail + plain[2:]) == 6
    assert drawing._scans(many) == 66


def test_a_jpeg_whose_exif_is_damaged_is_turned_if_it_can_be_and_taken_anyway(media):
    exif = Image.Exif()
    exif[0x0112], exif[0x011A] = 6, 72.0
    # A fraction under the number of a tag that takes a whole number (PlanarConfiguration).
    damaged = exif.tobytes().replace(b"\x01\x1a\x00\x05", b"\x01\x1c\x00\x05")
    cut = exif.tobytes()[:20]

    turned = Picture.named(store_picture(picture(size=(800, 400), exif=damaged)))
    as_it_lies = Picture.named(store_picture(picture(size=(800, 400), exif=cut)))
    nothing = Picture.named(store_picture(picture(size=(800, 400), exif=b"Exif\0\0" + bytes(40))))

    assert [(one.width, one.height) for one in (turned, as_it_lies, nothing)] == [(400, 800), (800, 400), (800, 400)]


def grey(value):
    return pytest.approx((value, value, value), abs=3)


@pytest.mark.parametrize(
    ("mode", "colour", "options", "shown"),
    [
        ("I;16", 0, {}, grey(0)),
        ("I;16", 32768, {}, grey(128)),
        ("I;16", 300, {}, grey(1)),
        ("I;16", 65535, {}, grey(255)),
        ("L", 100, {}, grey(100)),
        ("L", 100, {"transparency": 100}, grey(255)),
        ("LA", (100, 255), {}, grey(100)),
        ("LA", (0, 128), {}, grey(127)),
        ("1", 0, {}, grey(0)),
        ("1", 1, {}, grey(255)),
        ("P", 0, {}, grey(0)),
        ("P", 0, {"transparency": 0}, grey(255)),
        ("RGB", (9, 90, 200), {"transparency": (9, 90, 200)}, grey(255)),
        ("RGB", (9, 90, 200), {}, pytest.approx((9, 90, 200), abs=3)),
        ("RGBA", (0, 0, 0, 128), {}, grey(127)),
    ],
)
def test_a_png_shows_what_its_numbers_mean(media, mode, colour, options, shown):
    stored = store_picture(picture("a.png", (2400, 400), "PNG", mode, colour, **options))

    assert stored.endswith("/1920x320.jpg")
    assert read(media / stored).getpixel((200, 200)) == shown


@pytest.mark.parametrize(
    ("kind", "mode", "colour", "shown"),
    [
        ("JPEG", "CMYK", (0, 255, 255, 0), (254, 0, 0)),
        ("JPEG", "YCbCr", (76, 85, 255), (254, 0, 0)),
        ("JPEG", "L", 200, (200, 200, 200)),
        ("WEBP", "RGBA", (255, 0, 0, 0), (255, 255, 255)),
        ("WEBP", "RGB", (250, 0, 0), (250, 0, 0)),
    ],
)
def test_a_jpeg_and_a_webp_show_what_their_numbers_mean(media, kind, mode, colour, shown):
    name = "a.jpg" if kind == "JPEG" else "a.webp"

    stored = store_picture(picture(name, (400, 400), kind, mode, colour))

    assert read(media / stored).getpixel((200, 200)) == pytest.approx(shown, abs=4)


def test_a_scale_of_sixteen_bits_of_grey_keeps_its_steps(media):
    scale = Image.frombytes("I;16", (512, 400), b"".join((128 * n).to_bytes(2, "little") for n in range(512)) * 400)
    file = BytesIO()
    scale.save(file, "PNG")

    shown = read(media / store_picture(sent(file.getvalue(), "a.png")))

    assert [shown.getpixel((place, 200))[0] for place in (2, 128, 256, 384, 510)] == pytest.approx(
        [1, 64, 128, 191, 254], abs=3
    )


@pytest.mark.parametrize("mark", [b"PK\x05\x06", b"pk\x05\x06", b"<html", b"<?php", b"%PDF-"])
@pytest.mark.parametrize("place", ["middle", "end"])
def test_a_few_bytes_that_would_mean_something_elsewhere_mean_nothing_among_pixels(media, mark, place):
    content = picture("a.png", kind="PNG").read()
    comment = b"tEXtnoise\0" + (mark + bytes(90_000) if place == "middle" else bytes(90) + mark)
    chunk = (len(comment) - 4).to_bytes(4, "big") + comment + crc32(comment).to_bytes(4, "big")
    end = content.rindex(b"IEND") - 4

    assert store_picture(sent(content[:end] + chunk + content[end:], "a.png"))


def test_an_archive_after_a_picture_is_seen_with_a_comment_and_bytes_after_it_too(media):
    content = picture("a.png", kind="PNG").read()
    for suffix in (b"", b"\0" * 40, b"and more"):
        assert "à la fois une image et autre chose" in refusal(
            sent(content + archive(parts_of("docx"), suffix=suffix), "a.png")
        )


def test_strangers_send_fewer_pixels_than_editors(media):
    large = picture("a.png", (6000, 5000), "PNG", "1", 0)

    with pytest.raises(ValidationError) as refused:
        store_picture(large, allowance=STRANGER, pixels=images.MOST_OF_STRANGERS)
    assert refused.value.messages == ["Cette image a 30\u00a0mégapixels. " + SENTENCE.replace("50", "25")]
    assert store_picture(large).endswith("/1920x1600.jpg")


@pytest.mark.parametrize("side", [4990, 7000])
def test_the_largest_pictures_that_are_taken_are_within_what_reading_may_cost(media, monkeypatch, side):
    """Lossless WebP, which unfolds into most; and as many scans as a JPEG may have.

    What is held is processor and memory: a machine that does other things takes its time.
    """
    monkeypatch.setattr(Allowance, "patience", 300)
    allowance, pixels = (STRANGER, images.MOST_OF_STRANGERS) if side == 4990 else (EDITOR, images.MOST_PIXELS)
    heavy = picture("a.webp", (side, side), "WEBP", "RGBA", (9, 9, 9, 99), lossless=True)
    slow = sent(progressive((side, side), MOST_SCANS - 6), "a.jpg")

    for upload in (heavy, slow):
        assert store_picture(upload, allowance=allowance, pixels=pixels).endswith("/1920x1920.jpg")
