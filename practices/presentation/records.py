"""What a practice is outside of a page: one plain record each, read in batches, for exports and the API.

What a facet holds is taken from the facets themselves, so that a new one is told without a line here. How a record is
written is in `exports` and `api`.
"""

from django.conf import settings
from django.utils.translation import gettext as _

from content.templatetags.site import absolute
from practices.models import Practice

BATCH = 500
"""Practices that who reads many at a time should read at once."""


def read(filterset, pks):
    """Return a record of each public practice among `pks`, in order, in the language of the page; five queries.

    A record is a dictionary of JSON values, but for its dates; its facets are `{parameter: [{value, label}]}`. A
    practice withdrawn since the filterset's snapshot is left out.
    """
    return [record for _practice, record in read_with_practices(filterset, pks)]


def read_with_practices(filterset, pks):
    """Return what `read` does, each record after its practice: who prints them must know the language of each text."""
    found = Practice.objects.published_among(pks).for_records().in_bulk()
    ranks = {
        facet.param: {value: rank for rank, value in enumerate(filterset.snapshot.labels(facet.param))}
        for facet in filterset.facets
    }
    return [(found[pk], _record(filterset.snapshot, ranks, found[pk])) for pk in pks if pk in found]


def figure_line(figure):
    """Return a key figure of a record in one line: "120 emplois (2023), selon la source"."""
    year = f" ({figure['year']})" if figure["year"] else ""
    source = f", {_('according to the source')}" if figure["according_to_source"] else ""
    return f"{figure['value']} {figure['label']}{year}{source}"


def _record(snapshot, ranks, practice):
    return {
        "id": practice.slug,
        "url": f"{settings.SITE_URL}{practice.get_absolute_url()}",
        "title": practice.title,
        "teaser": practice.teaser,
        "facets": {param: _values(snapshot, param, places, practice.pk) for param, places in ranks.items()},
        "start_year": practice.start_year,
        "end_year": practice.end_year,
        "years_note": practice.years_note,
        "organisations": [{"name": one.name, "website": one.website} for one in practice.organisations.all()],
        "place": practice.place,
        "website": practice.website,
        "contact": practice.contact,
        "key_figures": [
            {
                "label": one.label,
                "value": one.value,
                "year": one.year,
                "according_to_source": one.according_to_source,
            }
            for one in practice.key_figures.all()
        ],
        "sections": {name: getattr(practice, name) for name in Practice.SECTIONS},
        "links": [
            {"title": one.title, "url": one.url, "is_source": one.is_source, "language": one.language}
            for one in practice.links.all()
        ],
        "picture": _picture(practice.picture),
        "documents": [
            {
                "title": one.title,
                "url": absolute(one.file.url),
                "media_type": one.media_type,
                "size": one.size,
                "language": one.language,
            }
            for one in practice.documents.all()
        ],
        "published_at": practice.published_at,
        "updated_at": practice.updated_at,
    }


def _picture(picture):
    return picture and {
        "url": absolute(picture.url),
        "width": picture.width,
        "height": picture.height,
        "alt": picture.alt,
        "credit": picture.credit,
    }


def _values(snapshot, param, places, pk):
    """What a practice has in one facet, in display order."""
    values = [value for name, value in snapshot.rows[snapshot.slots[pk]].values if name == param]
    labels = snapshot.labels(param)
    return [{"value": value, "label": labels[value]} for value in sorted(values, key=places.__getitem__)]
