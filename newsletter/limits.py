"""How many requests one network may make in an hour; its address is never stored, only a keyed hash of it.

What a network is, is in `operations.networks`.
"""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from newsletter.models import Tally
from operations.networks import network_of

KEPT = timedelta(days=1)


def too_many(request, what="newsletter", most=None):
    """Count a request for its network; return whether the network has had its share of this hour.

    `what` names the form that counts, `most` is its share; the newsletter's own is a setting.
    """
    now = timezone.now()
    hour = now.strftime("%Y-%m-%dT%H")
    key = salted_hmac(f"{what}.network.{hour}", network_of(request), algorithm="sha256").hexdigest()
    return _add_one(key, now + KEPT) > (settings.NEWSLETTER_SIGNUPS_PER_HOUR if most is None else most)


def _add_one(key, expires_at):
    """Add one to a tally and return it; one statement, so that requests at the same time all count."""
    table = Tally._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (key, count, expires_at) VALUES (%s, 1, %s) "  # noqa: S608  our own table
            f"ON CONFLICT (key) DO UPDATE SET count = {table}.count + 1 RETURNING count",
            [key, connection.ops.adapt_datetimefield_value(expires_at)],
        )
        return cursor.fetchone()[0]
