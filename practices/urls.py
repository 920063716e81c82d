"""The catalogue's addresses; one route a vocabulary, derived from the facets."""

from django.urls import path

from practices.filters import PracticeFilterSet
from practices.open_data import api, citations, exports, feeds
from practices.views import pages, share_image

app_name = "practices"

urlpatterns = [
    path("", pages.home, name="home"),
    path("bonnes-pratiques/", pages.listing, name="listing"),
    path("bonnes-pratiques/suggestions.json", pages.suggested, name="suggestions"),
    path("bonnes-pratiques/flux.atom", feeds.feed, name="feed"),
    *(
        path(
            f"bonnes-pratiques/export.{extension}", exports.export, {"extension": extension}, name=f"export-{extension}"
        )
        for extension in exports.FORMATS
    ),
    *(
        path(
            f"bonnes-pratiques/{facet.param}/<slug:slug>/",
            pages.term,
            {"vocabulary": facet.vocabulary, "param": facet.param},
            name=facet.vocabulary._meta.model_name,
        )
        for facet in PracticeFilterSet.term_facets()
    ),
    path("ma-selection/", pages.shortlist, {"template": "practices/shortlist.html"}, name="shortlist"),
    path("ma-selection/comparer/", pages.shortlist, {"template": "practices/compared.html"}, name="shortlist-compared"),
    path("ma-selection/livret/", pages.shortlist, {"template": "practices/booklet.html"}, name="shortlist-booklet"),
    *(
        path(
            f"ma-selection/export.{extension}",
            exports.shortlist_export,
            {"extension": extension},
            name=f"shortlist-export-{extension}",
        )
        for extension in exports.FORMATS
    ),
    path("api/", api.documentation, name="api"),
    path("api/v1/practices/", api.PracticesView.as_view(), name="api-practices"),
    path("api/v1/practices/<slug:slug>/", api.PracticeView.as_view(), name="api-practice"),
    path("api/v1/facets/", api.FacetsView.as_view(), name="api-facets"),
    path("api/v1/schema/", api.SchemaView.as_view(), name="api-schema"),
    *(
        path(
            f"bonnes-pratiques/<slug:slug>/citation.{extension}",
            citations.citation_file,
            {"extension": extension},
            name=f"citation-{extension}",
        )
        for extension in citations.FORMATS
    ),
    path("bonnes-pratiques/<slug:slug>/partage.png", share_image.share_picture, name="share-picture"),
    path("bonnes-pratiques/<slug:slug>/", pages.practice, name="practice"),
]
