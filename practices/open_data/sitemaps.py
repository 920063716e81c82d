"""What search engines are told there is: the practices and the terms, in every language, with their dates.

The pages of text are in `pages.sitemaps`; the addresses of the files in `bonnespratiques.urls`.
"""

from functools import partial
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.paginator import Paginator
from django.db.models import Max
from django.urls import reverse
from django.utils.functional import cached_property

from content.languages import column, content_languages, default_language, languages_of, other_languages
from facets.backends.bitmaps import Found
from practices.filters import PracticeFilterSet, indexed
from practices.models import Practice

PER_FILE = 1000
"""Addresses of one file, all languages together: few enough for the page cache; the protocol allows 50,000."""


class InEveryLanguage:
    """Each item once a language, as (item, language): what Django makes in one piece, made here for one file."""

    def __init__(self, items):
        self.items = items
        self.languages = content_languages()

    def __len__(self):
        return len(self.items) * len(self.languages)

    def __iter__(self):
        return iter(self[0 : len(self)])

    def __getitem__(self, wanted):
        """The pairs of a slice."""
        step = len(self.languages)
        first = wanted.start // step
        pairs = [(item, code) for item in self.items[first : -(-wanted.stop // step)] for code in self.languages]
        return pairs[wanted.start - first * step : wanted.stop - first * step]


class SiteSitemap(Sitemap):
    """Addresses of the public site, each with the same page in the other languages."""

    i18n = alternates = x_default = True
    limit = PER_FILE

    @property
    def paginator(self):
        """The files, each read when it is asked for."""
        return Paginator(InEveryLanguage(self.items()), self.limit)

    def get_protocol(self, protocol=None):
        """That of the public address of the site."""
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site=None):
        """That of the public address of the site, whichever host was asked."""
        return urlsplit(settings.SITE_URL).netloc


class Practices(SiteSitemap):
    """The public practices, the newest first; in the other languages, those that have a page of their own there."""

    @property
    def paginator(self):
        """The files, each read when it is asked for."""
        return Paginator(_InTheirLanguages(), self.limit)

    def get_languages_for_item(self, practice):
        """The languages that a practice has a page of its own in."""
        return languages_of(practice)

    def lastmod(self, practice):
        """When the practice was last changed."""
        return practice.updated_at

    def get_latest_lastmod(self):
        """When any of them was last changed."""
        return Practice.objects.published().aggregate(latest=Max("updated_at"))["latest"]


class _InTheirLanguages:
    """The practices as (practice, language), the languages one after the other; only the rows of a slice are read."""

    def __init__(self):
        everything = indexed().everything
        snapshot = everything.snapshot
        self.pks = {default_language(): everything} | {
            code: Found(snapshot, [snapshot.translated(code)], everything.order) for code in other_languages()
        }

    def __len__(self):
        return sum(map(len, self.pks.values()))

    def __iter__(self):
        return iter(self[0 : len(self)])

    def __getitem__(self, wanted):
        """The pairs of a slice, in one query."""
        found, start, stop = [], wanted.start, wanted.stop
        for code, pks in self.pks.items():
            if stop > 0 and start < len(pks):
                found += [(pk, code) for pk in pks[max(start, 0) : stop]]
            start, stop = start - len(pks), stop - len(pks)
        titles = [column("title", code) for code in self.pks]
        rows = Practice.objects.published_among({pk for pk, _code in found}).only("slug", "updated_at", *titles)
        known = rows.in_bulk()
        return [(known[pk], code) for pk, code in found if pk in known]


class Terms(SiteSitemap):
    """The terms of one vocabulary that have a public practice."""

    def __init__(self, facet):
        self.facet = facet

    @cached_property
    def dates(self):
        """When a practice of each term was last changed, as {term: moment}."""
        links = Practice.objects.published().order_by().values_list(self.facet.field_name)
        return dict(links.annotate(latest=Max("updated_at")))

    def items(self):
        """The terms in use, in display order."""
        return [term for term in self.facet.vocabulary.objects.in_display_order() if term.pk in self.dates]

    def lastmod(self, term):
        """When a practice of this term was last changed."""
        return self.dates[term.pk]


class Entrances(SiteSitemap):
    """The home page, the list of all the practices, and how to read it by program."""

    def items(self):
        """The names of their routes."""
        return ["practices:home", "practices:listing", "practices:api"]

    def location(self, route):
        """The address of a route."""
        return reverse(route)

    def lastmod(self, route):
        """When any practice was last changed."""
        return Practices().get_latest_lastmod()


def sections():
    """What makes each file, by name; a new facet brings its own."""
    terms = {facet.param: partial(Terms, facet) for facet in PracticeFilterSet.term_facets()}
    return {"accueil": Entrances, "pratiques": Practices, **terms}
