"""What the rows of generated practices hold and how they are saved; their texts are written by `writer`."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random

from django.db import transaction
from django.db.models import Case, F, Value, When

from content.slugs import slug_of
from practices.generation import stock
from practices.generation.writer import Draft
from practices.index import search_index
from practices.models import Audience, Country, Kind, Organisation, Practice, Sector, Status, Theme
from search.index import Entry

PERIOD = timedelta(days=3650) // timedelta(seconds=1)
ORIGIN = datetime(2025, 1, 1, tzinfo=UTC)
"""Every date is in the `PERIOD`, in seconds, before this one: nothing depends on the day of the generation."""

STRIDE = 194_903_203
"""Coprime with `PERIOD`, and about its golden section: multiples are all different and spread evenly."""

NUMBERED = r"-g[0-9]{6,9}$"
"""How the addresses of generated practices end."""

EMBARGO = datetime(2100, 1, 1, tzinfo=UTC)

UNKNOWN_COUNTRY, UNKNOWN_YEAR, ENDED, UNPUBLISHED, EMBARGOED = 0.03, 0.3, 0.15, 0.05, 0.01

HOW_MANY = {
    "countries": ((1, 2, 3), (90, 8, 2)),
    "sectors": ((1, 2, 3), (60, 30, 10)),
    "themes": ((1, 2, 3, 4), (40, 35, 18, 7)),
    "audiences": ((0, 1, 2, 3), (20, 45, 25, 10)),
    "organisations": ((0, 1, 2), (30, 55, 15)),
}
RELATIONS = tuple(HOW_MANY)


class Vocabulary:
    """What a practice draws from, the n-th entry n times more rarely than the first (Zipf's law)."""

    def __init__(self, keys, ids):
        """Take the entries in order of frequency, as strings, and {string: primary key}."""
        self.keys = list(keys)
        self.ids = ids
        self.weights = list(accumulate(1 / rank for rank in range(1, len(self.keys) + 1)))

    @classmethod
    def of(cls, model, known):
        """The terms of a model: those whose slugs are `known` first, in that order."""
        ids = dict(model.objects.values_list("slug", "pk"))
        rank = {slug: rank for rank, slug in enumerate(known)}
        return cls(sorted(ids, key=lambda slug: (rank.get(slug, len(rank)), slug)), ids)

    def draw(self, random, count):
        """Return `count` different entries, or all when there are fewer."""
        count = min(count, len(self.keys))
        drawn = {}
        while len(drawn) < count:
            drawn[random.choices(self.keys, cum_weights=self.weights)[0]] = True
        return list(drawn)


def read_vocabularies():
    """Return the vocabularies of this catalogue by the field of a practice; creates the organisations that it lacks."""
    names = stock.organisations()
    Organisation.objects.bulk_create([Organisation(name=name) for name in names], ignore_conflicts=True)
    ids = dict(Organisation.objects.filter(name__in=names).values_list("name", "pk"))
    return {
        "kind": Vocabulary.of(Kind, stock.read("kinds")),
        "countries": Vocabulary.of(Country, stock.read("countries")),
        "sectors": Vocabulary.of(Sector, stock.read("sectors")),
        "themes": Vocabulary.of(Theme, stock.read("themes")),
        "audiences": Vocabulary.of(Audience, stock.read("audiences")),
        "organisations": Vocabulary(names, ids),
    }


def first_free_number():
    """Return the number after the last that an address of this catalogue ends with: 124 after "…-g000123"."""
    numbered = Practice.objects.filter(slug__regex=NUMBERED).values_list("slug", flat=True)
    return 1 + max((int(slug.rpartition("-g")[2]) for slug in numbered.iterator()), default=0)


@dataclass(frozen=True)
class Row:
    """A practice to save, the primary keys of what it is related to, by field, and what it is found by."""

    practice: Practice
    related: dict
    entry: Entry


def make_rows(count, seed, first, vocabularies):
    """Yield `count` rows numbered from `first`: the same for the same arguments, in every database."""
    random = Random(f"{seed}:{first}")  # noqa: S311
    for number in range(first, first + count):
        yield _row(random, number, vocabularies)


def _row(random, number, vocabularies):
    drawn = {
        name: vocabularies[name].draw(random, random.choices(numbers, weights)[0])
        for name, (numbers, weights) in HOW_MANY.items()
    }
    if random.random() < UNKNOWN_COUNTRY:
        drawn["countries"] = []
    kind = vocabularies["kind"].draw(random, 1)[0]
    moment = ORIGIN - timedelta(seconds=1 + number * STRIDE % PERIOD)
    start, end = _years(random, moment.year)
    draft = Draft(
        random,
        kind=_known("kinds", [kind], "initiative")[0],
        countries=_known("countries", drawn["countries"], "elsewhere"),
        sector=_known("sectors", drawn["sectors"], "formation-et-emploi")[0],
        themes=_known("themes", drawn["themes"], "democratie-et-cooperation"),
        audiences=_known("audiences", drawn["audiences"], "everybody"),
        organisations=drawn["organisations"],
        year=start,
    )
    title = draft.title()
    status, published_at = _status(random, number, moment)
    practice = Practice(
        title=title,
        slug=f"{slug_of(title, 105)}-g{number:06}",
        teaser=draft.teaser(),
        kind_id=vocabularies["kind"].ids[kind],
        place=draft.town,
        start_year=start,
        end_year=end,
        status=status,
        published_at=published_at,
        **draft.sections(),
    )
    related = {name: [vocabularies[name].ids[key] for key in keys] for name, keys in drawn.items()}
    return Row(practice, related, search_index.entry(practice, drawn["organisations"]))


def _known(name, slugs, default):
    """The slugs that the stock has words for."""
    return [slug for slug in slugs if slug in stock.read(name)] or [default]


def _years(random, last):
    """A start year, the recent ones more often, and an end year; each may be None."""
    start = last - int(45 * random.random() ** 3)
    end = min(last, start + random.randint(1, 9))
    return (None if random.random() < UNKNOWN_YEAR else start), (end if random.random() < ENDED else None)


def _status(random, number, moment):
    """A status and a publication date; a draft and a practice in review have none."""
    if random.random() < UNPUBLISHED:
        status = random.choice((Status.DRAFT, Status.IN_REVIEW, Status.ARCHIVED))
        return status, moment if status == Status.ARCHIVED else None
    if random.random() < EMBARGOED:
        return Status.PUBLISHED, EMBARGO + timedelta(seconds=number)
    return Status.PUBLISHED, moment


@transaction.atomic
def save(batch):
    """Save rows, all or none, in a number of statements that depends on the database's limits alone."""
    practices = Practice.objects.bulk_create([row.practice for row in batch])
    for name in RELATIONS:
        through = Practice._meta.get_field(name).remote_field.through
        other = Practice._meta.get_field(name).m2m_reverse_field_name()
        through.objects.bulk_create(
            through(practice_id=row.practice.pk, **{f"{other}_id": pk}) for row in batch for pk in row.related[name]
        )
    # These fields set themselves to the present while a row is created.
    written = Case(When(published_at__lt=ORIGIN, then=F("published_at")), default=Value(ORIGIN))
    saved = Practice.objects.filter(pk__in=[practice.pk for practice in practices])
    saved.update(created_at=written, updated_at=written)
    search_index.write({practice.pk: row.entry for practice, row in zip(practices, batch, strict=True)})
