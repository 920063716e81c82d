"""What is suggested while a search is typed: terms, organisations and titles, from the snapshot of the index.

How they are shown is left to `static/js/suggest.js`; without it the search box is a plain form.
"""

from array import array
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from weakref import WeakKeyDictionary

from django.urls import reverse
from django.utils.translation import gettext as _

from content.languages import columns_of, page_language, told
from practices.filters import PracticeFilterSet
from practices.models import Organisation, Practice
from search.analysis import LONGEST_QUERY, words_of

TERMS, ORGANISATIONS, TITLES = 4, 3, 5
"""Suggestions of each sort at most."""
TRIED = 2000
"""Titles with the longest word of a search that are looked at for its other words."""
titles_of = WeakKeyDictionary()


@dataclass(frozen=True)
class Suggestion:
    """One line: what sort of thing it is, its name, where it leads; `lang` as a card has it."""

    group: str
    label: str
    url: str
    lang: str = ""


@dataclass(frozen=True)
class Titles:
    """The folded titles told in a language, a line each, the newest first, and whose they are, by place in the text."""

    text: bytes
    starts: array
    pks: list[int]

    @classmethod
    def of(cls, snapshot, language):
        """Those of the public practices; the first part of a sort key is the folded title."""
        pks = snapshot.page(snapshot.live, "newest_first", 0, len(snapshot.rows))
        lines = [b"\n " + snapshot.rows[snapshot.slots[pk]].key_in(language).split(b"\x00", 1)[0] for pk in pks]
        starts, place = array("Q"), 0
        for line in lines:
            starts.append(place)
            place += len(line)
        return cls(b"".join(lines) + b"\n", starts, pks)

    def starting(self, words, limit):
        """The primary keys of practices whose titles have words that begin so, those that begin a title first."""
        patterns = sorted((b" " + word.encode() for word in words), key=len, reverse=True)
        found = {}
        for first in (b"\n" + b" " + words[0].encode(), patterns[0]):
            place = -1
            for _attempt in range(TRIED):
                place = self.text.find(first, place + 1)
                if place < 0 or len(found) >= limit:
                    break
                number = bisect_right(self.starts, place) - 1
                end = self.text.find(b"\n", self.starts[number] + 1)
                line = self.text[self.starts[number] : end]
                if all(pattern in line for pattern in patterns):
                    found[self.pks[number]] = True
                place = end - 1
        return list(found)


def suggestions(snapshot, typed):
    """What may be meant by the beginning of a search, as a list of Suggestion; two queries at most."""
    words = words_of(typed[:LONGEST_QUERY])
    if not words:
        return []
    return [*_terms(snapshot, words), *_organisations(snapshot, words), *_practices(snapshot, words)]


def _terms(snapshot, words):
    found = [
        Suggestion(str(facet.label), label, _listing({facet.param: (value,)}))
        for facet in PracticeFilterSet.term_facets()
        for value, label in snapshot.labels(facet.param).items()
        if value in snapshot.totals.get(facet.param, ()) and _begins(label, words)
    ]
    return found[:TERMS]


def _organisations(snapshot, words):
    found = (name for name in known_organisations(snapshot.token) if _begins(name, words))
    return [Suggestion(_("Organisation"), name, _listing(search=name)) for name in islice(found, ORGANISATIONS)]


def _practices(snapshot, words):
    pks = known_titles(snapshot).starting(words, TITLES)
    public = Practice.objects.published_among(pks).as_stored()
    rows = {row["pk"]: row for row in public.values("pk", "slug", *columns_of("title"))}
    found = []
    for row in (rows[pk] for pk in pks if pk in rows):
        title, lang = told(row, "title")
        found.append(Suggestion(_("Practice"), title, reverse("practices:practice", args=[row["slug"]]), lang))
    return found


def known_titles(snapshot):
    """The titles of a snapshot in the language of the page, read once and for as long as it lives."""
    language = page_language()
    kept = titles_of.setdefault(snapshot, {})
    if language not in kept:
        kept[language] = Titles.of(snapshot, language)
    return kept[language]


@lru_cache(maxsize=1)
def known_organisations(token):
    """The names of the organisations that carry a public practice, at the version of a token."""
    carriers = Practice.objects.published().order_by().values("organisations").distinct()
    return list(Organisation.objects.filter(pk__in=carriers).values_list("name", flat=True))


def _begins(name, words):
    known = words_of(name)
    return all(any(one.startswith(word) for one in known) for word in words)


def _listing(values=None, search=""):
    return reverse("practices:listing") + PracticeFilterSet.select(values, search=search).query()
