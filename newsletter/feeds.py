"""The feed of the letters: the same words as in the archive, for feed readers."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from newsletter.delivery.composition import with_whole_addresses
from newsletter.models import Letter

LATEST = 20


class ArchiveFeed(Feed):
    """The latest letters, whole."""

    feed_type = Atom1Feed

    def title(self):
        """The site's name and what this is."""
        return _("%(site)s: the newsletter") % {"site": settings.SITE_NAME}

    def link(self):
        """The archive."""
        return settings.SITE_URL + reverse("newsletter:archive")

    def feed_url(self):
        """This feed."""
        return settings.SITE_URL + reverse("newsletter:feed")

    def items(self):
        """The latest letters of the archive."""
        return Letter.objects.in_archive()[:LATEST]

    def item_title(self, item):
        """The letter's title."""
        return item.title

    def item_description(self, item):
        """The letter, as HTML."""
        html = render_to_string("newsletter/feed_letter.html", {"letter": item, "practices": item.told})
        return with_whole_addresses(html)

    def item_link(self, item):
        """The letter's page."""
        return settings.SITE_URL + item.get_absolute_url()

    def item_pubdate(self, item):
        """When it left."""
        return item.started_at

    def item_updateddate(self, item):
        """When its words last changed."""
        return item.updated_at
