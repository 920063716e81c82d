"""What `doctor` examines of the catalogue: its triggers, its version, its search index, its administrators."""

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.roles import is_administrator
from operations.doctor import broken, doubtful, examine, fine
from practices.index import catalogue_version, search_index, triggers
from practices.models import Practice, Status

SHOWN = 5


def installed_triggers():
    """Every watched table has its own: without them pages would go on showing what was."""
    lacking = triggers.lacking()
    if lacking:
        yield broken(
            _("Triggers are missing (%(names)s): pages stay out of date.") % {"names": ", ".join(lacking[:SHOWN])},
            _("manage.py migrate installs them again."),
        )
    else:
        yield fine(_("The triggers that follow the changes of the catalogue are in place."))


def moving_version():
    """A change of the catalogue moves its version; tried in a transaction that is undone."""
    with transaction.atomic():
        before = catalogue_version.current()
        pk = Practice.objects.filter(status=Status.PUBLISHED).values_list("pk", flat=True).first()
        if pk is not None:
            table = connection.ops.quote_name(Practice._meta.db_table)
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {table} SET place = place WHERE id = %s", [pk])  # noqa: S608  our own table
        moved = catalogue_version.current().number > before.number
        transaction.set_rollback(True)
    if not before.epoch:
        yield broken(_("The catalogue has no version: no page can be kept."), _("manage.py migrate makes it again."))
    elif pk is None:
        yield fine(_("Nothing is published: the version of the catalogue has nothing to follow."))
    elif not moved:
        yield broken(
            _("The version of the catalogue does not follow its changes: pages stay out of date."), "manage.py migrate"
        )
    else:
        yield fine(_("The version of the catalogue follows its changes."))


def complete_search():
    """Every practice is in the search index, and nothing else is."""
    there, indexed = set(Practice.objects.values_list("pk", flat=True)), search_index.keys()
    if there == indexed:
        told = ngettext(
            "The search index holds the %(count)s practice.",
            "The search index holds the %(count)s practices.",
            len(there),
        )
        yield fine(told % {"count": len(there)})
    else:
        missing, extra = len(there - indexed), len(indexed - there)
        told = ngettext(
            "The search index lacks %(count)s practice and has %(extra)s too many.",
            "The search index lacks %(count)s practices and has %(extra)s too many.",
            missing,
        )
        yield broken(told % {"count": missing, "extra": extra}, "manage.py reindex")


def second_factors():
    """Whoever manages accounts has a second factor."""
    with_one = set(TOTPDevice.objects.filter(confirmed=True).values_list("user_id", flat=True))
    active = get_user_model().objects.filter(is_active=True, is_staff=True)
    administrators = [person for person in active if is_administrator(person)]
    without = [person.get_username() for person in administrators if person.pk not in with_one]
    if not administrators:
        yield doubtful(
            _("Nobody manages the accounts."),
            _("manage.py createeditor NAME --role administrateur opens such an account."),
        )
    elif without:
        names = ", ".join(without[:SHOWN])
        yield doubtful(
            _("Administrators without a second factor: %(names)s.") % {"names": names},
            _("They will set it up at their next sign-in; remind them."),
        )
    else:
        told = ngettext(
            "The %(count)s administrator has a second factor.",
            "The %(count)s administrators have a second factor.",
            len(administrators),
        )
        yield fine(told % {"count": len(administrators)})


def register():
    """Have all of these examined."""
    examine(gettext_noop("Triggers"), installed_triggers, asks_database=True)
    examine(gettext_noop("Version"), moving_version, asks_database=True)
    examine(gettext_noop("Search index"), complete_search, asks_database=True)
    examine(gettext_noop("Second factor"), second_factors, asks_database=True)
