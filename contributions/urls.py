"""The addresses of what people bring."""

from django.urls import path

from contributions.views import follow, links, proposals, reports, updates

app_name = "contributions"

urlpatterns = [
    path("bonnes-pratiques/<slug:slug>/signaler/", reports.report, name="report"),
    path("bonnes-pratiques/<slug:slug>/signaler/merci/", reports.reported, name="reported"),
    path("proposer/", proposals.about, name="about"),
    path("proposer/nouvelle/", proposals.start, name="start"),
    path("proposer/brouillon/<str:token>/apercu/", proposals.preview, name="preview"),
    path("proposer/brouillon/<str:token>/fichiers/<slug:slot>/<str:name>", proposals.file, name="file"),
    path("proposer/brouillon/<str:token>/relire/", proposals.check, name="check"),
    path("proposer/brouillon/<str:token>/garder/", proposals.keep, name="keep"),
    path("proposer/brouillon/<str:token>/envoi/", proposals.sent, name="sent"),
    path("proposer/brouillon/<str:token>/<slug:name>/", proposals.step, name="step"),
    path("proposer/mes-liens/", links.ask, name="links"),
    path("proposer/mes-liens/merci/", links.asked, name="asked"),
    path("proposer/mise-a-jour/<str:token>/", updates.update, name="update"),
    path("proposer/suivi/<str:token>/", follow.follow, name="follow"),
    path("proposer/suivi/<str:token>/apercu/", follow.seen, name="seen"),
    path("proposer/suivi/<str:token>/fichiers/<slug:slot>/<str:name>", follow.file, name="file-sent"),
]
