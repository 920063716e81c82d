"""Owns what is new for each reader: which practices, published since when, matching which of her searches.

What matches a search is the catalogue's filterset's word alone (`selections`).
"""

from django.db import transaction
from django.utils import timezone, translation

from newsletter.models import Delivery, Digest, DigestPractice, Subscriber
from newsletter.models.deliveries import Kind
from newsletter.schedule import next_digest
from newsletter.selections import matching
from practices.models import Practice

BATCH = 100


def build():
    """Make the digests that are due and queue them; return how many. Safe to run twice at once.

    Readers are locked by batches, on PostgreSQL; on SQLite there is one writer at a time.
    """
    now, made = timezone.now(), 0
    due = Subscriber.objects.active().filter(next_digest_at__lte=now).order_by("pk")
    news = News(now)
    while True:
        with transaction.atomic():
            readers = list(due.select_for_update(skip_locked=True).prefetch_related("searches")[:BATCH])
            if not readers:
                return made
            made += sum(_digest(reader, news, now) for reader in readers)


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
    """The public practices by the moment of their publication, and those of each search, each search asked once."""

    def __init__(self, now):
        self._moments = dict(
            Practice.objects.published().filter(published_at__lte=now).values_list("pk", "published_at")
        )
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
                self._found[asked] = set(matching(query)) & set(self._moments)
        return self._found[asked]
