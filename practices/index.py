"""What of a practice is indexed: which are public and since when, what each is found by, what moves the version."""

from collections.abc import Iterable, Iterator

from django.db.models import Min

from content.languages import column, content_languages, default_language, other_languages
from facets.catalogue import Catalogue
from facets.orders import by_first_term, by_title, newest_first
from facets.triggers import Triggers
from facets.version import VersionLog
from practices.former_slugs import moved_slugs
from practices.models import Practice
from practices.models.publication import HAVING_PAGES, scheduled
from search.engine import Engine
from search.index import Entry, SearchIndex, Text

TITLE, ORGANISATION, TERM, TEASER, SECTION = TIERS = range(5)
"""Where a word was found; the first come first in a list."""
TEXTS = {TITLE: ("title",), TEASER: ("teaser",), SECTION: (*Practice.SECTIONS, "place")}


class PracticeSearchIndex(SearchIndex):
    """What practices are found by: their texts, and the names of the organisations that carry them."""

    table = "practices_search"
    words_table = "practices_search_word"
    tiers = TIERS
    terms_tier = TERM
    model = Practice
    term_fields = (
        *(one.name for one in Practice._meta.many_to_many if hasattr(one.related_model, "description")),
        "kind",
    )

    def entries(self, pks: Iterable[int]) -> dict[int, Entry]:
        """Return the entries of some practices; two queries."""
        practices = Practice.objects.filter(pk__in=list(pks)).prefetch_related("organisations")
        return {one.pk: self.entry(one, [carrier.name for carrier in one.organisations.all()]) for one in practices}

    def entry(self, practice: Practice, organisations: Iterable[str]) -> Entry:
        """Return the entry of a practice carried by some organisations (names); asks nothing of the database."""
        return self.entry_of(_texts(practice, organisations))


def _texts(practice, organisations) -> Iterator[Text]:
    yield Text(ORGANISATION, " ".join(organisations))
    for tier, names in TEXTS.items():
        for name in names:
            yield from _told(practice, tier, name)


def _told(practice, tier, name) -> Iterator[Text]:
    """Each wording of a text, with the pages that tell it: those of a language without one fall back to the first."""
    translations = {code: getattr(practice, column(name, code)) for code in other_languages()}
    translations = {code: text for code, text in translations.items() if text}
    if text := getattr(practice, column(name)):
        falling_back = tuple(code for code in content_languages() if code not in translations)
        yield Text(tier, text, default_language(), falling_back if translations else (None,))
    for code, text in translations.items():
        yield Text(tier, text, code, (code,))


search_index = PracticeSearchIndex()
"""What the practices are found by."""
search_engine = Engine(search_index)
"""The search of the catalogue."""
catalogue_version = VersionLog("practices.Version", "practices.Change")
"""The version of the catalogue, which every public change moves."""
PUBLIC = "{{row}}.status IN ({})".format(", ".join(f"'{status}'" for status in HAVING_PAGES))
"""The rows that may have a page, in SQL."""
triggers = Triggers(catalogue_version, "practices.Practice", public=PUBLIC)
"""What moves it."""


class PracticeCatalogue(Catalogue):
    """The practices as the facet index reads them."""

    model = Practice
    log = catalogue_version
    orders = {"newest_first": newest_first(), "by_title": by_title(), "by_country": by_first_term("countries")}
    default_order = "newest_first"
    search = search_engine

    def public(self):
        """All that is published, in the order of their keys."""
        return Practice.objects.published_by_key().as_stored()

    def public_among(self, pks):
        """Those of some practices that are published, in the order of their keys."""
        return Practice.objects.published_among(pks).order_by("pk").as_stored()

    def appeared(self, since, until, limit):
        """The keys of those whose date of publication has come in the meantime."""
        come = Practice.objects.appeared_between(since, until)
        return set(come.values_list("pk", flat=True)[:limit])

    def next_appearance(self, now):
        """When the next embargo ends, or None."""
        waiting = Practice.objects.filter(scheduled(now))
        return waiting.aggregate(next=Min("published_at"))["next"]

    def moved_slugs(self, vocabulary, slugs=None):
        """What the terms of a vocabulary are called now that had some slugs (or any)."""
        return moved_slugs(vocabulary, slugs)
