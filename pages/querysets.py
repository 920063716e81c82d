"""Owns the reads of plain pages."""

from django.db import models


class PageQuerySet(models.QuerySet):
    """Plain pages."""

    def get_by_natural_key(self, slug):
        """The page a fixture names by its slug."""
        return self.get(slug=slug)
