"""What `doctor` examines of the catalogue: its triggers, its version, its search index, its administrators."""

from django.contrib.auth import get_user_model
from django.db import connection, transaction
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
            f"Des déclencheurs manquent ({', '.join(lacking[:SHOWN])}) : des pages restent périmées.",
            "manage.py migrate les réinstalle.",
        )
    else:
        yield fine("Les déclencheurs qui suivent les changements du catalogue sont en place.")


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
        yield broken(
            "Le catalogue n’a pas de version : aucune page ne peut être gardée.", "manage.py migrate la recrée."
        )
    elif pk is None:
        yield fine("Rien n’est publié : la version du catalogue n’a rien à suivre.")
    elif not moved:
        yield broken(
            "La version du catalogue ne suit pas les changements : les pages restent périmées.", "manage.py migrate"
        )
    else:
        yield fine("La version du catalogue suit les changements.")


def complete_search():
    """Every practice is in the search index, and nothing else is."""
    there, indexed = set(Practice.objects.values_list("pk", flat=True)), search_index.keys()
    if there == indexed:
        yield fine(f"Les {len(there)} pratiques sont dans l’index de la recherche.")
    else:
        missing, extra = len(there - indexed), len(indexed - there)
        yield broken(f"L’index de la recherche a {missing} pratiques en moins et {extra} en trop.", "manage.py reindex")


def second_factors():
    """Whoever manages accounts has a second factor."""
    with_one = set(TOTPDevice.objects.filter(confirmed=True).values_list("user_id", flat=True))
    active = get_user_model().objects.filter(is_active=True, is_staff=True)
    administrators = [person for person in active if is_administrator(person)]
    without = [person.get_username() for person in administrators if person.pk not in with_one]
    if not administrators:
        yield doubtful(
            "Personne n’administre les comptes.",
            "manage.py createeditor NOM --role administrateur ouvre un tel compte.",
        )
    elif without:
        names = ", ".join(without[:SHOWN])
        yield doubtful(
            f"Administrent sans second facteur : {names}.",
            "Ils l’activeront à leur prochaine connexion ; rappelez-le-leur.",
        )
    else:
        yield fine(f"Les {len(administrators)} comptes d’administration ont un second facteur.")


def register():
    """Have all of these examined."""
    examine("Déclencheurs", installed_triggers, asks_database=True)
    examine("Version", moving_version, asks_database=True)
    examine("Recherche", complete_search, asks_database=True)
    examine("Second facteur", second_factors, asks_database=True)
