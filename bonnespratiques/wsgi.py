"""The WSGI application that a server runs: the cache of public pages, and Django behind it."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bonnespratiques.settings")

django_application = get_wsgi_application()

from django.conf import settings  # noqa: E402  Django is set up by the line above

from practices.filters import PracticeFilterSet, catalogue_index  # noqa: E402
from practices.pagecache import PageCache  # noqa: E402

application = PageCache(
    django_application,
    catalogue_index,
    params={"bonnes-pratiques": (*PracticeFilterSet.base_filters, "page")},
    private=("/admin/", settings.STATIC_URL),
    limit=settings.PAGE_CACHE_MB << 20,
    trust_proto=settings.BEHIND_PROXY,
    editor_cookie=settings.SESSION_COOKIE_NAME,
    shared=settings.SHARED_PAGE_CACHE,
)
