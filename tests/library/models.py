"""Books, their genres and shelves, and the version of the library."""

from django.db import models
from django.db.models import Case, F, Min, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from content.collation import sort_key
from content.fields import SortKeyField
from content.languages import column, default_language, page_language
from content.querysets import TranslatedQuerySet
from facets.version import AbstractChange, AbstractVersion


class TermQuerySet(models.QuerySet):
    """Terms in the order in which a facet shows them."""

    def in_display_order(self):
        """A list of the terms by their order, then by name."""
        return sorted(self.all(), key=lambda term: (term.order, sort_key(term.name)))


class Term(models.Model):
    """One entry of a vocabulary."""

    name = models.CharField(max_length=50)
    slug = models.SlugField(unique=True)
    description = models.TextField(blank=True)
    order = models.PositiveSmallIntegerField(default=0)
    former_slug = models.SlugField(blank=True)

    objects = models.Manager.from_queryset(TermQuerySet)()

    class Meta:
        abstract = True

    def __str__(self):
        return self.slug


class Genre(Term):
    """What a book is about."""


class Shelf(Term):
    """Where a book stands."""


class BookQuerySet(TranslatedQuerySet):
    """Books, as a list asks for them."""

    def shown(self):
        """Those that the public may see."""
        return self.filter(lent=False, published_at__lte=timezone.now())

    def newest_first(self):
        """The latest first."""
        return self.order_by("-published_at", "-pk")

    def by_title(self):
        """In the alphabetical order of the titles that the page tells."""
        return self.order_by(_title_key(), "pk")

    def by_genre(self):
        """By the first genre of each, then by title."""
        ranks = [When(genres=one.pk, then=Value(rank)) for rank, one in enumerate(Genre.objects.in_display_order())]
        rank = Min(Case(*ranks, default=Value(len(ranks)), output_field=models.IntegerField()))
        return self.annotate(genre_rank=rank).order_by("genre_rank", _title_key(), "pk")


def _title_key():
    language = page_language()
    return F("title_key") if language == default_language() else Coalesce(column("title_key", language), "title_key")


class Book(models.Model):
    """One book; lent, nobody sees it."""

    title = models.CharField(max_length=100)
    blurb = models.TextField(blank=True)
    genres = models.ManyToManyField(Genre)
    shelf = models.ForeignKey(Shelf, on_delete=models.PROTECT)
    year = models.PositiveSmallIntegerField(null=True)
    lent = models.BooleanField(default=False)
    published_at = models.DateTimeField()
    title_key = SortKeyField(column("title"))

    objects = models.Manager.from_queryset(BookQuerySet)()

    def __str__(self):
        return self.title


class Chapter(models.Model):
    """A part of a book, which its page prints."""

    book = models.ForeignKey(Book, on_delete=models.CASCADE)
    name = models.CharField(max_length=50)

    def __str__(self):
        return self.name


class Version(AbstractVersion):
    """How many public changes the library has seen."""


class Change(AbstractChange):
    """What a version changed."""
