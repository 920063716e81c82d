"""What pages behind mailed links answer to, and what they tell browsers, caches and search engines."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods


def mailed_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Return a view as that of a page behind a mailed link: GET shows, POST acts, any other method is answered by 405.

    The signed word in its address is the only key it needs. Nobody else keeps the page or learns its address.
    "same-origin" and not "no-referrer", under which a browser would send its forms with an unknown origin.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return csrf_exempt(never_cache(require_http_methods(["GET", "HEAD", "POST"])(answer)))


def came_from_this_site(request: HttpRequest) -> bool:
    """Return whether a form was sent from one of our own pages, as the browser says.

    That replaces a token in a cookie, which the foot of a page kept for everybody could not carry. A browser too old to
    say where a form comes from is believed: an invented sign-up gives its author nothing but a message to confirm.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    try:
        return origin is None or urlsplit(origin).netloc == request.get_host()
    except ValueError:  # "http://[", which no browser says
        return False
