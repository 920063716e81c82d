"""What happens around any view: what is refused (methods nobody needs, characters a database refuses, powers of a
device), and in which language the page is, said by its address alone.
"""

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpResponseNotAllowed
from django.utils import translation

METHODS = ("GET", "HEAD", "OPTIONS", "POST")
PERMISSIONS = ", ".join(
    f"{power}=()"
    for power in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "screen-wake-lock",
        "serial",
        "usb",
        "xr-spatial-tracking",
    )
)
"""The header Permissions-Policy; powers that browsers know by this name, lest they warn of each."""


def refuse_odd_requests(get_response):
    """Answer 405 to TRACE and unknown methods, 400 to a NUL in the query (PostgreSQL stores none, SQLite does)."""

    def middleware(request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the query")
        return get_response(request)

    return middleware


def refuse_powers(get_response):
    """Have browsers refuse to every page, and to what it frames, the powers of a device that no page has a use for."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return middleware


def speak_language_of_path(get_response):
    """Activate the language under whose code the address lives, else the first one; neither cookie nor header counts.

    Django's LocaleMiddleware does the same for these addresses, but tells caches that the page varies with
    Accept-Language, which it does not.
    """

    def middleware(request):
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        # Only for this request: what a thread writes next must not be taken for words of another language.
        with translation.override(language):
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware
