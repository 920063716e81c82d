"""Owns what a card shows of a practice, and the rendered cards kept with each snapshot of the index.

Terms come from the snapshot, words from one query for a whole list; a card rendered once for a version and a language
asks for neither. How a card looks is in `templates/practices/_card.html`.
"""

from dataclasses import dataclass

from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation

from practices.models import Practice
from practices.search import highlighted

KEPT = 2000
"""Rendered cards kept by a process for one version, about 1.5 kB each."""


@dataclass(frozen=True)
class Card:
    """What is printed: `countries`, `sectors` and `themes` are names in the language of the page."""

    url: str
    title: str
    teaser: str
    kind: str
    countries: list[str]
    sectors: list[str]
    themes: list[str]


def rendered_cards(snapshot, pks, level, words=()):
    """Return the HTML of the cards of some practices, in order; one query at most.

    `level` is the heading element of a card; the `words` of a search are marked, and such cards are not kept. A
    practice withdrawn since the snapshot is left out.
    """
    if words:
        template = get_template("practices/_card.html")
        html = {pk: template.render({"card": card, "level": level}) for pk, card in _read(snapshot, pks, words)}
        return [html[pk] for pk in pks if pk in html]
    language = translation.get_language()
    found = {pk: snapshot.fragments.get((language, level, pk)) for pk in pks}
    missing = [pk for pk, html in found.items() if html is None]
    if missing:
        template = get_template("practices/_card.html")
        found |= {pk: template.render({"card": card, "level": level}) for pk, card in _read(snapshot, missing)}
        if len(snapshot.fragments) > KEPT:
            snapshot.fragments.clear()
        snapshot.fragments.update({(language, level, pk): found[pk] for pk in missing if found[pk]})
    return [html for html in found.values() if html]


def _read(snapshot, pks, words=()):
    """The cards of some practices, as (primary key, card)."""
    rows = Practice.objects.published().filter(pk__in=pks).order_by()
    for pk, slug, title, teaser in rows.values_list("pk", "slug", "title", "teaser"):
        names = {field: snapshot.names(pk, field) for field in ("kind", "countries", "sectors", "themes")}
        url = reverse("practices:practice", args=[slug])
        if words:
            title, teaser = highlighted(title, words), highlighted(teaser, words)
        yield pk, Card(url=url, title=title, teaser=teaser, **names | {"kind": "".join(names["kind"])})
