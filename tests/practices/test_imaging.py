import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage
from PIL import Image, ImageCms

from practices import imaging
from practices.imaging import store_picture
from practices.pictures import Picture
from tests.uploads import archive, picture, sent

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
    monkeypatch.setattr(imaging, "_upright", lambda upload: pytest.fail("decoded"))

    assert "mégapixels" in refusal(picture("a.png", (9000, 6000), "PNG", "1", 0))


def test_a_name_is_not_guessed(media):
    first, second = store_picture(picture()), store_picture(picture())

    assert first != second
    assert len(first.split("/")[1]) == 22


def test_bytes_that_are_nothing_are_refused_whatever_they_are(media):
    for content in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b" "):
        assert refusal(sent(content, "a.jpg")).endswith(SENTENCE)
