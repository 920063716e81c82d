"""The reads of plain pages."""

from content.querysets import TranslatedQuerySet


class PageQuerySet(TranslatedQuerySet):
    """Plain pages."""

    def get_by_natural_key(self, slug):
        """The page a fixture names by its slug."""
        return self.get(slug=slug)
