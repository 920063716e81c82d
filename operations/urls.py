"""The addresses of supervision."""

from django.urls import path

from operations import views

urlpatterns = [
    path("live", views.live, name="live"),
    path("ready", views.ready, name="ready"),
]
