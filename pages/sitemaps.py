"""What search engines are told of the plain pages."""

from pages.models import Page
from practices.open_data.sitemaps import SiteSitemap


class Pages(SiteSitemap):
    """The plain pages, in every language."""

    def items(self):
        """All of them, in the order of their addresses."""
        return list(Page.objects.order_by("slug"))

    def lastmod(self, page):
        """When the page was last changed."""
        return page.updated_at
