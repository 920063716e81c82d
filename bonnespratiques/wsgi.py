"""The WSGI application that a server runs: each request named, the cache of public pages, and Django behind it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bonnespratiques.settings")

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402  Django is set up by the line above

from bonnespratiques.urls import SITEMAPS  # noqa: E402
from operations.garbage_collection import search_seldom  # noqa: E402
from operations.logs.requests import NamedRequests  # noqa: E402
from operations.pagecache import PageCache  # noqa: E402
from operations.postgresql.watchdog import watchdog  # noqa: E402
from practices.filters import PracticeFilterSet, catalogue_index  # noqa: E402
from practices.open_data.formats import FORMATS  # noqa: E402
from practices.shortlist import COMPARED_PARAM, PARAM  # noqa: E402
from practices.statistics import Readership  # noqa: E402

search_seldom()
watchdog.start()

pages = PageCache(
    django_application,
    catalogue_index,
    params={
        "bonnes-pratiques": (*PracticeFilterSet.base_filters, "page"),
        # The page of a practice names its neighbours in the list that its address carries.
        "bonnes-pratiques/": tuple(PracticeFilterSet.base_filters),
        "flux.atom": tuple(PracticeFilterSet.base_filters),
        "suggestions.json": ("q",),
        "ma-selection": (PARAM,),
        "comparer": (PARAM, COMPARED_PARAM),
        "livret": (PARAM,),
        **{f"sitemap-{section}.xml": ("p",) for section in SITEMAPS["sitemaps"]},
    },
    # What people propose is for them alone. The newsletter's pages tell of other things than the catalogue, whose
    # version does not move with them; the interface for programs answers with its own ETag, and slows down who asks
    # too much.
    private=(
        "/admin/",
        "/healthz/",
        settings.STATIC_URL,
        settings.MEDIA_URL,
        *(
            f"{prefix}/{path}/"
            for prefix in ("", *(f"/{code}" for code, _name in settings.LANGUAGES))
            for path in ("newsletter", "proposer", "api/v1")
        ),
    ),
    streamed=(*(f"/export.{extension}" for extension in FORMATS), "/signaler/", "/signaler/merci/"),
    limit=settings.PAGE_CACHE_MB << 20,
    trust_proto=settings.BEHIND_PROXY,
    editor_cookie=settings.SESSION_COOKIE_NAME,
    shared=settings.SHARED_PAGE_CACHE,
    hear=Readership(settings.SESSION_COOKIE_NAME).hear if settings.STATISTICS else None,
)

application = NamedRequests(pages, trusted=settings.BEHIND_PROXY)
