"""What a practice is outside of a page: one plain record each, read in batches, for exports and the API.

What a record holds is in `serializers`; how one is written is in `exports` and `api`.
"""

from django.utils.translation import gettext as _

from practices.models import Practice
from practices.presentation.serializers import PracticeSerializer

BATCH = 500
"""Practices that who reads many at a time should read at once."""


def practices_of(pks):
    """Return each public practice among `pks`, in order, with what a record tells; five queries at most.

    One that was withdrawn since the snapshot that named it is left out.
    """
    pks = list(pks)
    found = Practice.objects.published_among(pks).for_records().in_bulk()
    return [found[pk] for pk in pks if pk in found]


def context_of(filterset):
    """Return what the serializers ask beside a practice: its values in each facet, from the snapshot of the list."""
    snapshot = filterset.snapshot
    labels = {facet.param: snapshot.labels(facet.param) for facet in filterset.facets}
    ranks = {param: {value: rank for rank, value in enumerate(names)} for param, names in labels.items()}

    def values(pk):
        """What a practice has in each facet, in display order, as {parameter: [{value, label}]}."""
        held = snapshot.rows[snapshot.slots[pk]].values
        having = {param: [value for name, value in held if name == param] for param in ranks}
        return {
            param: [{"value": one, "label": labels[param][one]} for one in sorted(those, key=ranks[param].__getitem__)]
            for param, those in having.items()
        }

    return {"values": values}


def read(filterset, pks):
    """Return a record of each public practice among `pks`, in order, in the language of the page.

    A record is a dictionary of JSON values, but for its dates; its facets are `{parameter: [{value, label}]}`.
    """
    return PracticeSerializer(practices_of(pks), many=True, context=context_of(filterset)).data


def read_with_practices(filterset, pks):
    """Return what `read` does, each record after its practice: who prints them must know the language of each text."""
    practices = practices_of(pks)
    records = PracticeSerializer(practices, many=True, context=context_of(filterset)).data
    return list(zip(practices, records, strict=True))


def figure_line(figure):
    """Return a key figure of a record in one line: "120 emplois (2023), selon la source"."""
    year = f" ({figure['year']})" if figure["year"] else ""
    source = f", {_('according to the source')}" if figure["according_to_source"] else ""
    return f"{figure['value']} {figure['label']}{year}{source}"
