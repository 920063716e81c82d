"""Which practices the page of another names: those chosen by hand, then those that resemble it most."""

from itertools import islice

from pyroaring import FrozenBitMap

FEW = 3
"""Practices named, unless more were chosen by hand."""
ALIKE_BY = ("themes", "sectors", "countries")
"""What practices resemble each other by, what counts most first."""


def related(practice, snapshot):
    """Return the primary keys of the public practices to read after one, public or not; one query."""
    chosen = practice.related.newest_first().values_list("pk", flat=True)
    found = [pk for pk in chosen if pk in snapshot.slots]
    others = snapshot.live - snapshot.bitmap_of([practice.pk, *found])
    alike = (pk for group in _alike(practice, snapshot, others) for pk in snapshot.page(group, "newest_first", 0, FEW))
    return [*found, *islice(alike, max(0, FEW - len(found)))]


def _alike(practice, snapshot, among):
    """Yield the practices that share a term with one, as bitmaps: the most themes, then sectors, then countries."""
    params = [snapshot.params[name] for name in ALIKE_BY]
    terms = [[term.slug for term in getattr(practice, name).all()] for name in ALIKE_BY]
    had = [
        [snapshot.bitmaps[one] for slug in slugs if (one := (param, slug)) in snapshot.bitmaps]
        for param, slugs in zip(params, terms, strict=True)
    ]
    sharing = FrozenBitMap().union(*(bitmap for bitmaps in had for bitmap in bitmaps)) & among
    yield from _sorted_by(sharing, had)


def _sorted_by(among, had):
    """Yield the parts of a bitmap by how many they share of the first bitmaps, the most first, then of the next."""
    if not among:
        return
    if not had:
        yield among
        return
    first, *others = had
    # At each place, those that share so many at least.
    sharing = [among]
    for bitmap in first:
        more = [one & bitmap for one in sharing]
        sharing = [one | two for one, two in zip([*sharing, FrozenBitMap()], [FrozenBitMap(), *more], strict=True)]
    for number, some in reversed(list(enumerate(sharing))):
        beyond = sharing[number + 1] if number + 1 < len(sharing) else FrozenBitMap()
        yield from _sorted_by(some - beyond, others)
