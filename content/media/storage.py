"""Files in a bucket that speaks the protocol of S3, where MEDIA_S3_URL names one; asked for, never needed.

The library is not installed with the site: `pip install --require-hashes -r requirements-s3.txt`.
"""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.config import Config
from storages.backends.s3 import S3Storage

from content.media.serving import NAMES, headers_of

CLIENT = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    # An editor waits for this, and is told.
    connect_timeout=5,
    read_timeout=20,
    retries={"total_max_attempts": 2},
    # Makers of other buckets than Amazon's do not all know its later checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


def options_of(address: str) -> dict[str, Any]:
    """Return the options of `S3Storage` that "s3://key:secret@host/bucket?region=…&public=https://…" stands for.

    "s3+http" is for a bucket without TLS; `public` is the address that visitors read from, if it is another.
    """
    parts = urlsplit(address)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    scheme = "http" if parts.scheme == "s3+http" else "https"
    host = parts.netloc.rpartition("@")[2]
    public = urlsplit(asked.get("public") or f"{scheme}://{host}{parts.path}")
    return {
        "access_key": unquote(parts.username or ""),
        "secret_key": unquote(parts.password or ""),
        "endpoint_url": f"{scheme}://{host}",
        "bucket_name": parts.path.strip("/"),
        "region_name": asked.get("region"),
        "client_config": CLIENT,
        "url_protocol": f"{public.scheme}:",
        "custom_domain": f"{public.netloc}{public.path.rstrip('/')}",
        # Cards keep the addresses of pictures: none may expire.
        "querystring_auth": False,
        "file_overwrite": False,
    }


class Bucket(S3Storage):
    """Files that visitors read from the bucket itself, under as many of our headers as it can hold."""

    def __init__(self, address: str) -> None:
        super().__init__(**options_of(address))

    def get_object_parameters(self, name: str) -> dict[str, Any]:
        """Return the headers kept with an object, by the names that S3 gives them."""
        if not NAMES.fullmatch(name):
            return super().get_object_parameters(name)
        headers = headers_of(name)
        kept = {
            "Content-Type": "ContentType",
            "Cache-Control": "CacheControl",
            "Content-Disposition": "ContentDisposition",
        }
        return {theirs: headers[ours] for ours, theirs in kept.items() if ours in headers}
