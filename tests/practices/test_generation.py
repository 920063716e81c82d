"""Made-up practices: always the same, well written, and unequally spread."""

import json
import re
from collections import Counter
from io import StringIO
from random import Random

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from practices.generation import stock
from practices.generation.french import de, definite, to, typeset
from practices.generation.rows import RELATIONS, first_free_number, make_rows, read_vocabularies
from practices.generation.writer import TEASER_LENGTHS, TITLE_LENGTH, Draft
from practices.models import Audience, Country, Kind, Organisation, Practice, Sector, Status, Theme
from tests.factories import make_practice, make_term
from tests.typography import faults

TEXTS = ("title", "teaser", *Practice.SECTIONS)
FIELDS = (*TEXTS, "slug", "place", "start_year", "end_year", "status", "published_at", "created_at", "updated_at")
TAG = re.compile(r"<[^>]+>")
UNCONTRACTED = re.compile(r"\b(?:de le(?!s? \w+er\b)|à les?|de (?:du|des|la) (?:du|des)|[àÀ] des des) ", re.IGNORECASE)


class Terminal(StringIO):
    def isatty(self):
        return True


def generate(count, *arguments, stdout=None):
    output = stdout or StringIO()
    call_command("generate_practices", "--count", count, *arguments, stdout=output, no_color=True)
    return output.getvalue()


def generated():
    """All that the generated practices hold, in the order in which they were made, but for primary keys."""
    practices = Practice.objects.filter(slug__regex=r"-g[0-9]{6}$").order_by("slug").select_related("kind")
    numbered = sorted(practices.prefetch_related(*RELATIONS), key=lambda practice: practice.slug[-6:])
    return [
        {name: getattr(practice, name) for name in FIELDS}
        | {"kind": practice.kind.slug}
        | {name: sorted(str(term) for term in getattr(practice, name).all()) for name in RELATIONS}
        for practice in numbered
    ]


def make_draft(**choices):
    known = {
        "kind": "initiative",
        "countries": ["france"],
        "sector": "textile",
        "themes": ["handicap"],
        "audiences": ["jeunes"],
        "organisations": [],
        "year": 2012,
    }
    return Draft(Random(7), **known | choices)


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_practices_whatever_the_batches():
    generate(40)
    first = generated()
    Practice.objects.all().delete()

    generate(40, "--batch", "7")

    assert generated() == first


@pytest.mark.django_db
def test_more_practices_of_a_seed_begin_with_fewer():
    generate(10)
    few = generated()
    Practice.objects.all().delete()

    generate(15)

    assert generated()[:10] == few


@pytest.mark.django_db
def test_another_seed_makes_other_practices():
    generate(20)
    titles = {row["title"] for row in generated()}
    Practice.objects.all().delete()

    generate(20, "--seed", "2")

    assert len(titles & {row["title"] for row in generated()}) < 3


@pytest.mark.django_db
def test_the_database_holds_what_was_written():
    generate(20)

    written = [row.practice for row in make_rows(20, 1, 1, read_vocabularies())]

    texts = FIELDS[: FIELDS.index("created_at")]
    assert [{name: row[name] for name in texts} for row in generated()] == [
        {name: getattr(practice, name) for name in texts} for practice in written
    ]


@pytest.mark.django_db
def test_addresses_and_dates_are_all_different_and_nothing_is_dated_today():
    generate(500)

    practices = Practice.objects.all()
    dates = [practice.published_at for practice in practices if practice.published_at]
    assert len({practice.slug for practice in practices}) == 500
    assert len(set(dates)) == len(dates)
    assert {date.year for date in dates} <= {*range(2014, 2025), 2100}
    assert {date.year for practice in practices for date in (practice.created_at, practice.updated_at)} <= {
        *range(2014, 2026)
    }


@pytest.mark.django_db
def test_what_practices_have_is_unequally_spread():
    generate(500)

    practices = list(Practice.objects.prefetch_related(*RELATIONS))
    statuses = Counter(practice.status for practice in practices)
    countries = Counter(country.slug for practice in practices for country in practice.countries.all())
    many = {name: {len(getattr(practice, name).all()) for practice in practices} for name in RELATIONS}
    assert set(statuses) == set(Status.values)
    assert 465 <= statuses[Status.PUBLISHED] < 490
    assert 0 < Practice.objects.filter(published_at__year=2100).count() < 15
    assert 450 < Practice.objects.published().count() < 485
    assert countries.most_common(1)[0][0] == "france"
    assert countries["france"] > 4 * countries["allemagne"] > 0
    assert many == {
        "countries": {0, 1, 2, 3},
        "sectors": {1, 2, 3},
        "themes": {1, 2, 3, 4},
        "audiences": {0, 1, 2, 3},
        "organisations": {0, 1, 2},
    }
    assert 110 < sum(practice.start_year is None for practice in practices) < 190
    assert Organisation.objects.filter(practices__isnull=False).distinct().count() < Organisation.objects.count()


@pytest.mark.django_db
def test_every_practice_is_one_an_editor_could_have_saved():
    generate(30)

    for practice in Practice.objects.all():
        practice.full_clean()
        assert 2 <= len(practice.sections) <= 4
        assert all(1 <= html.count("<p>") <= 3 for _name, _label, html in practice.sections)


@pytest.mark.django_db
def test_the_french_is_well_set():
    generate(300)

    for practice in Practice.objects.all():
        assert len(practice.title) <= TITLE_LENGTH
        assert len(practice.teaser) in TEASER_LENGTHS
        for name in TEXTS:
            text = TAG.sub("", getattr(practice, name))
            assert not faults(text), (name, faults(text))
            assert not re.search(r"[{}]|  ", text)


@pytest.mark.django_db
def test_the_words_are_those_of_the_founding_collection():
    generate(300)

    words = Counter(
        re.findall(r"\w+", " ".join(TAG.sub(" ", row[name]) for row in generated() for name in TEXTS).lower())
    )
    assert {"recyclage", "handicap", "handicapées", "insertion", "coopérative", "économie"} <= set(words)
    assert len(words) > 3000
    assert words["de"] > 20 * words["recyclage"]


@pytest.mark.django_db
def test_practices_are_added_to_a_catalogue_that_has_some():
    make_practice(title="La mienne", slug="la-mienne", sectors=["couture"], kind="essai")
    generate(20)
    before = generated()

    output = generate(20)

    assert output.startswith("Pratiques déjà présentes\u00a0: 21")
    assert "le catalogue en contient 41" in output
    assert generated()[:20] == before
    assert len({row["title"] for row in generated()}) > 35
    assert Practice.objects.filter(slug="la-mienne").exists()


@pytest.mark.django_db
def test_numbers_go_on_after_the_last_one():
    make_practice(slug="une-pratique-g000123")
    make_practice(slug="une-autre-g12")

    assert first_free_number() == 124


@pytest.mark.django_db
def test_vocabularies_are_loaded_into_an_empty_catalogue():
    generate(1)

    assert Country.objects.count() == 50
    assert Sector.objects.count() == 12


@pytest.mark.django_db
def test_a_vocabulary_of_ones_own_is_used_as_it_is():
    make_term(Kind, "essai")
    make_term(Country, "japon")
    make_term(Theme, "silence")
    make_term(Audience, "plongeurs")

    generate(20)

    assert Sector.objects.count() == 0
    assert {row["kind"] for row in generated()} == {"essai"}
    assert ["Japon"] in [row["countries"] for row in generated()]
    assert [row["sectors"] for row in generated()] == [[]] * 20


@pytest.mark.django_db
def test_without_any_kind_there_can_be_no_practice():
    make_term(Country, "france")

    with pytest.raises(CommandError, match="types est vide"):
        generate(1)


@pytest.mark.django_db
@pytest.mark.parametrize("arguments", [(0,), (-3,), (3, "--batch", "0")])
def test_less_than_one_is_refused(arguments):
    with pytest.raises(CommandError, match="au moins 1"):
        generate(*arguments)

    assert not Practice.objects.exists()


@pytest.mark.django_db
def test_a_terminal_shows_how_far_it_is_and_a_file_does_not():
    shown = generate(4, "--batch", "2", stdout=Terminal())
    silent = generate(4, "--batch", "2")

    assert re.findall(r"(\d+)%", shown) == ["50", "100"]
    assert "\r" not in silent
    assert len(silent.splitlines()) == 2


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("kinds", "practices.kind"),
        ("countries", "practices.country"),
        ("sectors", "practices.sector"),
        ("themes", "practices.theme"),
        ("audiences", "practices.audience"),
    ],
)
def test_the_stock_has_words_for_every_term_of_the_fixtures(name, model):
    fixture = json.loads((settings.BASE_DIR / "fixtures" / "vocabularies.json").read_text(encoding="utf-8"))

    slugs = {row["fields"]["slug"] for row in fixture if row["model"] == model}

    assert slugs <= set(stock.read(name))


@pytest.mark.parametrize("sector", stock.read("sectors"))
def test_every_sentence_of_the_stock_is_correct(sector):
    tables = [stock.read("sentences"), stock.read("sectors")[sector]]
    tables += [*stock.read("kinds").values(), *stock.read("themes").values(), *stock.read("audiences").values()]
    patterns = [
        pattern
        for table in tables
        for name in ("titles", "leads", "follows", *Practice.SECTIONS)
        for pattern in table.get(name, ())
    ]

    for pattern in patterns:
        said = make_draft(sector=sector).says(pattern)

        assert not faults(said), said
        assert not UNCONTRACTED.search(said), said
        assert not re.search(r"[.?!] \{", pattern), f"A slot cannot start a second sentence: {pattern}"


@pytest.mark.parametrize(
    ("phrase", "with_the", "with_of", "with_to"),
    [
        ("une école", "l’école", "d’une école", "à une école"),
        ("une halle", "la halle", "d’une halle", "à une halle"),
        ("un hôpital", "l’hôpital", "d’un hôpital", "à un hôpital"),
        ("des habitants", "les habitants", "d’habitants", "à des habitants"),
        ("le tri", "le tri", "du tri", "au tri"),
        ("l’écoute", "l’écoute", "de l’écoute", "à l’écoute"),
        ("du pain", "du pain", "de pain", "à du pain"),
        ("de la vaisselle", "de la vaisselle", "de vaisselle", "à de la vaisselle"),
        ("Le Havre", "Le Havre", "du Havre", "au Havre"),
        ("Les Ulis", "Les Ulis", "des Ulis", "aux Ulis"),
        ("Århus", "Århus", "d’Århus", "à Århus"),
        ("Hambourg", "Hambourg", "de Hambourg", "à Hambourg"),
    ],
)
def test_articles_contract_and_elide(phrase, with_the, with_of, with_to):
    assert (definite(phrase), de(phrase), to(phrase)) == (with_the, with_of, with_to)


def test_spaces_are_those_of_french():
    assert typeset("« Oui » : 12 400 euros, 7 % ; à 34 ans ?") == (
        "«\u00a0Oui\u00a0»\u00a0: 12\u202f400\u00a0euros, 7\u202f% ; à 34\u00a0ans\u202f?".replace(" ;", "\u202f;")
    )


def test_a_practice_without_a_country_is_somewhere_in_europe():
    draft = make_draft(countries=["elsewhere"])

    assert draft.town == ""
    assert draft["in_country"] == "en Europe"
    assert draft["in_place"].startswith("dans une ") or draft["in_place"].startswith("dans un ")


def test_a_practice_repeats_no_phrase_before_it_has_used_the_list():
    draft = make_draft()
    ordinals = stock.read("words")["ordinal"]

    drawn = [draft["ordinal"] for _draw in ordinals]

    assert sorted(drawn) == sorted(ordinals)
