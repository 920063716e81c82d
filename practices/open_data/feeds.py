"""The feed of any filtered list: its newest practices, in Atom (RFC 4287)."""

import re

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _

from practices.decorators import open_data, public_page
from practices.filters import indexed
from practices.models import Practice
from practices.presentation.metadata import listing_title

ENTRIES = 50
UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class ListingFeed(Feed):
    """The newest practices of the list that an address asks for, whatever its order."""

    feed_type = Atom1Feed

    def get_object(self, request):
        """The filterset of the address, in the order of a feed."""
        data = request.GET.copy()
        data["tri"] = "recent"
        return indexed(data)

    def title(self, filterset):
        """The title of the list and of the site."""
        return writable(f"{listing_title(filterset)} — {settings.SITE_NAME}")

    def subtitle(self, filterset):
        """What the feed is, and what of its address was not understood."""
        return writable(
            " ".join([_("The newest good practices of this list, as they are published."), *filterset.notices])
        )

    def link(self, filterset):
        """The list itself."""
        return _absolute(reverse("practices:listing") + filterset.selection.query())

    def feed_url(self, filterset):
        """The address of this feed."""
        return _absolute(reverse("practices:feed") + filterset.selection.query())

    feed_guid = feed_url

    def items(self, filterset):
        """The newest first, each with what its entry says; six queries."""
        pks = filterset.results[:ENTRIES]
        found = Practice.objects.published_among(pks).for_page().in_bulk()
        return [found[pk] for pk in pks if pk in found]

    def item_title(self, practice):
        """The title as plain text: Atom escapes it."""
        return writable(practice.title)

    def item_description(self, practice):
        """The teaser, as the HTML that Django declares it to be."""
        return escape(writable(practice.teaser))

    def item_link(self, practice):
        """The page of the practice."""
        return _absolute(practice.get_absolute_url())

    def item_guid(self, practice):
        """A name that changes neither with the address nor with the language (RFC 4151)."""
        host = settings.SITE_URL.partition("://")[2].partition(":")[0]
        return f"tag:{host},{practice.created_at:%Y-%m-%d}:practice/{practice.pk}"

    def item_pubdate(self, practice):
        """When it was published."""
        return practice.published_at

    def item_updateddate(self, practice):
        """When it was last changed; never before it was published."""
        return max(practice.updated_at, practice.published_at)

    def item_author_name(self, practice):
        """Who carries the practice, else the site."""
        return ", ".join(one.name for one in practice.organisations.all()) or settings.SITE_NAME

    def item_categories(self, practice):
        """The names of its terms."""
        terms = (practice.countries, practice.sectors, practice.themes, practice.audiences)
        return [practice.kind.name, *(term.name for some in terms for term in some.all())]


def writable(text):
    """The text without the characters that XML cannot hold (XML 1.0, 2.2): a search may have any."""
    return UNWRITABLE.sub("", text)


def _absolute(path):
    return f"{settings.SITE_URL}{path}"


feed = public_page(open_data(ListingFeed()))
