"""The addresses of plain pages: any word at the root that nothing else has."""

from django.urls import path

from pages import views

app_name = "pages"

urlpatterns = [path("<slug:slug>/", views.page, name="page")]
