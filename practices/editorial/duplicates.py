"""The warning against writing a practice twice: titles that are nearly the same as another.

The search index proposes, the titles themselves decide.
"""

from collections import Counter
from difflib import SequenceMatcher

from content.folding import fold
from content.languages import default_language
from practices.index import TITLE, search_index
from search.analysis import stems_of, written_words

CANDIDATES, SHOWN, ALIKE = 300, 5, 0.72


def like(queryset, title, but=None):
    """The practices of a queryset whose title is nearly `title`, the nearest first, but the one of a primary key.

    Two titles are alike when they share most of their letters in order, or all the stems of the shorter one.
    """
    stems = stems_of(written_words(title))
    shared = Counter(pk for stem in stems for pk in search_index.by_tier({stem}, default_language())[TITLE])
    shared.pop(but, None)
    nearest = [pk for pk, _count in shared.most_common(CANDIDATES)]
    folded = fold(title)
    found = []
    for practice in queryset.filter(pk__in=nearest).only("title", "slug", "status", "author"):
        theirs = stems_of(written_words(practice.title))
        ratio = SequenceMatcher(None, folded, fold(practice.title)).ratio()
        within = len(stems & theirs) >= 2 and (stems <= theirs or theirs <= stems)
        if ratio >= ALIKE or within:
            found.append((-max(ratio, ALIKE if within else 0), practice.pk, practice))
    return [practice for _ratio, _pk, practice in sorted(found)[:SHOWN]]
