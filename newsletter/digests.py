"""What is new for each reader: which practices, published since when, matching which of her searches.

What matches a search is the catalogue's filterset's word alone (`saved_searches`).
"""

from django.db import transaction
from django.db.models import Min
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mail.setting_aside import Asides
from newsletter.models import Delivery, Digest, DigestPractice, Subscriber
from newsletter.models.deliveries import Kind
from newsletter.readers.saved_searches import matching
from newsletter.schedule import next_digest
from practices.models import Practice

BATCH = 100


def build(asides=None):
    """Make the digests that are due and queue them; return how many. Safe to run twice at once.

    Readers are locked by batches, on PostgreSQL; on SQLite there is one writer at a time. A reader whose digest cannot
    be made is set aside (`setting_aside`) and stays due: the next run tries her again, after the others.
    """
    now, made, last = timezone.now(), 0, 0
    asides = asides or Asides()
    due = Subscriber.objects.active().filter(next_digest_at__lte=now).order_by("pk")
    since = due.order_by().aggregate(since=Min(Coalesce("told_since", "joined_at")))["since"]
    if since is None:
        return 0
    news = News(since, now)
    while True:
        with transaction.atomic():
            some = due.filter(pk__gt=last).select_for_update(skip_locked=True, of=("self",))
            readers = list(some.prefetch_related("searches")[:BATCH])
            if not readers:
                return made
            last = readers[-1].pk
            for reader in readers:
                with asides.trying(_("Digest of the reader %(reader)s") % {"reader": reader}), transaction.atomic():
                    made += _digest(reader, news, now)


def _digest(reader, news, now):
    """Make a reader's digest, unless there is nothing new; return whether there was."""
    reader.next_digest_at = next_digest(reader.frequency, now)
    reader.save(update_fields=["next_digest_at"])
    told = set(DigestPractice.objects.filter(subscriber=reader).values_list("practice", flat=True))
    new = news.for_reader(reader) - told
    if not new:
        return False
    digest = Digest.objects.create(subscriber=reader, made_at=now)
    DigestPractice.objects.bulk_create(
        DigestPractice(digest=digest, subscriber=reader, practice_id=pk) for pk in sorted(new)
    )
    Delivery.objects.create(kind=Kind.DIGEST, subscriber=reader, digest=digest)
    return True


class News:
    """What was published between two moments, by its own moment, and what of it each search finds, asked once each."""

    def __init__(self, since, now):
        self._new = Practice.objects.published().appeared_between(since, now)
        self._moments = dict(self._new.values_list("pk", "published_at"))
        self._found = {}

    def for_reader(self, reader):
        """The practices published since the reader wanted them: all, or those of one of her searches at least."""
        since = reader.told_since or reader.joined_at
        searches = [(one.query, max(since, one.created_at)) for one in reader.searches.all()] or [("", since)]
        return {pk for query, moment in searches for pk in self._matching(query, reader) if self._moments[pk] > moment}

    def _matching(self, query, reader):
        if not query:
            return set(self._moments)
        asked = (query, reader.language)
        if asked not in self._found:
            # A search finds what the pages of the reader's language tell.
            with translation.override(reader.language):
                self._found[asked] = set(matching(query, self._new)) & set(self._moments)
        return self._found[asked]
