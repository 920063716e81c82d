"""Owns what a card shows of a practice, and the rendered cards kept with each snapshot of the index.

Terms come from the snapshot, words from one query for a whole list; a card rendered once for a version and a language
asks for neither. How a card looks is in `templates/practices/_card.html`.
"""

from dataclasses import dataclass

from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.safestring import SafeString

from practices.languages import columns_of, told
from practices.models import Practice
from practices.pictures import Picture
from practices.search import highlighted

LIST = "\ue000"
"""What stands in a rendered card for the list it is in: a character of Unicode's private use area."""
KEPT = 2000
"""Rendered cards kept by a process for one version, about 1.5 kB each."""


@dataclass(frozen=True)
class Card:
    """What is printed: `countries`, `sectors` and `themes` are names in the language of the page.

    `title_lang` and `teaser_lang` are "", or the language of a text that the page has to fall back on.
    """

    url: str
    title: str
    title_lang: str
    teaser: str
    teaser_lang: str
    kind: str
    countries: list[str]
    sectors: list[str]
    themes: list[str]
    picture: Picture | None


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
        template = get_template("practices/_card.html")
        found |= {pk: template.render({"card": card, "level": level}) for pk, card in _read(snapshot, missing, words)}
        if len(snapshot.fragments) > KEPT:
            snapshot.fragments.clear()
        snapshot.fragments.update({(language, level, marked, pk): found[pk] for pk in missing if found[pk]})
    return [html for html in found.values() if html]


def _read(snapshot, pks, words=()):
    """The cards of some practices, as (primary key, card)."""
    rows = Practice.objects.published_among(pks).as_stored().order_by()
    for row in rows.values("pk", "slug", "cover", *columns_of("title", "teaser")):
        pk, slug = row["pk"], row["slug"]
        (title, title_lang), (teaser, teaser_lang) = told(row, "title"), told(row, "teaser")
        names = {field: snapshot.names(pk, field) for field in ("kind", "countries", "sectors", "themes")}
        url = reverse("practices:practice", args=[slug]) + LIST
        if words:
            title, teaser = highlighted(title, words), highlighted(teaser, words)
        names["kind"] = "".join(names["kind"])
        texts = {"title": title, "title_lang": title_lang, "teaser": teaser, "teaser_lang": teaser_lang}
        yield pk, Card(url=url, picture=Picture.named(row["cover"]), **texts, **names)
