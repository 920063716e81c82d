"""What public addresses have in common: pages are for reading, data is for everybody, and has a version."""

from functools import wraps
from hashlib import blake2b

from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from practices.filters import catalogue_index


def public_page(view):
    """Answer GET and HEAD; any other method gets 405, which the check of a form's token would hide behind a 403."""
    return csrf_exempt(require_safe(view))


def open_data(view):
    """Let the scripts of any site read what is public anyway (Fetch standard, CORS protocol); no cookie is meant."""

    @wraps(view)
    def opened(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
        response.headers.setdefault("Cache-Control", "no-cache")
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = "If-None-Match"
            response.headers["Access-Control-Max-Age"] = "86400"
        return response

    return opened


def version_etag(request, **_kwargs):
    """The catalogue version and the address: weak, since a file says when it was made."""
    address = blake2b(request.get_full_path().encode(), digest_size=9).hexdigest()
    return f'W/"{catalogue_index.current().token}-{address}"'
