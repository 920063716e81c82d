"""The facet index against SQL, its oracle: the same labels, counts, order and pages, whatever is edited."""

import json
import os
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.utils import timezone, translation
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pyroaring import FrozenBitMap

from facets.loader import Microseconds
from practices.filters import PracticeFilterSet, catalogue_index
from practices.models import Audience, Country, Kind, Practice, Sector, Status, Theme
from tests.factories import PUBLISHED_AT, make_practice, make_term

VOCABULARIES = {"countries": Country, "sectors": Sector, "themes": Theme, "audiences": Audience}
SLUGS = ("alpha", "bravo", "ete", "charlie")
NAMES = {"alpha": "Été", "bravo": "étal", "ete": "Zoé", "charlie": "« Abri »"}
SEARCHES = ("étal", "Ecole abri", "zoé", "accroche", "nom 12", "le", "schools", "étude zoo")
ENGLISH_TITLES = (None, "", "Étude", "school", "Zoo", "Abbey")
TITLES = ("École", "Ecole", "étal", "Zoé", "« Abri »", "cœur")


def answers(query, snapshot=None):
    """All that a page shows of a choice."""
    asked = PracticeFilterSet(QueryDict(query), Practice.objects.published(), snapshot=snapshot)
    return {
        "facets": {facet.param: facet.options for facet in asked.facets},
        "chips": asked.chips,
        "notices": asked.notices,
        "removals": asked.removals,
        "count": len(asked.results),
        "pages": [list(asked.results[start : start + 3]) for start in range(0, 12, 3)],
    }


def assert_agrees(snapshot, queries):
    for query in queries:
        for language in ("fr", "en"):
            with translation.override(language):
                assert answers(query, snapshot) == answers(query), query


@pytest.mark.django_db
@hypothesis_settings(max_examples=hypothesis_settings.default.max_examples // 10)
@given(
    st.one_of(
        st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1)),
        st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1)).map(lambda moment: moment.replace(microsecond=0)),
    )
)
@example(datetime(2000, 1, 1, 0, 0, 0, 999_500))
@example(datetime(2000, 12, 31, 23, 59, 59, 999_999))
def test_the_database_counts_microseconds_as_python_does(moment):
    moment = moment.replace(tzinfo=UTC)
    practice = make_practice(published_at=moment)

    [counted] = Practice.objects.filter(pk=practice.pk).values_list(Microseconds("published_at"), flat=True)

    assert counted == (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


practices = st.fixed_dictionaries(
    {
        **{name: st.sets(st.sampled_from(SLUGS), max_size=3) for name in VOCABULARIES},
        "kind": st.sampled_from(SLUGS),
        "start_year": st.sampled_from([None, 1984, 2001, 2002]),
        "status": st.sampled_from([Status.PUBLISHED, Status.PUBLISHED, Status.PUBLISHED, Status.DRAFT]),
        "title_fr": st.sampled_from(TITLES),
        "title_en": st.sampled_from(ENGLISH_TITLES),
        "teaser_en": st.sampled_from([None, "", "A school for all."]),
        "published_at": st.integers(0, 3).map(lambda days: PUBLISHED_AT + timedelta(days=days)),
    }
)
queries = st.lists(
    st.lists(
        st.one_of(
            st.tuples(
                st.sampled_from(["pays", "secteur", "theme", "type", "public"]), st.sampled_from([*SLUGS, "inconnu"])
            ),
            st.tuples(st.just("annee"), st.sampled_from(["1984", "2001", "1789"])),
            st.tuples(st.just("tri"), st.sampled_from(["titre", "pays", "recent", "pertinence", "hasard"])),
            st.tuples(
                st.just("q"),
                st.sampled_from(SEARCHES),
            ),
        ),
        max_size=5,
    ).map(lambda pairs: "&".join(f"{param}={value}" for param, value in pairs)),
    min_size=1,
    max_size=3,
)
edits = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "create",
                "retitle",
                "publish",
                "withdraw",
                "delete",
                "term",
                "untag",
                "rename",
                "reorder",
                "date",
                "many",
                "translate",
            ]
        ),
        st.integers(0, 99),
    ),
    max_size=6,
)


def edit(what, number):
    """One change of the catalogue, the `number` choosing on which practice, term or word it falls."""
    everyone = list(Practice.objects.order_by("pk"))
    if what == "create" or not everyone:
        make_practice(
            title=TITLES[number % 6],
            title_en=ENGLISH_TITLES[number % 5],
            countries=[SLUGS[number % 4]],
            themes=[SLUGS[number % 3]],
            start_year=2001 + number % 3,
            published_at=PUBLISHED_AT + timedelta(days=number % 7),
        )
        return
    one = everyone[number % len(everyone)]
    model = list(VOCABULARIES.values())[number % 4]
    term = model.objects.get(slug=SLUGS[number % 4])
    match what:
        case "retitle":
            one.title = TITLES[number % 6]
            one.save()
        case "translate":
            one.title_en = ENGLISH_TITLES[number % 6]
            one.save()
        case "publish":
            Practice.objects.filter(pk=one.pk).update(status=Status.PUBLISHED)
        case "withdraw":
            one.status = Status.ARCHIVED
            one.save()
        case "delete":
            one.delete()
        case "term":
            one.countries.add(make_term(Country, SLUGS[number % 4]))
            one.sectors.set([make_term(Sector, SLUGS[number % 4])])
        case "untag":
            one.themes.clear()
        case "rename":
            term.name_fr, term.name_en = f"Nom {number}", f"Name {99 - number}"
            term.save()
        case "reorder":
            model.objects.filter(pk=term.pk).update(order=number % 3)
        case "date":
            Practice.objects.filter(pk=one.pk).update(published_at=PUBLISHED_AT + timedelta(hours=number))
        case "many":
            Practice.objects.update(start_year=1984 + number % 2)


class IndexAgreesWithSql(TestCase):
    @hypothesis_settings(max_examples=hypothesis_settings.default.max_examples // 5)
    @given(rows=st.lists(practices, max_size=7), changes=edits, asked=queries)
    def test_under_random_edits(self, rows, changes, asked):
        for model in (*VOCABULARIES.values(), Kind):
            for slug in SLUGS:
                make_term(model, slug, name=NAMES[slug], name_en=slug)
        for row in rows:
            make_practice(**row)
        snapshot = catalogue_index.follow(catalogue_index.read())
        assert_agrees(snapshot, asked)

        for change in changes:
            edit(*change)
            snapshot = catalogue_index.follow(snapshot)
            assert_agrees(snapshot, asked)

    @hypothesis_settings(max_examples=hypothesis_settings.default.max_examples // 5)
    @given(data=st.data())
    def test_pages_of_large_and_small_results(self, data):
        chosen = data.draw(st.sets(st.integers(0, 199)))
        order = data.draw(st.sampled_from(["newest_first", "by_title", "by_country"]))
        start, length = data.draw(st.integers(0, 199)), data.draw(st.integers(0, 40))
        Practice.objects.all().delete()
        kind = make_term(Kind, "initiative")
        Practice.objects.bulk_create(
            Practice(
                title=TITLES[number % 6],
                title_en=ENGLISH_TITLES[number % 5],
                slug=f"p{number}",
                teaser="…",
                kind=kind,
                status=Status.PUBLISHED,
                published_at=PUBLISHED_AT + timedelta(hours=number % 50),
            )
            for number in range(200)
        )
        snapshot = catalogue_index.read()
        wanted = [snapshot.rows[number].pk for number in chosen]

        for language in ("fr", "en"):
            with translation.override(language):
                page = snapshot.page(FrozenBitMap(chosen), order, start, start + length)
                sql = getattr(Practice.objects.filter(pk__in=wanted), order)().values_list("pk", flat=True)

                assert page == list(sql[start : start + length])


@pytest.mark.django_db
def test_the_end_of_an_embargo_shows_the_practice_without_any_write():
    make_practice(title="Déjà là")
    make_practice(title="Demain", published_at=timezone.now() + timedelta(days=1))
    snapshot = catalogue_index.follow(catalogue_index.read())
    assert len(snapshot.slots) == 1

    with time_machine.travel(timezone.now() + timedelta(days=2)):
        snapshot = catalogue_index.follow(snapshot)
        assert_agrees(snapshot, ["", "tri=titre"])

    assert len(snapshot.slots) == 2


@pytest.mark.django_db(transaction=True)
def test_a_publication_is_counted_at_the_next_request(client):
    draft = make_practice(status=Status.DRAFT, published_at=None)
    assert ">0 bonne pratique</h1>" in client.get("/bonnes-pratiques/").content.decode()

    Practice.objects.filter(pk=draft.pk).update(status=Status.PUBLISHED, published_at=PUBLISHED_AT)

    assert ">1 bonne pratique</h1>" in client.get("/bonnes-pratiques/").content.decode()


@pytest.mark.django_db
def test_what_a_transaction_has_not_committed_is_kept_by_nobody():
    catalogue_index.forget()
    make_practice()

    catalogue_index.current()

    assert catalogue_index._held is None


CHILD = """
import json, sys
import django
django.setup()
from django.http import QueryDict
from practices.filters import indexed
for line in sys.stdin:
    asked = indexed(QueryDict(line.strip()))
    counts = {facet.param: {one.value: one.count for one in facet.options} for facet in asked.facets}
    print(json.dumps([len(asked.results), list(asked.results[:5]), counts]), flush=True)
"""


@pytest.mark.django_db(transaction=True)
def test_another_process_never_answers_from_before_a_committed_edit():
    database = connection.settings_dict
    name = database["NAME"]
    url = f"sqlite:///{name}"
    if connection.vendor == "postgresql":
        url = f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{name}"
    environ = {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "bonnespratiques.settings"}
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD],
        cwd=settings.BASE_DIR,
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    dice = random.Random(2026)
    asked = ["", "pays=alpha", "pays=alpha&pays=ete&tri=titre", "theme=bravo&annee=2001&tri=pays"]
    for model in (*VOCABULARIES.values(), Kind):
        for slug in SLUGS:
            make_term(model, slug, name=NAMES[slug])

    try:
        for _round in range(60):
            kinds = ["create", "create", "retitle", "publish", "withdraw", "delete", "term", "untag", "rename", "many"]
            edit(dice.choice(kinds), dice.randrange(100))
            query = dice.choice(asked)
            child.stdin.write(query + "\n")
            child.stdin.flush()

            count, first, counts = json.loads(child.stdout.readline())

            sql = PracticeFilterSet(QueryDict(query), Practice.objects.published())
            assert count == sql.qs.count()
            assert first == list(sql.results[:5])
            assert counts == {facet.param: {one.value: one.count for one in facet.options} for facet in sql.facets}
    finally:
        child.stdin.close()
        child.stdout.close()
        child.wait(timeout=10)


@pytest.mark.django_db(transaction=True)
def test_a_page_from_what_is_kept_of_a_version_is_the_page_made_anew(client):
    dice = random.Random(2027)
    asked = [
        "",
        "pays=alpha",
        "pays=alpha&page=2",
        "pays=alpha&pays=ete&tri=titre",
        "theme=bravo",
        "theme=bravo&q=abri",
    ]
    addresses = [f"{prefix}/bonnes-pratiques/?{query}" for prefix in ("", "/en") for query in asked]
    for model in (*VOCABULARIES.values(), Kind):
        for slug in SLUGS:
            make_term(model, slug, name=NAMES[slug])
    for _practice in range(25):
        make_practice(countries=["alpha"])

    for _round in range(12):
        kinds = ["create", "retitle", "publish", "withdraw", "delete", "term", "untag", "rename", "many"]
        edit(dice.choice(kinds), dice.randrange(100))
        followed = {address: client.get(address).content for address in addresses}
        catalogue_index.forget()
        # The other way round, so that none is kept for another. These are also what the next edit finds kept.
        assert {address: client.get(address).content for address in reversed(addresses)} == followed
