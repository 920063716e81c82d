"""What robots are asked to leave alone: robots.txt (RFC 9309)."""

from django.conf import settings
from django.http import HttpResponse

from practices.decorators import public_page


@public_page
def robots(request):
    """What robots may ask for: all that visitors see, but not the files made of it."""
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /*/export.",
        # What is being proposed, behind links that nobody can guess.
        "Disallow: /*proposer/*",
        "Disallow: /*/signaler/",
        "",
        f"Sitemap: {settings.SITE_URL}/sitemap.xml",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
