"""The screens of the desk: each list, form, history and confirmation, as each role sees them."""

import re

from django.apps import apps
from django.contrib.contenttypes.models import ContentType

from bench.pages_before_after import stillness
from bench.pages_before_after.accounts import PASSWORD, sign_in
from bench.pages_before_after.recorder import routes
from bench.pages_before_after.samples import model

ALONE = (
    "/admin/",
    "/admin/guide/",
    "/admin/password_change/",
    "/admin/password_change/done/",
    "/admin/jsi18n/",
    "/admin/second-facteur/reglages/",
    "/admin/autocomplete/?app_label=practices&model_name=practice&field_name=themes&term=e",
    "/admin/nulle-part/",
    "/admin/practices/practice/importer/",
    "/admin/practices/practice/supprimees/",
)
LISTS = {
    "practice": ("q=emploi", "status__exact=draft", "besoin=tour", "besoin=inconnu", "o=1", "p=1", "q=zzzz", "e=1"),
    "linkcheck": ("etat=morts",),
    "theme": ("q=e",),
}
OF_ONE = {"practice": 3}
"""Rows of a model whose forms are recorded, where it is more than one."""


def record(walk):
    """Every screen, for each role."""
    link_checks()
    people = {"editor": walk.editor, "chief": walk.chief, "contributor": walk.contributor}
    for role, visitor in people.items():
        for path in ALONE:
            walk.go(f"{role} {path}", visitor, path)
        for app in sorted({app for app, _model in models()}):
            walk.go(f"{role} /admin/{app}/", visitor, f"/admin/{app}/")
        for app, name in models():
            record_model(walk, role, visitor, app, name)
    practice = model("Practice")._default_manager.order_by("pk").first()
    content = ContentType.objects.get_for_model(practice).pk
    walk.go("from the desk to the page", walk.editor, f"/admin/r/{content}/{practice.pk}/")
    person = model("User")._default_manager.get(username="colette").pk
    walk.go("somebody's password", walk.chief, f"/admin/auth/user/{person}/password/")
    page = walk.go("one's own password", walk.contributor, "/admin/password_change/")
    new = {"old_password": PASSWORD, "new_password1": "court", "new_password2": "court"}
    walk.fill("a short password", walk.contributor, page, new)
    page = walk.go("before one leaves", walk.contributor, "/admin/guide/")
    walk.press("one leaves", walk.contributor, page, "/admin/logout/")
    walk.go("the desk to nobody", walk.contributor, "/admin/")
    sign_in(walk.contributor, "colette", PASSWORD)


def models():
    """Each (application, model) that the desk has a list of, by the routes."""
    found = [re.fullmatch(r"admin/(\w+)/(\w+)/", route) for route, _pattern in routes()]
    return [(one[1], one[2]) for one in found if one and one[2] not in ("activer", "quitter", "reglages", "done")]


def record_model(walk, role, visitor, app, name):
    """The list of a model, its empty form, and what there is around some of its rows."""
    at = f"/admin/{app}/{name}"
    queries = ("", *LISTS.get(name, ()))
    for query in queries:
        path = f"{at}/?{query}" if query else f"{at}/"
        walk.go(f"{role} {path}", visitor, path)
    walk.go(f"{role} {at}/add/", visitor, f"{at}/add/")
    rows = apps.get_model(app, name)._default_manager.order_by("pk")
    for pk in rows.values_list("pk", flat=True)[: OF_ONE.get(name, 1)]:
        for page in ("change/", "history/", "delete/", ""):
            walk.go(f"{role} {at}/{pk}/{page}", visitor, f"{at}/{pk}/{page}")


def record_large(walk):
    """The screens that change with the size of the catalogue."""
    stillness.wait(minutes=1)
    for path in ("/admin/", "/admin/practices/practice/", "/admin/practices/practice/?p=2", "/admin/practices/theme/"):
        walk.go(f"editor {path}", walk.editor, path)


def link_checks():
    """What the timer would have found of some addresses, and what came back of a message."""
    now = "2026-11-28T09:00:00Z"
    for number, days in enumerate((0, 1, 4)):
        model("LinkCheck")._default_manager.create(
            url=f"https://lien.example/{number}", checked_at=now, due_at=now, status=404, failed_days=days
        )
    delivery = model("Delivery")._default_manager.exclude(subscriber=None).order_by("pk").first()
    model("Bounce")._default_manager.create(
        delivery=delivery, subscriber=delivery.subscriber, hard=False, status="4.2.2", diagnostic="Mailbox full"
    )
