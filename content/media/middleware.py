"""How the files that editors sent are given to visitors: only those named by us, never run, kept long.

A web server in front may give them instead, from MEDIA_ROOT, with the same headers: docs/decisions tells them.
"""

import os
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import NotARegularFileError, StaticFile

from content.media.serving import NAMES, headers_of


def serve_media(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Return the middleware that gives the files of MEDIA_ROOT, and hands any other address on.

    Ranges and conditional requests (RFC 9110) are answered as well.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        name = request.path_info.removeprefix(settings.MEDIA_URL)
        if name == request.path_info or not NAMES.fullmatch(name):
            return get_response(request)
        try:
            file = StaticFile(os.path.join(settings.MEDIA_ROOT, name), list(headers_of(name).items()))
            return WhiteNoiseMiddleware.serve(file, request)
        except (NotARegularFileError, OSError):
            return get_response(request)

    return middleware
