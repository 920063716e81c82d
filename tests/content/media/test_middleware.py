import pytest

from content.media.documents import KINDS, store_document
from content.media.images import store_picture
from content.media.renditions import Picture
from tests.uploads import document, picture

pytestmark = pytest.mark.django_db

SAFE = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
}


def told(response, *names):
    return {name: response.headers.get(name) for name in (*SAFE, "Content-Type", "Content-Disposition", *names)}


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_picture_is_shown_and_kept_but_never_run(client, media):
    name = store_picture(picture())

    for one, kind in ((name, "jpeg"), (Picture.named(name).files[640], "webp")):
        response = client.get(f"/media/{one}")

        assert (response.status_code, response.getvalue()) == (200, (media / one).read_bytes())
        assert told(response) == {**SAFE, "Content-Type": f"image/{kind}", "Content-Disposition": None}
        assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_is_saved_never_opened(client, media, kind):
    response = client.get(f"/media/{store_document(document(kind))}", headers={"accept-encoding": "gzip"})

    assert told(response, "Content-Encoding", "Content-Length") == {
        **SAFE,
        "Content-Type": KINDS[kind],
        "Content-Disposition": "attachment",
        "Content-Encoding": None,
        "Content-Length": str(len(response.getvalue())),
    }


def test_a_document_can_be_had_in_pieces_and_once(client, media):
    name = store_document(document())

    piece = client.get(f"/media/{name}", headers={"range": "bytes=0-4"})
    whole = client.get(f"/media/{name}")
    whole.close()
    again = client.get(f"/media/{name}", headers={"if-none-match": whole.headers["ETag"]})

    assert (piece.status_code, piece.getvalue(), again.status_code) == (206, b"%PDF-", 304)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "images/",
        "secret.txt",
        "images/../secret.txt",
        "images/%2e%2e/secret.txt",
        "images/AAAAAAAAAAAAAAAAAAAAAA/evil.html",
        "images/AAAAAAAAAAAAAAAAAAAAAA/1x1.jpg",
        "images/AAAAAAAAAAAAAAAAAAAAAA/640.webp",
        "documents/AAAAAAAAAAAAAAAAAAAAAA.svg",
        "documents/AAAAAAAAAAAAAAAAAAAAAA.pdf\n",
        "documents/AAAAAAAAAAAAAAAAAAAAAA.pdf/",
    ],
)
def test_nothing_else_of_the_folder_is_given(client, media, name):
    for there in ("secret.txt", "images/AAAAAAAAAAAAAAAAAAAAAA/evil.html", "documents/AAAAAAAAAAAAAAAAAAAAAA.svg"):
        (media / there).parent.mkdir(parents=True, exist_ok=True)
        (media / there).write_text("secret")
    (media / "images/AAAAAAAAAAAAAAAAAAAAAA/640.webp").mkdir()

    assert client.get(f"/media/{name}").status_code in (301, 404)


def test_pages_go_on_where_the_folder_is_gone(client, settings):
    settings.MEDIA_ROOT = settings.MEDIA_ROOT / "gone"

    assert client.get("/media/images/AAAAAAAAAAAAAAAAAAAAAA/640.webp").status_code == 404
    assert client.get("/").status_code == 200
