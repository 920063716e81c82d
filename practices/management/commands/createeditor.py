"""`manage.py createeditor NAME`: gives a person an editor's account."""

import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from accounts.roles import ADMINISTRATOR, CONTRIBUTOR, EDITOR
from content.validation import refusal

ROLES = {"contributeur": CONTRIBUTOR, "editeur": EDITOR, "administrateur": ADMINISTRATOR}
CALLED = {
    "contributeur": "contributeur ou contributrice",
    "editeur": "éditeur ou éditrice",
    "administrateur": "administrateur ou administratrice",
}


class Command(BaseCommand):
    """Creates a user with one of the three roles, and prints how to sign in."""

    help = "Create an editor's account with a password to change at the first visit, and say how to sign in."

    def add_arguments(self, parser):
        """Declare the name, the e-mail address and the role."""
        parser.add_argument("username", nargs="?", help="the name to sign in with; asked for when missing")
        parser.add_argument("--email", default="", help="the person's e-mail address, for the mail of the workflow")
        parser.add_argument("--role", choices=ROLES, default="editeur", help="what the person may do")

    def handle(self, *args, username, email, role, **options):
        """Create the account; an existing name is refused."""
        username = username or input("Identifiant : ").strip()
        users = get_user_model().objects
        if not username:
            raise CommandError("Donnez un identifiant : createeditor colette.")
        if users.filter(username__iexact=username).exists():
            raise CommandError(f"L’identifiant « {username} » est déjà pris.")
        password = secrets.token_urlsafe(12)
        named = {"username": users.model.normalize_username(username), "email": users.normalize_email(email)}
        # A password takes a good part of a second to hash, on purpose: nobody waits for it.
        user = users.model(**named, password=make_password(password), is_staff=True)
        if sentence := refusal(user):
            raise CommandError(sentence)
        with transaction.atomic():
            user.save(force_insert=True)
            user.groups.add(Group.objects.get(name=ROLES[role]))
        self.stdout.write(
            f"Compte créé.\n  Adresse      : {settings.SITE_URL}{reverse('admin:index')}\n"
            f"  Identifiant  : {username}\n  Mot de passe : {password}\n"
            f"  Rôle         : {CALLED[role]}\n"
            f"Changez le mot de passe à la première visite : {settings.SITE_URL}{reverse('admin:password_change')}"
        )
        if role == "administrateur":
            self.stdout.write("À la première visite, un second facteur (application d’un téléphone) est demandé.")
