"""Owns every reusable read of the catalogue, named for its meaning; what a facet counts is in `facets`."""

from django.db import models
from django.db.models import Case, Min, Value, When
from django.utils import timezone

from practices.text import sort_key


class PracticeQuerySet(models.QuerySet):
    """Practices, as their readers ask for them."""

    def published(self):
        """Practices the public may see: approved, and not embargoed."""
        return self.filter(status="published", published_at__lte=timezone.now())

    def newest_first(self):
        """The latest published first; ties in a fixed order."""
        return self.order_by("-published_at", "-pk")

    def by_title(self):
        """In the alphabetical order of titles, the same in every database."""
        return self.order_by("title_key", "pk")

    def by_country(self):
        """By each practice’s first country in the language of the page, then by title; those without come last."""
        countries = self.model._meta.get_field("countries").related_model.objects.in_display_order()
        ranks = [When(countries=country.pk, then=Value(rank)) for rank, country in enumerate(countries)]
        rank = Min(Case(*ranks, default=Value(len(ranks)), output_field=models.IntegerField()))
        return self.annotate(country_rank=rank).order_by("country_rank", "title_key", "pk")

    def for_cards(self):
        """With what a card prints, in a number of queries that does not depend on the number of cards."""
        return self.select_related("kind").prefetch_related("countries", "sectors", "themes")

    def for_page(self):
        """With what the page of one practice prints."""
        return self.for_cards().prefetch_related("audiences", "organisations", "key_figures", "links")

    def get_by_natural_key(self, slug):
        """The practice a fixture names by its slug."""
        return self.get(slug=slug)


class TermQuerySet(models.QuerySet):
    """Terms of one vocabulary."""

    def in_display_order(self):
        """A list of the terms by their order, then by name as the language of the page sorts it; one query."""
        return sorted(self.all(), key=lambda term: (term.order, sort_key(term.name)))

    def get_by_natural_key(self, slug):
        """The term a fixture names by its slug."""
        return self.get(slug=slug)


class OrganisationQuerySet(models.QuerySet):
    """Organisations that carry practices."""

    def get_by_natural_key(self, name):
        """The organisation a fixture names by its name."""
        return self.get(name=name)


class KeyFigureQuerySet(models.QuerySet):
    """Key figures of practices."""

    def get_by_natural_key(self, slug, label):
        """The figure a fixture names by its practice and label."""
        return self.get(practice__slug=slug, label=label)


class LinkQuerySet(models.QuerySet):
    """Links and sources of practices."""

    def get_by_natural_key(self, slug, url):
        """The link a fixture names by its practice and address."""
        return self.get(practice__slug=slug, url=url)
