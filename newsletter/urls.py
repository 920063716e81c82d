"""The newsletter's addresses."""

from django.urls import path

from newsletter import views
from newsletter.feeds import ArchiveFeed

app_name = "newsletter"

urlpatterns = [
    path("newsletter/", views.sign_up, name="sign_up"),
    path("newsletter/merci/", views.asked, name="asked"),
    path("newsletter/confirmer/<str:token>/", views.confirm, name="confirm"),
    path("newsletter/preferences/<str:token>/", views.preferences, name="preferences"),
    path("newsletter/preferences/<str:token>/donnees.json", views.data, name="data"),
    path("newsletter/desinscription/<str:token>/", views.leave, name="leave"),
    path("newsletter/archives/", views.archive, name="archive"),
    path("newsletter/archives/flux.atom", ArchiveFeed(), name="feed"),
    path("newsletter/archives/<slug:slug>/", views.letter, name="letter"),
]
