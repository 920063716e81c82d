"""The addresses of the measured site: the site's own, and the empty view."""

from django.http import HttpResponse
from django.urls import path

from bonnespratiques.urls import urlpatterns as site

urlpatterns = [path("vide", lambda request: HttpResponse("")), *site]
