"""`manage.py createeditor NAME`: gives a person an editor's account."""

import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

GROUP = "Éditeurs"
APPS = ("practices", "pages")


class Command(BaseCommand):
    """Creates a user who may edit everything in the catalogue, and prints how to sign in."""

    help = "Create an editor's account with a password to change at the first visit, and say how to sign in."

    def add_arguments(self, parser):
        """Declare the name and the e-mail address."""
        parser.add_argument("username", nargs="?", help="the name to sign in with; asked for when missing")
        parser.add_argument("--email", default="", help="the person's e-mail address")

    @transaction.atomic
    def handle(self, *args, username, email, **options):
        """Create the account; an existing name is refused."""
        username = username or input("Identifiant : ").strip()
        users = get_user_model().objects
        if not username or users.filter(username__iexact=username).exists():
            raise CommandError(f"L’identifiant « {username} » est vide ou déjà pris.")
        group, _created = Group.objects.get_or_create(name=GROUP)
        group.permissions.set(Permission.objects.filter(content_type__app_label__in=APPS))
        password = secrets.token_urlsafe(12)
        user = users.create_user(username, email, password, is_staff=True)
        user.groups.add(group)
        self.stdout.write(
            f"Compte créé.\n  Adresse      : {settings.SITE_URL}{reverse('admin:index')}\n"
            f"  Identifiant  : {username}\n  Mot de passe : {password}\n"
            f"Changez le mot de passe à la première visite : {settings.SITE_URL}{reverse('admin:password_change')}"
        )
