"""Faceted lists over the items of any model: exact counts in about a millisecond, from memory; SQL is the reference.

What it does. A facet is declared once, as a filter of django-filter: OR within it, AND across facets. Beside each value
stands the number of items it would give: every filter applies but the facet's own. A visitor's choice is read from the
address, told back as chips and links, and answered in one of two ways that give the same: by SQL (`backends.sql`), or
from a snapshot of bitmaps in the memory of the process (`backends.bitmaps`).

How to use it. Subclass `catalogue.Catalogue`: the model, which items are public, their orders, the search. Subclass
`filterset.FacetedFilterSet` with that catalogue and the facets, in display order. Make two concrete models of
`version.AbstractVersion` and `AbstractChange`, and connect a `triggers.Triggers` to the migrations of the application:
the database then counts every public change itself. `loader.Index(FilterSet).current()` is the snapshot of this moment.

What it costs. A request reads one row, the version. When it has moved, up to 300 changed items are patched in; more, or
a first start, read all the items (15 s a million items, 50 MB a hundred thousand). A facet of forty values is
counted in some tens of microseconds; a change costs one trigger, in the transaction of the change.
"""
