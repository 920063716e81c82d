"""Owns what is refused before any view sees it: methods nobody needs, and characters that a database refuses."""

from django.core.exceptions import BadRequest
from django.http import HttpResponseNotAllowed

METHODS = ("GET", "HEAD", "OPTIONS", "POST")


def refuse_odd_requests(get_response):
    """Answer 405 to TRACE and unknown methods, 400 to a NUL in the query (PostgreSQL stores none, SQLite does)."""

    def middleware(request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the query")
        return get_response(request)

    return middleware
