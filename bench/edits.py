"""Proves that no count is wrong while the catalogue changes under load: `python -m bench.edits [--edits 1000]`.

Fills the database that DATABASE_URL names (an empty one), serves it with two processes and the cache of pages, and has
visitors ask for one choice after another without a pause. Meanwhile one random change follows another; after each, a
random choice is asked of the site twice, as the editor who made the change does, and its total and the count of every
value of every facet are compared with what SQL counts. Fails when one differs, or when a visitor gets anything but a
page. (While a process reads the whole catalogue again, a visitor may be answered from the version before: decision 5.)
"""

import argparse
import os
import random
import re
import sys
import threading
from collections import Counter
from urllib.request import Request, urlopen

import django

from bench import data, servers

os.environ.update(data.environ_of(os.environ["DATABASE_URL"]))
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.http import QueryDict  # noqa: E402
from django.utils import timezone, translation  # noqa: E402

from bench.__main__ import LISTING  # noqa: E402
from practices.filters import PracticeFilterSet  # noqa: E402
from practices.models import Country, Kind, Practice, Status, Theme  # noqa: E402

PRACTICES, VISITORS = 2000, 3
OPTION = re.compile(
    r'<input type="checkbox" name="(\w+)" value="([^"]*)"[^>]*> <span class="option__name">[^<]*</span>\s*'
    r'<span class="count"><span aria-hidden="true">(\d+)</span>'
)


class Editor:
    """Who changes the catalogue at random."""

    def __init__(self, dice):
        self.dice = dice
        self.copies = 0

    def change(self):
        """Make one change; return its name."""
        kind = self.dice.choice(
            ["withdraw", "publish", "themes", "countries", "kind", "year", "rename", "copy", "delete", "many"]
        )
        getattr(self, kind)()
        return kind

    def one(self):
        """A practice, public or not."""
        return Practice.objects.get(pk=self.dice.choice(list(Practice.objects.values_list("pk", flat=True))))

    def some(self, model, most):
        """A few terms of a vocabulary."""
        return self.dice.sample(list(model.objects.all()), self.dice.randint(1, most))

    def withdraw(self):
        """Take a practice from the public."""
        Practice.objects.filter(pk=self.one().pk).update(status=Status.DRAFT)

    def publish(self):
        """Show one to the public, at the head of the list."""
        Practice.objects.filter(pk=self.one().pk).update(status=Status.PUBLISHED, published_at=timezone.now())

    def themes(self):
        """Put one under other themes."""
        self.one().themes.set(self.some(Theme, 3))

    def countries(self):
        """Move one."""
        self.one().countries.set(self.some(Country, 2))

    def kind(self):
        """Call one something else."""
        Practice.objects.filter(pk=self.one().pk).update(kind=self.some(Kind, 1)[0])

    def year(self):
        """Have one start in another year, or in none that is known."""
        year = self.dice.choice([None, *range(1990, 2026)])
        Practice.objects.filter(pk=self.one().pk).update(start_year=year, end_year=None)

    def rename(self):
        """Give a theme another name and another address."""
        [theme] = self.some(Theme, 1)
        theme.name_fr = f"{theme.name_fr.partition(' (')[0]} ({self.dice.randrange(100)})"
        theme.slug = f"{theme.slug.partition('--')[0]}--{self.dice.randrange(100)}"
        theme.save()

    def copy(self):
        """Write one that resembles another."""
        one = self.one()
        themes, countries = list(one.themes.all()), list(one.countries.all())
        self.copies += 1
        one.pk, one.slug, one._state.adding = None, f"copie-{self.copies}", True
        with transaction.atomic():
            one.save()
            one.themes.set(themes)
            one.countries.set(countries)

    def delete(self):
        """Delete one."""
        self.one().delete()

    def many(self):
        """Take or show a lot of them at once."""
        pks = self.dice.sample(list(Practice.objects.values_list("pk", flat=True)), 400)
        status = self.dice.choice([Status.DRAFT, Status.PUBLISHED])
        Practice.objects.filter(pk__in=pks).update(status=status, published_at=timezone.now())


def choice(dice):
    """The query string of a choice of up to three facets."""
    pairs = []
    for facet in dice.sample(PracticeFilterSet.term_facets(), dice.randint(0, 3)):
        slugs = list(facet.vocabulary.objects.values_list("slug", flat=True))
        pairs += [(facet.param, slug) for slug in dice.sample(slugs, min(len(slugs), dice.randint(1, 2)))]
    return "&".join(f"{param}={slug}" for param, slug in pairs)


def read(address):
    """The total of a list and its counts, as a page tells them to an editor."""
    with urlopen(Request(address, headers={"Cookie": f"{settings.SESSION_COOKIE_NAME}=x"}), timeout=30) as answer:
        html = answer.read().decode()
        return int(answer.headers["X-Total-Count"]), {(p, v): int(count) for p, v, count in OPTION.findall(html)}


def counted(query):
    """The same, as SQL counts."""
    asked = PracticeFilterSet(QueryDict(query), Practice.objects.published())
    counts = {(facet.param, one.value): one.count for facet in asked.facets for one in facet.options}
    return asked.results.count(), counts


def difference(there, truth):
    """What a page told beside what SQL counts, where they differ."""
    (total, counts), (true_total, true_counts) = there, truth
    differing = {key: (counts.get(key), true_counts.get(key)) for key in counts.keys() | true_counts.keys()}
    return total, true_total, {key: pair for key, pair in differing.items() if pair[0] != pair[1]}


def visit(listing, queries, stop, seen):
    """Ask for one choice after another until told to stop."""
    while not stop.is_set():
        try:
            with urlopen(f"{listing}?{next(queries)}", timeout=30) as answer:
                answer.read()
                seen[answer.status] += 1
        except OSError as error:
            seen[str(error)] += 1


def endless(dice, queries):
    """One of some query strings after another, for ever."""
    while True:
        yield dice.choice(queries)


def main():
    """Run, say the figures, and fail when a page was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.edits")
    parser.add_argument("--edits", type=int, default=1000)
    edits = parser.parse_args().edits
    url = os.environ["DATABASE_URL"]
    data.manage(url, "migrate", "--verbosity", 0)
    data.manage(url, "load_collection")
    data.manage(url, "generate_practices", "--count", PRACTICES - Practice.objects.count())
    data.manage(url, "collectstatic", "--noinput", "--verbosity", 0)
    with connection.cursor() as cursor:
        # What a database learns by itself within minutes; SQL would take seconds to count without it.
        cursor.execute("ANALYZE")
    dice, port, stop, seen = random.Random(2026), servers.free_port(), threading.Event(), Counter()
    editor, changes, compared, wrong = Editor(dice), Counter(), 0, []
    with (
        servers.running(servers.granian(port), port, LISTING, data.environ_of(url)) as site,
        translation.override("fr"),
    ):
        listing = site + LISTING
        # Themes change their addresses meanwhile: visitors keep to the other facets.
        queries = [query for query in (choice(dice) for _choice in range(400)) if "theme=" not in query]
        visitors = [
            threading.Thread(target=visit, args=(listing, endless(random.Random(seed), queries), stop, seen))
            for seed in range(VISITORS)
        ]
        for visitor in visitors:
            visitor.start()
        try:
            for _edit in range(edits):
                change, query = editor.change(), choice(dice)
                changes[change] += 1
                truth = counted(query)
                for _time in range(2):
                    compared += 1
                    seen_there = read(f"{listing}?{query}")
                    if seen_there != truth:
                        wrong.append(query)
                        print(f"after {change}, ?{query}: {difference(seen_there, truth)}")
        finally:
            stop.set()
            for visitor in visitors:
                visitor.join()
    print(
        f"{connection.vendor}: {edits} changes ({', '.join(f'{kind} {n}' for kind, n in sorted(changes.items()))}), "
        f"{compared} pages compared, {len(wrong)} wrong; meanwhile {dict(seen)}"
    )
    return 1 if wrong or set(seen) != {200} else 0


if __name__ == "__main__":
    sys.exit(main())
