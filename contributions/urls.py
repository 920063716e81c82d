"""The addresses of what people bring."""

from django.urls import path

from contributions.views import asking, following, proposing, reporting, updating

app_name = "contributions"

urlpatterns = [
    path("bonnes-pratiques/<slug:slug>/signaler/", reporting.report, name="report"),
    path("bonnes-pratiques/<slug:slug>/signaler/merci/", reporting.reported, name="reported"),
    path("proposer/", proposing.about, name="about"),
    path("proposer/nouvelle/", proposing.start, name="start"),
    path("proposer/brouillon/<str:token>/apercu/", proposing.preview, name="preview"),
    path("proposer/brouillon/<str:token>/fichiers/<slug:slot>/<str:name>", proposing.file, name="file"),
    path("proposer/brouillon/<str:token>/relire/", proposing.check, name="check"),
    path("proposer/brouillon/<str:token>/garder/", proposing.keep, name="keep"),
    path("proposer/brouillon/<str:token>/envoi/", proposing.sent, name="sent"),
    path("proposer/brouillon/<str:token>/<slug:name>/", proposing.step, name="step"),
    path("proposer/mes-liens/", asking.ask, name="links"),
    path("proposer/mes-liens/merci/", asking.asked, name="asked"),
    path("proposer/mise-a-jour/<str:token>/", updating.update, name="update"),
    path("proposer/suivi/<str:token>/", following.follow, name="follow"),
    path("proposer/suivi/<str:token>/apercu/", following.seen, name="seen"),
    path("proposer/suivi/<str:token>/fichiers/<slug:slot>/<str:name>", following.file, name="file-sent"),
]
