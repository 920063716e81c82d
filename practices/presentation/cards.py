"""What a card shows of a practice, and the rendered cards kept with each snapshot of the index.

Terms come from the snapshot, words from one query for a whole list; a card rendered once for a version and a language
asks for neither. How a card looks is in `templates/practices/_card.html`.
"""

from dataclasses import dataclass
from itertools import islice

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString

from content.languages import columns_of, told
from content.media.renditions import Picture
from content.patterns import filled_each, joined
from practices.models import Practice
from search.highlighting import highlighted

LIST = "<list>"
"""What stands in a rendered card for the list it is in: no text of a practice holds it, since each is escaped."""
NAMED = ("kind", "countries", "sectors", "themes")
"""Fields whose terms a card names."""
NONE = SafeString("")
KEPT = 2000
"""Rendered cards kept by a process for one version, about 1.5 kB each."""


@dataclass(slots=True)
class Card:
    """What is printed: names are in the language of the page, `place` is those of the countries, `tags` list items.

    `title_lang` and `teaser_lang` are the languages of those texts, and `title_elsewhere` and `teaser_elsewhere` say
    whether the page has to fall back on them; `level` is the heading element.
    """

    url: SafeString
    level: str
    title: SafeString
    title_lang: str
    title_elsewhere: bool
    teaser: SafeString
    teaser_lang: str
    teaser_elsewhere: bool
    kind: str
    place: SafeString
    placed: bool
    tags: SafeString
    tagged: bool
    picture: SafeString


@dataclass(slots=True)
class Name:
    """A term that a card names; the themes look unlike the sectors."""

    name: str
    theme: bool = False


def rendered_cards(snapshot, pks, level, words=(), query=""):
    """Return the HTML of the cards of some practices, in order, safe to print; one query at most.

    `level` is the heading element of a card; the `words` of a search are marked. A practice withdrawn since
    the snapshot is left out. The links carry the `query` of the list, which the page of a practice reads to name its
    neighbours.
    """
    html = "\n".join(_rendered(snapshot, pks, level, words))
    return SafeString(html.replace(LIST, escape(query)))


def _rendered(snapshot, pks, level, words):
    marked = frozenset().union(*words)
    language = translation.get_language()
    found = {pk: snapshot.fragments.get((language, level, marked, pk)) for pk in pks}
    missing = [pk for pk, html in found.items() if html is None]
    if missing:
        pks, cards = _read(snapshot, missing, level, words)
        found |= dict(zip(pks, filled_each("practices/_card.html", cards), strict=True))
        if len(snapshot.fragments) > KEPT:
            snapshot.fragments.clear()
        snapshot.fragments.update({(language, level, marked, pk): found[pk] for pk in missing if found[pk]})
    return [html for html in found.values() if html]


def _read(snapshot, pks, level, words):
    """Return the primary keys of those of some practices that are still public, and their cards."""
    rows = Practice.objects.published_among(pks).as_stored().order_by()
    rows = list(rows.values("pk", "slug", "cover", *columns_of("title", "teaser")))
    before, _slug, after = reverse("practices:practice", args=["0"]).rpartition("0")
    named = [{field: snapshot.names(row["pk"], field) for field in NAMED} for row in rows]
    # The terms of all the cards at once: many times fewer calls.
    places = iter(
        filled_each("practices/_card_place.html", [Name(one) for names in named for one in names["countries"]])
    )
    tagged = [tags_of(names) for names in named]
    tags = iter(filled_each("practices/_card_tag.html", [tag for those in tagged for tag in those]))
    here = ("", translation.get_language())
    cards = []
    for row, names, those in zip(rows, named, tagged, strict=True):
        (title, title_lang), (teaser, teaser_lang) = told(row, "title"), told(row, "teaser")
        picture = Picture.named(row["cover"])
        card = Card(
            url=SafeString(f"{escape(before + row['slug'] + after)}{LIST}"),
            level=level,
            title=highlighted(title, words) if words else conditional_escape(title),
            title_lang=title_lang,
            title_elsewhere=title_lang not in here,
            teaser=highlighted(teaser, words) if words else conditional_escape(teaser),
            teaser_lang=teaser_lang,
            teaser_elsewhere=teaser_lang not in here,
            kind="".join(names["kind"]),
            place=joined(islice(places, len(names["countries"])), " "),
            placed=bool(names["countries"]),
            tags=joined(islice(tags, len(those)), "\n"),
            tagged=bool(those),
            picture=render_to_string("practices/_card_picture.html", {"picture": picture}) if picture else NONE,
        )
        cards.append(card)
    return [row["pk"] for row in rows], cards


def tags_of(names):
    """What a card shows as tags."""
    return [Name(one, theme=True) for one in names["themes"]] + [Name(one) for one in names["sectors"]]
