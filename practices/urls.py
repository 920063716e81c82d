"""The catalogue's addresses; one route a vocabulary, derived from the facets."""

from django.urls import path

from practices import views
from practices.filters import PracticeFilterSet

app_name = "practices"

urlpatterns = [
    path("", views.home, name="home"),
    path("bonnes-pratiques/", views.listing, name="listing"),
    *(
        path(
            f"bonnes-pratiques/{facet.param}/<slug:slug>/",
            views.term,
            {"vocabulary": facet.vocabulary, "param": facet.param},
            name=facet.vocabulary._meta.model_name,
        )
        for facet in PracticeFilterSet.term_facets()
    ),
    path("bonnes-pratiques/<slug:slug>/", views.practice, name="practice"),
]
