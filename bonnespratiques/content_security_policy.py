"""The Content-Security-Policy of every page (CSP level 3): what is ours, and nothing else; a view may widen its own."""

from urllib.parse import parse_qs, urlsplit

from csp.constants import NONE, SELF


def content_security_policy(bucket_url: str) -> dict[str, dict[str, list[str]]]:
    """Return the policy as django-csp reads it; pictures may come from where a bucket of files is read, too.

    `bucket_url` is MEDIA_S3_URL, or "".
    """
    pictures = [SELF, "data:"]
    if bucket_url:
        bucket = urlsplit(bucket_url)
        public = parse_qs(bucket.query).get("public", [f"https://{bucket.netloc.rpartition('@')[2]}"])[-1]
        pictures.append(f"{urlsplit(public).scheme}://{urlsplit(public).netloc}")
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "font-src": [SELF],
            "img-src": pictures,
            "connect-src": [SELF],
            "manifest-src": [SELF],
            "form-action": [SELF],
            "base-uri": [NONE],
            "frame-ancestors": [NONE],
        }
    }
