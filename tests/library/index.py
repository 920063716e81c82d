"""What of a book is indexed, and which facets the library has."""

from django.db.models import Min

from content.languages import column, content_languages
from facets.catalogue import Catalogue
from facets.declaration import BY_RELEVANCE, SearchFilter, SortFilter, TermFacet, YearFacet
from facets.filterset import FacetedFilterSet
from facets.loader import Index
from facets.orders import by_first_term, by_title, newest_first
from facets.triggers import Triggers
from facets.version import VersionLog
from search.engine import Engine
from search.index import SearchIndex, Text
from tests.library.models import Book

TITLE, TERM, BLURB = range(3)


class BookIndex(SearchIndex):
    """What books are found by: title, genres and shelf, blurb."""

    table = "library_search"
    words_table = "library_search_word"
    tiers = range(3)
    terms_tier = TERM
    model = Book
    term_fields = ("genres", "shelf")

    def entries(self, pks):
        """The entries of some books."""
        return {book.pk: self.entry_of(self._texts(book)) for book in Book.objects.filter(pk__in=list(pks))}

    def _texts(self, book):
        titles = {code: getattr(book, column("title", code)) for code in content_languages()}
        for code, title in titles.items():
            lacking = tuple(one for one, other in titles.items() if not other)
            if title:
                yield Text(TITLE, title, code, (code, *lacking) if code == content_languages()[0] else (code,))
        yield Text(BLURB, book.blurb)


book_index = BookIndex()
library_version = VersionLog("library.Version", "library.Change")
triggers = Triggers(library_version, "library.Book", public="NOT {row}.lent")


class Library(Catalogue):
    """The books as the facet index reads them."""

    model = Book
    log = library_version
    orders = {"newest_first": newest_first(), "by_title": by_title(), "by_genre": by_first_term("genres")}
    default_order = "newest_first"
    search = Engine(book_index)

    def public(self):
        """All the public may see."""
        return Book.objects.shown().order_by("pk").as_stored()

    def public_among(self, pks):
        """Those of some books that the public may see."""
        return self.public().filter(pk__in=pks)

    def appeared(self, since, until, limit):
        """Those that came out meanwhile, a bounded number of them."""
        come = Book.objects.filter(lent=False, published_at__gt=since, published_at__lte=until)
        return set(come.values_list("pk", flat=True)[:limit])

    def next_appearance(self, now):
        """When the next book comes out."""
        return Book.objects.filter(lent=False, published_at__gt=now).aggregate(next=Min("published_at"))["next"]

    def moved_slugs(self, vocabulary, slugs=None):
        """What terms that had another slug are called now."""
        renamed = vocabulary.objects.exclude(former_slug="")
        renamed = renamed if slugs is None else renamed.filter(former_slug__in=slugs)
        return dict(renamed.values_list("former_slug", "slug"))


class BookFilterSet(FacetedFilterSet):
    """What one can choose books by."""

    catalogue = Library()

    search = SearchFilter(param="q", label="Search")
    genre = TermFacet("genres", param="genre", label="Genre")
    shelf = TermFacet("shelf", param="shelf", label="Shelf")
    year = YearFacet("year", param="year", label="Year")
    sort = SortFilter(
        param="sort",
        label="Sort by",
        choices={
            "best": ("Relevance", BY_RELEVANCE),
            "new": ("Newest", "newest_first"),
            "title": ("Title", "by_title"),
            "genre": ("Genre", "by_genre"),
        },
    )

    class Meta:
        model = Book
        fields = ()


library = Index(BookFilterSet)
"""The snapshot of the library."""
