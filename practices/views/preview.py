"""The preview of a practice that is not public: for editors, and for a partner who has a signed address.

A preview is never indexed, never kept by any cache, and reads what is saved at that moment.
"""

from datetime import timedelta

from django.http import Http404
from django.shortcuts import redirect
from django.utils.cache import patch_cache_control

from mail.signed_links import Link
from practices.decorators import public_page
from practices.models import Practice, Status
from practices.views.pages import practice_page

DAYS = 14
PREVIEW = Link(
    "practices.preview",
    lifetime=lambda: timedelta(days=DAYS),
    rows=lambda: Practice.objects.for_page().exclude(status=Status.ARCHIVED),
    # An editor gives it to whom she likes.
    mailed=False,
    proves=lambda practice: "",
    name="pk",
)


def token_for(practice):
    """A token that shows one practice for `DAYS` days; nobody can make one without the secret key."""
    return PREVIEW.make(practice)


def render_preview(request, practice, until=None):
    """The page of a practice as visitors will see it, told to no robot and kept by no cache."""
    response = practice_page(request, practice, preview=True, preview_until=until)
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    patch_cache_control(response, no_store=True, private=True)
    return response


@public_page
def partner(request, token):
    """What a partner sees; forged, expired, archived or deleted, an address gets the same plain page."""
    practice = PREVIEW.open(token)
    if practice is None:
        raise Http404
    if practice.is_public:
        response = redirect(practice)
        patch_cache_control(response, no_store=True)
        return response
    return render_preview(request, practice, until=PREVIEW.ends(token))
