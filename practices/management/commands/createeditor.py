"""`manage.py createeditor NAME`: gives a person an editor's account."""

import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.roles import ADMINISTRATOR, CONTRIBUTOR, EDITOR
from content.validation import refusal

ROLES = {"contributeur": CONTRIBUTOR, "editeur": EDITOR, "administrateur": ADMINISTRATOR}
CALLED = {
    "contributeur": pgettext_lazy("a person", "contributor"),
    "editeur": pgettext_lazy("a person", "editor"),
    "administrateur": pgettext_lazy("a person", "administrator"),
}


class Command(BaseCommand):
    """Creates a user with one of the three roles, and prints how to sign in."""

    def add_arguments(self, parser):
        """Declare the name, the e-mail address and the role."""
        parser.description = _(
            "Create an editor’s account with a password to change at the first visit, and say how to sign in."
        )
        parser.add_argument("username", nargs="?", help=_("the name to sign in with; asked for when missing"))
        parser.add_argument("--email", default="", help=_("the person’s e-mail address, for the mail of the workflow"))
        parser.add_argument("--role", choices=ROLES, default="editeur", help=_("what the person may do"))

    def handle(self, *args, username, email, role, **options):
        """Create the account; an existing name is refused."""
        username = username or input(_("Username: ")).strip()
        users = get_user_model().objects
        if not username:
            raise CommandError(_("Give a username: createeditor colette."))
        if users.filter(username__iexact=username).exists():
            raise CommandError(_("The username “%(name)s” is taken already.") % {"name": username})
        password = secrets.token_urlsafe(12)
        named = {"username": users.model.normalize_username(username), "email": users.normalize_email(email)}
        # A password takes a good part of a second to hash, on purpose: nobody waits for it.
        user = users.model(**named, password=make_password(password), is_staff=True)
        if sentence := refusal(user):
            raise CommandError(sentence)
        with transaction.atomic():
            user.save(force_insert=True)
            user.groups.add(Group.objects.get(name=ROLES[role]))
        self.stdout.write(_("The account is made."))
        told = {
            _("Address"): f"{settings.SITE_URL}{reverse('admin:index')}",
            _("Username"): username,
            _("Password"): password,
            _("Role"): CALLED[role],
        }
        width = max(map(len, told))
        for label, words in told.items():
            self.stdout.write("  " + _("%(name)s: %(words)s") % {"name": f"{label:{width}}", "words": words})
        url = f"{settings.SITE_URL}{reverse('admin:password_change')}"
        self.stdout.write(_("Change the password at the first visit: %(url)s") % {"url": url})
        if role == "administrateur":
            self.stdout.write(_("At the first visit, a second factor (an application on a phone) is asked for."))
