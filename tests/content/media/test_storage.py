import threading
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from content.media.documents import store_document
from content.media.images import store_picture
from content.media.renditions import Picture
from content.media.storage import options_of
from practices.editorial import unused_files
from practices.models import Practice
from tests.factories import make_practice
from tests.uploads import document, picture

pytestmark = pytest.mark.django_db


class FakeBucket(BaseHTTPRequestHandler):
    """As much of S3 as the site asks for: put, head, delete and list objects."""

    objects: dict[str, tuple[bytes, dict]] = {}

    def log_message(self, *args):
        """Say nothing."""

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    @property
    def key(self):
        return unquote(urlsplit(self.path).path).removeprefix("/seau/")

    def do_PUT(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.objects[self.key] = (body, dict(self.headers))
        self.answer(200, ETag='"a"')

    def do_HEAD(self):
        if self.key not in self.objects:
            self.answer(404)
            return
        size, now = len(self.objects[self.key][0]), format_datetime(datetime.now(UTC), True)
        self.answer(200, Content_Length=str(size), Last_Modified=now)

    def do_DELETE(self):
        self.objects.pop(self.key, None)
        self.answer(204)

    def do_GET(self):
        query = defaultdict(lambda: [""], parse_qs(urlsplit(self.path).query))
        prefix = query["prefix"][0]
        below = [name.removeprefix(prefix) for name in self.objects if name.startswith(prefix)]
        folders = sorted({name.partition("/")[0] for name in below if "/" in name})
        now = datetime.now(UTC).isoformat()
        body = "".join(
            f"<Contents><Key>{prefix}{name}</Key><LastModified>{now}</LastModified><Size>1</Size></Contents>"
            for name in below
            if "/" not in name
        ) + "".join(f"<CommonPrefixes><Prefix>{prefix}{name}/</Prefix></CommonPrefixes>" for name in folders)
        self.answer(200, f"<ListBucketResult><IsTruncated>false</IsTruncated>{body}</ListBucketResult>".encode())


@pytest.fixture
def bucket(settings):
    FakeBucket.objects = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), FakeBucket)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address = f"s3+http://key:secret@127.0.0.1:{server.server_port}/seau?region=eu&public=https://fichiers.example.org"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "content.media.storage.Bucket", "OPTIONS": {"address": address}},
    }
    yield FakeBucket.objects
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_says_where_the_bucket_is_and_where_visitors_read_it():
    options = options_of("s3://a:b%2Fc@s3.example.org/seau?region=eu")

    assert {name: value for name, value in options.items() if name != "client_config"} == {
        "access_key": "a",
        "secret_key": "b/c",
        "endpoint_url": "https://s3.example.org",
        "bucket_name": "seau",
        "region_name": "eu",
        "url_protocol": "https:",
        "custom_domain": "s3.example.org/seau",
        "querystring_auth": False,
        "file_overwrite": False,
    }


def test_files_go_to_the_bucket_with_their_headers_are_named_there_and_leave_when_forgotten(bucket, client):
    name, guide = store_picture(picture()), store_document(document())
    practice = make_practice(cover=name, cover_alt="Un atelier")
    practice.documents.create(title="Guide", file=guide, size=1)

    assert set(bucket) == {name, *Picture.named(name).files.values(), guide}
    body, headers = bucket[guide]
    assert body == document().read()
    assert {key: headers[key] for key in ("Content-Type", "Content-Disposition", "Cache-Control")} == {
        "Content-Type": "application/pdf",
        "Content-Disposition": "attachment",
        "Cache-Control": "public, max-age=31536000, immutable",
    }
    page = client.get(practice.get_absolute_url()).content.decode()
    assert f'src="https://fichiers.example.org/{name}"' in page
    assert f'<meta property="og:image" content="https://fichiers.example.org/{name}">' in page
    assert f'href="https://fichiers.example.org/{guide}"' in page

    practice.documents.all().delete()
    unused_files.prune(timezone.now(), dry_run=False)
    assert guide in bucket
    unused_files.prune(timezone.now() + timedelta(days=2), dry_run=False)
    assert set(bucket) == {name, *Picture.named(name).files.values()}


def test_a_bucket_out_of_reach_is_told_and_pages_go_on(settings, client):
    nowhere = "s3+http://key:secret@127.0.0.1:9/seau?region=eu"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "content.media.storage.Bucket", "OPTIONS": {"address": nowhere}},
    }
    practice = make_practice(cover="images/a/640x400.jpg")

    with pytest.raises(ValidationError, match="hors d’atteinte"):
        store_picture(picture())
    assert client.get(practice.get_absolute_url()).status_code == 200
    assert Practice.objects.get().cover == "images/a/640x400.jpg"
