from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import CONTRIBUTOR, EDITOR
from content.richtext import clean_html
from practices.editorial.revisions import record, snapshot, versions
from practices.importing.comparing import CHANGED, NEW, SAME
from practices.importing.saving.preparing import Overtaken
from practices.importing.saving.writing import write
from practices.index import catalogue_version, search_index
from practices.models import (
    Audience,
    Change,
    Country,
    FormerAddress,
    KeyFigure,
    Kind,
    Link,
    Organisation,
    Practice,
    Revision,
    Sector,
    Status,
    Step,
    Theme,
)
from tests.factories import make_person, make_practice, make_term
from tests.practices.importing.tables import FULL, compared, csv_of, exported, imported, problems

pytestmark = pytest.mark.django_db

COMPLETE = {"themes": ["emploi"], "sectors": ["textile"]}

# The round trip

CHARACTERS = st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from("'=+-@|\\\"«;, ")
WORDS = st.text(CHARACTERS, min_size=1, max_size=30).map(str.strip).filter(bool)
LINES = st.lists(WORDS, min_size=1, max_size=3).map("\n".join)
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
YEARS = st.none() | st.integers(1800, 2100)


WEBSITES = st.sampled_from(["", "https://example.org/?q=1&r=é", "http://a.example/|x"])


@st.composite
def practice_fields(draw):
    years = sorted(year for year in (draw(YEARS), draw(YEARS)) if year is not None)
    status = draw(st.sampled_from(Status))
    return {
        "title": draw(WORDS),
        "teaser": draw(LINES),
        "place": draw(WORDS | st.just("")),
        "website": draw(WEBSITES),
        "contact": draw(WORDS | st.just("")),
        "start_year": years[0] if years else None,
        "end_year": years[1] if years[1:] else None,
        "years_note": draw(WORDS | st.just("")),
        "status": status,
        "published_at": draw(MOMENTS) if status == Status.PUBLISHED else draw(st.none() | MOMENTS),
        "archived_at": draw(st.none() | MOMENTS) if status == Status.ARCHIVED else None,
        **{name: clean_html(draw(LINES | st.just(""))) for name in draw(st.sets(st.sampled_from(Practice.SECTIONS)))},
    }


@st.composite
def catalogues(draw):
    made = []
    for fields in draw(st.lists(practice_fields(), min_size=1, max_size=3)):
        some = st.sets(st.integers(0, 2))
        terms = {name: draw(some) for name in ("countries", "audiences")}
        # A practice that others read has a theme and a sector.
        terms |= {name: draw(st.sets(st.integers(0, 2), min_size=1)) for name in ("themes", "sectors")}
        figures = draw(
            st.lists(st.tuples(WORDS, WORDS, YEARS, st.booleans()), unique_by=lambda one: one[1], max_size=3)
        )
        links = draw(st.lists(st.tuples(WORDS, st.booleans()), max_size=3))
        if fields["archived_at"]:
            fields["published_at"] = fields["published_at"] or fields["archived_at"]
        made.append((fields, terms, draw(st.dictionaries(WORDS, WEBSITES, max_size=2)), figures, links))
    return made


def build(catalogue):
    models = {"countries": Country, "sectors": Sector, "themes": Theme, "audiences": Audience}
    slugs = ("un", "deux", "l-autre-cote")
    practices = []
    for fields, terms, carriers, figures, links in catalogue:
        chosen = {name: [slugs[one] for one in numbers] for name, numbers in terms.items()}
        practice = make_practice(**fields, **chosen)
        for model in models.values():
            for slug in slugs:
                make_term(model, slug)
        practice.organisations.set(
            Organisation.objects.get_or_create(name=name, defaults={"website": website})[0]
            for name, website in carriers.items()
        )
        for order, (value, label, year, according) in enumerate(figures):
            KeyFigure.objects.create(
                practice=practice, value=value, label=label, year=year, according_to_source=according, order=order
            )
        for order, (title, is_source) in enumerate(links):
            url = f"https://example.org/{order}"
            Link.objects.create(practice=practice, title=title, url=url, is_source=is_source, order=order)
        if practices:
            practice.related.add(practices[0])
        practices.append(practice)
    return practices


def contents():
    """The catalogue as it reads, without the numbers of its rows."""
    names = {pk: (name, website) for pk, name, website in Organisation.objects.values_list("pk", "name", "website")}
    slugs = dict(Practice.objects.values_list("pk", "slug"))
    found = {}
    for practice in Practice.objects.all():
        data = snapshot(practice)
        data["organisations"] = sorted(names[pk] for pk in data["organisations"])
        data["related"] = sorted(slugs[pk] for pk in data["related"])
        found[practice.slug] = {**data, "status": practice.status, "archived_at": practice.archived_at}
    return found


@settings(max_examples=settings.default.max_examples // 25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(catalogues(), st.sampled_from(["csv", "xlsx"]))
def test_an_export_imported_elsewhere_is_the_same_catalogue_and_here_changes_nothing(catalogue, form):
    Practice.objects.all().delete()
    Organisation.objects.all().delete()
    build(catalogue)
    before = contents()

    data = exported(Practice.objects.order_by("pk").values_list("pk", flat=True), form)
    here = {one.state for one in compared(data)[1]}
    Practice.objects.all().delete()
    Organisation.objects.all().delete()
    imported(data)

    assert here == {SAME}
    assert contents() == before
    assert {one.state for one in compared(data)[1]} == {SAME}


# What an import does


@pytest.fixture
def vocabularies(db):
    make_term(Kind, "initiative")
    make_term(Theme, "emploi")
    make_term(Sector, "textile")
    make_term(Country, "france", code="FR")


@pytest.mark.usefixtures("vocabularies")
def test_a_new_practice_is_searched_versioned_and_counted_once():
    colette = make_person("colette", EDITOR)
    before = catalogue_version.current().number

    imported(csv_of({**FULL, "Pays": "FR", "État": "Publiée", "Organismes": "Le Relais SCOP"}), by=colette)

    practice = Practice.objects.published().get(slug="le-relais")
    (revision,) = Revision.objects.all()
    (step,) = Step.objects.all()
    assert catalogue_version.current().number == before + 1
    assert list(Change.objects.filter(version=before + 1).values_list("item", flat=True)) == [practice.pk]
    assert (practice.author, [one.slug for one in practice.countries.all()]) == (colette, ["france"])
    tokens = set(search_index.entry(practice, ["Le Relais SCOP"]).tokens)
    assert (search_index.tokens_of([practice.pk])[practice.pk], "1scop" in tokens) == (tokens, True)
    assert (revision.cause, revision.by, revision.number) == ("import", colette, 1)
    assert record(practice.pk, None, "elsewhere") == revision
    assert (step.transition, step.by) == ("publish", colette)


@pytest.mark.usefixtures("vocabularies")
def test_a_draft_does_not_move_the_version_of_the_catalogue():
    before = catalogue_version.current()

    imported(csv_of(FULL))

    assert (catalogue_version.current(), Practice.objects.get().status) == (before, Status.DRAFT)


@pytest.mark.usefixtures("vocabularies")
def test_the_same_file_again_changes_nothing_even_without_addresses():
    data = csv_of({**FULL, "État": "Publiée", "Chiffres clés": "12 | emplois | 2020 | oui", "Contexte": "Un.\n\nDeux."})
    imported(data)
    before = (catalogue_version.current(), Revision.objects.count(), Practice.objects.get().updated_at)

    again = imported(data)

    assert again == 0
    assert (catalogue_version.current(), Revision.objects.count(), Practice.objects.get().updated_at) == before
    assert Practice.objects.get().context == "<p>Un.</p>\n\n<p>Deux.</p>"


def test_a_change_is_told_word_by_word_and_keeps_what_the_file_does_not_say():
    practice = make_practice(
        title="Le Relais", teaser="On trie.", place="Lille", themes=["emploi"], sectors=["textile"]
    )
    data = csv_of({"Adresse": "le-relais", "Accroche": "On trie mieux.", "Thèmes": "Emploi | Emploi"})

    comparison, results = compared(data)
    (changes,) = comparison.changes(results).values()
    write(results, comparison.new)

    practice.refresh_from_db()
    assert [one.state for one in results] == [CHANGED]
    assert [(one.label, one.pieces) for one in changes] == [
        ("Accroche", [("", "On"), ("del", "trie."), ("ins", "trie mieux.")])
    ]
    assert (practice.title, practice.teaser, practice.place) == ("Le Relais", "On trie mieux.", "Lille")
    assert [one.cause for one, _changes in versions(practice.pk)] == ["import", "elsewhere"]


def test_terms_figures_and_links_are_replaced_and_a_row_that_did_not_change_keeps_its_place():
    practice = make_practice(slug="une", countries=["france"], **COMPLETE)
    KeyFigure.objects.create(practice=practice, value="1", label="un", order=3)
    data = csv_of({"Adresse": "une", "Pays": "", "Thèmes": "Emploi, Textile", "Chiffres clés": "1 | un\n2 | deux"})
    make_term(Theme, "textile")

    imported(data)

    assert practice.countries.count() == 0
    assert sorted(practice.themes.values_list("slug", flat=True)) == ["emploi", "textile"]
    assert list(practice.key_figures.values_list("value", "label", "order")) == [("1", "un", 3), ("2", "deux", 4)]


def test_two_rows_are_related_when_one_of_them_says_so_and_parted_when_neither_does():
    one, two, three = (make_practice(slug=slug, **COMPLETE) for slug in ("une", "deux", "trois"))
    one.related.add(three)

    imported(csv_of({"Adresse": "une", "Pratiques liées": "deux"}, {"Adresse": "deux", "Pratiques liées": ""}))

    assert [list(each.related.values_list("slug", flat=True)) for each in (one, two, three)] == [["deux"], ["une"], []]


def test_an_old_address_leads_to_the_practice_that_had_it():
    practice = make_practice(slug="avant", **COMPLETE)
    practice.slug = "apres"
    practice.save()

    imported(csv_of({"Adresse": "https://example.org/bonnes-pratiques/avant/", "Lieu": "Lyon"}))

    practice.refresh_from_db()
    assert (practice.slug, practice.place, Practice.objects.count()) == ("apres", "Lyon", 1)
    assert FormerAddress.objects.get().slug == "avant"


@pytest.mark.usefixtures("vocabularies")
def test_terms_and_organisations_that_are_lacking_are_made_with_the_practices():
    decisions = {"countries": {"Suomi": "+"}, "themes": {"Océans": "+"}}
    data = csv_of({**FULL, "Pays": "Suomi | France", "Thèmes": "océans", "Organismes": "A | B"})

    imported(data, decisions=decisions)

    practice = Practice.objects.get()
    finland = Country.objects.get(code="FI")
    assert (finland.slug, finland.name_en, str(practice.themes.get())) == ("finlande", "Finland", "Océans")
    assert sorted(practice.countries.values_list("code", flat=True)) == ["FI", "FR"]
    assert sorted(practice.organisations.values_list("name", flat=True)) == ["A", "B"]


@pytest.mark.usefixtures("vocabularies")
def test_rich_text_is_sanitised_and_typography_is_left_as_it_was_typed():
    imported(csv_of({**FULL, "Titre": "L'art : oui", "Contexte": "<p onclick=x>Bon<script>alert(1)</script></p>"}))

    practice = Practice.objects.get()
    assert (practice.title, practice.context) == ("L'art : oui", "<p>Bon</p>")


# What is wrong, and where


@pytest.mark.usefixtures("vocabularies")
def test_every_fault_is_named_by_row_and_column():
    make_practice(slug="la")
    data = csv_of(
        {**FULL, "Adresse": "la", "Pays": "Atlantide"},
        {**FULL, "Adresse": "L’an", "Année de départ": "mille"},
        {**FULL, "Adresse": "deux", "Site web": "javascript:alert(1)"},
        {**FULL, "Adresse": "trois", "Année de départ": "2020", "Année de fin": "2019"},
        {**FULL, "Adresse": "deux"},
        {**FULL, "Adresse": "quatre", "Chiffres clés": "1 | un | bientôt", "Publiée le": "demain"},
        {**FULL, "Adresse": "cinq", "Thèmes": "", "État": "Publiée"},
        {**FULL, "Adresse": "theme", "État": "perdue"},
        {**FULL, "Adresse": "", "Titre": ""},
        {**FULL, "Adresse": "six", "Pratiques liées": "nulle-part", "Type": "Initiative | Réseau"},
    )

    assert [(row, column) for row, column, _sentence in problems(data)] == [
        (10, ""),
        (6, "Adresse"),
        (11, "Pratiques liées"),
        (2, "Pays"),
        (3, "Année de départ"),
        (3, "Adresse"),
        (4, "Site web"),
        (5, ""),
        (7, "Chiffres clés"),
        (7, "Publiée le"),
        (8, "Thèmes"),
        (9, "État"),
        (9, "Adresse"),
        (11, "Type"),
    ]


def test_a_column_that_new_practices_need_is_named_once():
    data = csv_of({"Titre": "Une"}, {"Titre": "Deux"})

    assert [one[:2] for one in problems(data)][:2] == [(1, "Accroche"), (1, "Type")]
    assert [one[:2] for one in problems(csv_of({"Couleur": "bleu"}))] == [(1, "")]


STEPS = [
    (EDITOR, Status.DRAFT, "Publiée", True),
    (EDITOR, Status.ARCHIVED, "En relecture", False),
    (CONTRIBUTOR, Status.DRAFT, "Publiée", False),
    (CONTRIBUTOR, Status.DRAFT, "En relecture", True),
    (None, Status.IN_REVIEW, "archived", True),
]


@pytest.mark.parametrize(("role", "status", "word", "allowed"), STEPS)
def test_a_status_changes_by_a_step_that_the_person_may_take(role, status, word, allowed):
    person = make_person("ines", role) if role else None
    make_practice(slug="une", status=status, author=person, **COMPLETE)

    found = problems(csv_of({"Adresse": "une", "État": word}), by=person)

    assert [one[1] for one in found] == ([] if allowed else ["État"])


# All or nothing


def test_a_practice_that_somebody_saved_meanwhile_stops_the_whole_import():
    one, two = (make_practice(slug=slug, place="Lille", **COMPLETE) for slug in ("une", "deux"))
    comparison, results = compared(csv_of({"Adresse": "une", "Lieu": "Lyon"}, {"Adresse": "deux", "Lieu": "Lyon"}))
    two.place = "Paris"
    two.save()

    with pytest.raises(Overtaken):
        write(results, comparison.new)

    one.refresh_from_db()
    assert one.place == "Lille"


@pytest.mark.usefixtures("vocabularies")
def test_an_address_taken_meanwhile_stops_the_whole_import():
    comparison, results = compared(csv_of(FULL, {**FULL, "Titre": "Envie"}))
    make_practice(slug="envie")

    with pytest.raises(Overtaken):
        write(results, comparison.new)

    assert (Practice.objects.count(), [one.state for one in results]) == (1, [NEW, NEW])


@pytest.mark.usefixtures("vocabularies")
def test_an_import_asks_as_many_questions_for_ten_rows_as_for_two():
    def file(count):
        return csv_of(*({**FULL, "Titre": f"Pratique {one}", "Pays": "France"} for one in range(count)))

    # What a process asks once (which constraints hold) is asked before.
    imported(file(2))
    Practice.objects.all().delete()
    with CaptureQueriesContext(connection) as few:
        imported(file(2))
    Practice.objects.all().delete()
    with CaptureQueriesContext(connection) as many:
        imported(file(10))

    assert len(many) == len(few)


ARCHIVED = {"Publiée le": "2020-01-05", "Archivée le": "2024-03-01T10:00:00+01:00"}


@pytest.mark.usefixtures("vocabularies")
def test_a_practice_archived_elsewhere_keeps_its_page_and_leaves_the_date_with_its_status():
    imported(csv_of({**FULL, **ARCHIVED, "État": "Archivée"}, {**FULL, "Titre": "Deux", "État": "Archivée"}))
    kept, never_public = Practice.objects.get(slug="le-relais"), Practice.objects.get(slug="deux")

    readable = set(Practice.objects.readable())
    imported(csv_of({**FULL, **ARCHIVED, "État": "Brouillon"}))

    assert kept.archived_at == datetime(2024, 3, 1, 9, tzinfo=UTC)
    assert readable == {kept}
    assert never_public.archived_at is None
    kept.refresh_from_db()
    assert (kept.status, kept.archived_at) == (Status.DRAFT, None)


@pytest.mark.usefixtures("vocabularies")
def test_only_who_publishes_gives_a_date_of_archiving_which_needs_one_of_publication():
    rows = csv_of({**FULL, "Archivée le": "2024-03-01", "État": "Archivée"})
    ines = make_person("ines", CONTRIBUTOR)

    of_contributor = problems(rows, by=ines)
    of_editor = problems(rows, by=make_person("colette", EDITOR))

    assert (2, "Archivée le", "Vous ne pouvez pas changer la date d’archivage.") in of_contributor
    told = "Une pratique archivée à une date était publique\u00a0: elle a une date de publication."
    assert of_editor == [(2, "Publiée le", told)]


@pytest.mark.usefixtures("vocabularies")
@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("Le Relais | autre.example", "«\u00a0Le Relais\u00a0» n’est pas un organisme qui a ce site\u00a0: "),
        ("Personne | a.example", "«\u00a0Personne\u00a0» n’est pas un organisme qui a ce site\u00a0: "),
        ("Le Relais", "Ligne 1\u00a0: on attend «\u00a0nom | site\u00a0»."),
    ],
)
def test_a_website_that_cannot_be_that_of_its_organisation_is_a_problem(cell, told):
    Organisation.objects.create(name="Le Relais", website="https://lerelais.example")

    [(row, column, sentence)] = problems(csv_of({**FULL, "Organismes": "Le Relais", "Sites web des organismes": cell}))

    assert (row, column) == (2, "Sites web des organismes")
    assert sentence.startswith(told)
