"""The site's addresses. French has no prefix, the other languages live under their code."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.urls import include, path

from pages.sitemaps import Pages
from practices.open_data.robots import robots
from practices.open_data.sitemaps import sections
from practices.views import preview

SITEMAPS = {"sitemaps": {**sections(), "pages": Pages}}

handler500 = "bonnespratiques.outage.server_error"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("healthz/", include("operations.urls")),
    path("apercu/<str:token>/", preview.partner, name="preview"),
    path("robots.txt", robots),
    path("sitemap.xml", sitemaps.index, {**SITEMAPS, "sitemap_url_name": "sitemap"}),
    path("sitemap-<section>.xml", sitemaps.sitemap, SITEMAPS, name="sitemap"),
    *i18n_patterns(
        path("", include("practices.urls")),
        path("", include("newsletter.urls")),
        path("", include("contributions.urls")),
        path("", include("pages.urls")),
        prefix_default_language=False,
    ),
]
