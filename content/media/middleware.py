"""How the files that editors sent are given to visitors: only those named by us, never run, kept long.

A web server in front may give them instead, from MEDIA_ROOT, with the same headers: docs/decisions tells them.
"""

import os

from django.conf import settings
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import NotARegularFileError, StaticFile

from content.media.serving import NAMES, headers_of


def serve_media(get_response):
    """Give the files of MEDIA_ROOT, pieces and conditions included; any other address goes on."""

    def middleware(request):
        name = request.path_info.removeprefix(settings.MEDIA_URL)
        if name == request.path_info or not NAMES.fullmatch(name):
            return get_response(request)
        try:
            file = StaticFile(os.path.join(settings.MEDIA_ROOT, name), list(headers_of(name).items()))
            return WhiteNoiseMiddleware.serve(file, request)
        except (NotARegularFileError, OSError):
            return get_response(request)

    return middleware
