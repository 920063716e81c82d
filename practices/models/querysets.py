"""Every reusable read of the catalogue, named for its meaning; what a facet counts is in `facets`."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Case, F, Min, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from content.collation import sort_key
from content.languages import column, default_language, page_language
from content.querysets import TranslatedQuerySet
from practices.models.publication import Status, public, readable


class PracticeQuerySet(TranslatedQuerySet):
    """Practices, as their readers ask for them."""

    def _lacking(self, language):
        """Its own texts, and those of its figures, documents and links."""
        names = ("key_figures", "documents", "links")
        parts = (self.model._meta.get_field(name).related_model._default_manager for name in names)
        lacking = (Q(pk__in=part.untranslated(language).values("practice")) for part in parts)
        return reduce(or_, lacking, super()._lacking(language))

    def published(self):
        """Practices the public may see: approved, and not embargoed."""
        return self.filter(public(timezone.now()))

    def readable(self):
        """Those that have a page: what is published, and what was before it was archived."""
        return self.filter(readable(timezone.now()))

    def appeared_between(self, since, until):
        """Those that the public may see at a moment and could not at another, by their date of publication."""
        return self.filter(public(until), published_at__gt=since)

    def within_reach_of(self, user):
        """Practices that a person may open in the back office: theirs, or all."""
        return self if user.has_perm("practices.edit_any_practice") else self.filter(author=user)

    def mine(self, user):
        """Those a person has written."""
        return self.filter(author=user)

    def under_way(self):
        """Those on their way to the public: being written, or read."""
        return self.filter(status__in=(Status.DRAFT, Status.IN_REVIEW))

    def in_review(self):
        """Those an editor is asked to read."""
        return self.filter(status=Status.IN_REVIEW)

    def published_among(self, pks):
        """Those of some practices (primary keys) that the public may see, found by their keys.

        SQLite, which counts nothing beforehand, would go through all that is published to find twenty of them.
        """
        return self._published_row_by_row().filter(pk__in=pks)

    def published_by_key(self):
        """All the public may see in the order of their keys, for who reads a whole catalogue.

        By the index of what is published, SQLite would fetch each from another place of the file, then sort them: on a
        disk that has read nothing yet, 22 seconds for 100,000 practices instead of one.
        """
        return self._published_row_by_row().order_by("pk")

    def _published_row_by_row(self):
        """What is published, the status being asked for in a way that no index answers."""
        asked = self.alias(present_status=Coalesce("status", Value("")))
        return asked.filter(public(timezone.now(), status="present_status"))

    def newest_first(self):
        """The latest published first; ties in a fixed order."""
        return self.order_by("-published_at", "-pk")

    def by_title(self):
        """In the alphabetical order of the titles that the page tells, the same in every database."""
        return self.order_by(_title_key(), "pk")

    def by_country(self):
        """By each practice’s first country in the language of the page, then by title; those without come last."""
        countries = self.model._meta.get_field("countries").related_model.objects.in_display_order()
        ranks = [When(countries=country.pk, then=Value(rank)) for rank, country in enumerate(countries)]
        rank = Min(Case(*ranks, default=Value(len(ranks)), output_field=models.IntegerField()))
        return self.annotate(country_rank=rank).order_by("country_rank", _title_key(), "pk")

    def for_cards(self):
        """With what a card prints, in a number of queries that does not depend on the number of cards."""
        return self.select_related("kind").prefetch_related("countries", "sectors", "themes")

    def for_page(self):
        """With what the page of one practice prints."""
        return self.for_cards().prefetch_related("audiences", "organisations", "key_figures", "links", "documents")

    def for_records(self):
        """With what a record of a practice tells, but for its terms, which the index knows."""
        return self.prefetch_related("organisations", "key_figures", "links", "documents")

    def get_by_natural_key(self, slug):
        """The practice a fixture names by its slug."""
        return self.get(slug=slug)


def _title_key():
    """The sort key of the title in the language of the page, else of the one it falls back to."""
    language = page_language()
    if language == default_language():
        return F("title_key")
    return Coalesce(column("title_key", language), "title_key")


class TermQuerySet(TranslatedQuerySet):
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


class KeyFigureQuerySet(TranslatedQuerySet):
    """Key figures of practices."""

    def get_by_natural_key(self, slug, label):
        """The figure a fixture names by its practice and label."""
        return self.get(practice__slug=slug, **{column("label"): label})


class LinkQuerySet(TranslatedQuerySet):
    """Links and sources of practices."""

    def get_by_natural_key(self, slug, url):
        """The link a fixture names by its practice and address."""
        return self.get(practice__slug=slug, url=url)


class DocumentQuerySet(TranslatedQuerySet):
    """Documents of practices."""

    def get_by_natural_key(self, slug, file):
        """The document a fixture names by its practice and file."""
        return self.get(practice__slug=slug, file=file)
