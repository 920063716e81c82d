"""The three roles of the back office and what each may do; who may enter is in `site`.

A role is a group. Its permissions are declared here and granted after every `migrate`, so that a new model or
transition reaches the people who need it; for another mix, an administrator makes another group.
"""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import AnonymousUser, Group, Permission, User

CONTRIBUTOR, EDITOR, ADMINISTRATOR = "Contributeurs", "Éditeurs", "Administrateurs"

CRUD = ("add", "change", "delete", "view")
VOCABULARIES = ("country", "sector", "theme", "kind", "audience")


def _codenames(verbs: Iterable[str], *models: str) -> set[str]:
    return {f"{verb}_{model}" for verb in verbs for model in models}


WRITING = {
    "practices": _codenames(CRUD, "practice", "keyfigure", "link", "document")
    | _codenames(["view"], *VOCABULARIES, "organisation")
    | {"add_organisation", "submit_practice"}
}
EDITING = {
    "practices": WRITING["practices"]
    | _codenames(CRUD, *VOCABULARIES, "organisation")
    | {"view_linkcheck", "edit_any_practice", "review_practice", "publish_practice", "archive_practice"},
    "pages": _codenames(CRUD, "page"),
    "newsletter": _codenames(CRUD, "letter", "letterpractice", "delivery", "bounce", "subscriber", "consent"),
    "contributions": _codenames(["view", "change", "delete"], "proposal", "report")
    | _codenames(["add", "view", "change", "delete"], "update")
    | {"review_proposal"},
}
ROLES = {
    CONTRIBUTOR: WRITING,
    EDITOR: EDITING,
    ADMINISTRATOR: {**EDITING, "auth": _codenames(CRUD, "user")},
}
"""The codenames of each role's permissions, by application."""


def grant(sender: AppConfig, using: str = "default", **_kwargs: Any) -> None:
    """Give each role the permissions it has on the models of one application (the config that `migrate` names)."""
    if not any(sender.label in apps for apps in ROLES.values()):
        return
    create_permissions(sender, verbosity=0, using=using)
    for name, apps in ROLES.items():
        group, _created = Group.objects.using(using).get_or_create(name=name)
        wanted = Permission.objects.using(using).filter(
            content_type__app_label=sender.label, codename__in=apps.get(sender.label, ())
        )
        group.permissions.add(*wanted)


def is_administrator(user: User | AnonymousUser) -> bool:
    """Return whether a person manages other people's accounts, and so must have a second factor."""
    return user.is_superuser or user.has_perm("auth.change_user")
