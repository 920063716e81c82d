import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import EDITOR
from practices.importing.columns import columns
from practices.models import (
    Audience,
    Country,
    KeyFigure,
    Kind,
    Link,
    Organisation,
    Practice,
    Revision,
    Sector,
    Step,
    Theme,
)
from tests.factories import make_person, make_practice, make_term
from tests.practices.importing.tables import FULL, csv_of, exported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def vocabularies():
    for model, slug in ((Kind, "initiative"), (Theme, "emploi"), (Sector, "textile")):
        make_term(model, slug)
    make_term(Country, "france", code="FR")


def run(file, data, *options):
    file.write_bytes(data)
    out, err = StringIO(), StringIO()
    try:
        call_command("import_practices", str(file), *options, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), err.getvalue(), str(error)
    return out.getvalue(), err.getvalue(), ""


def test_a_trial_says_what_would_change_and_writes_nothing(tmp_path):
    make_practice(slug="une", place="Lille", themes=["emploi"], sectors=["textile"])
    data = csv_of({"Adresse": "une", "Lieu": "Lyon", "Organismes": "Envie", "Couleur": "bleu"})

    told, faults, error = run(tmp_path / "a.csv", data, "--dry-run")

    assert told.splitlines() == [
        "CSV, UTF-8, séparateur\u00a0: virgule\u202f; lignes\u00a0: 1.",
        "Colonnes laissées de côté\u00a0: Couleur.",
        "ligne 2, Lieu\u00a0: [-Lille-] [+Lyon+]",
        "ligne 2, Organismes\u00a0: [+Envie+]",
        "À créer, Organismes (1)\u00a0: Envie",
        "Nouvelles\u00a0: 0\u202f; changées\u00a0: 1\u202f; inchangées\u00a0: 0\u202f; problèmes\u00a0: 0.",
        "Rien n’a été écrit\u00a0: c’était un essai.",
    ]
    assert (faults, error, Practice.objects.get().place) == ("", "", "Lille")


def test_one_fault_and_nothing_is_written(tmp_path):
    data = csv_of(FULL, {**FULL, "Titre": "Envie", "Pays": "Atlantide"})

    told, faults, error = run(tmp_path / "a.csv", data)

    assert faults == "ligne 3, colonne «\u00a0Pays\u00a0»\u00a0: Inconnu\u00a0: «\u00a0Atlantide\u00a0».\n"
    assert (error, Practice.objects.count()) == ("Rien n’a été écrit\u00a0: corrigez le fichier.", 0)
    assert "Nouvelles\u00a0: 1\u202f; changées\u00a0: 0\u202f; inchangées\u00a0: 0\u202f; problèmes\u00a0: 1." in told


def test_a_workbook_is_written_signed_and_its_terms_made_when_that_is_asked(tmp_path):
    colette = make_person("colette", EDITOR)
    make_practice(slug="une", themes=["emploi"], sectors=["textile"])
    data = exported(Practice.objects.values_list("pk", flat=True), "xlsx")
    Practice.objects.all().delete()
    Theme.objects.all().delete()

    told, faults, error = run(tmp_path / "a.xlsx", data, "--create-terms", "--by", "colette")

    assert (faults, error, told.splitlines()[-1]) == ("", "", "Pratiques écrites\u00a0: 1.")
    assert (Practice.objects.get().slug, Theme.objects.get().name, Revision.objects.get().by) == (
        "une",
        "Emploi",
        colette,
    )


@pytest.mark.parametrize(
    ("options", "data", "sentence"),
    [
        (["--by", "personne"], b"Titre\nUn\n", "Aucun compte ne s’appelle «\u00a0personne\u00a0»."),
        ([], b"", "tout le fichier\u00a0: Le fichier est vide."),
    ],
)
def test_what_cannot_start_says_why(tmp_path, options, data, sentence):
    assert run(tmp_path / "a.csv", data, *options)[2] == sentence


def test_the_documentation_lists_the_columns_there_are():
    text = (Path(__file__).parents[4] / "docs/importer.md").read_text(encoding="utf-8")

    listed = re.findall(r"^\| (.+?) \| `(\w+)` \|", text, re.MULTILINE)

    assert listed == [(column.heading, name) for name, column in columns().items()]


THIRTY = ", ".join(f"mot {number}" for number in range(30))
"""What a separator that nobody expected makes of thirty words: one term, longer than any."""
TOO_LONG = "Assurez-vous que cette valeur comporte au plus {} caractères"


@pytest.mark.parametrize(
    ("cells", "column", "most"),
    [
        ({"Secteurs": THIRTY}, "Secteurs", 120),
        ({"Thèmes": "a" * 121}, "Thèmes", 120),
        ({"Type": "é" * 121}, "Type", 120),
        ({"Publics": f"Jeunes | {'a ' * 60}b"}, "Publics", 120),
        ({"Organismes": f"Envie | {'b' * 201}"}, "Organismes", 200),
    ],
)
def test_a_word_that_no_term_can_be_is_a_problem_of_its_row_before_anything_is_written(tmp_path, cells, column, most):
    before = [model.objects.count() for model in (Sector, Theme, Kind, Audience, Organisation, Practice)]

    for options in (["--create-terms", "--dry-run"], ["--create-terms"]):
        _told, faults, error = run(tmp_path / "a.csv", csv_of({**FULL, **cells}, {**FULL, "Titre": "Deux"}), *options)

        assert faults.startswith(f"ligne 2, colonne «\u00a0{column}\u00a0»\u00a0: «\u00a0")
        assert TOO_LONG.format(most) in faults
        assert (faults.count("\n"), error) == (1, "Rien n’a été écrit\u00a0: corrigez le fichier.")
    assert [model.objects.count() for model in (Sector, Theme, Kind, Audience, Organisation, Practice)] == before


def test_the_longest_term_that_there_can_be_is_made(tmp_path):
    _told, faults, error = run(tmp_path / "a.csv", csv_of({**FULL, "Secteurs": "a" * 120}), "--create-terms")

    assert (faults, error) == ("", "")
    made = Sector.objects.get(name="a" * 120)
    assert made.slug == "a" * 75
    made.full_clean()


# Whatever a table holds

LENGTHS = st.sampled_from([8, 40, 41, 80, 120, 121, 200, 201, 250, 500, 600, 601])
ODD = st.characters(exclude_categories=("Cs",)) | st.sampled_from("|\\\n;,'\"=+-@ \u00a0\u2028\x00é")
LONG = st.builds(lambda text, length: (text * length)[:length], st.text(ODD, min_size=1, max_size=5), LENGTHS)
NUMBERS = st.sampled_from(["2020", "1799", "2101", "-1", "1e3", "99999999999999999999", "0", "3.5", "٣"])
KNOWN = st.sampled_from(
    ["Publiée", "Archivée", "Emploi", "France", "FR", "Initiative", "2024-03-01", "9999-12-31T23:59:59-12:00", "oui"]
)
PARTS = st.sampled_from(["12 | emplois | 2020 | oui", "Un | https://example.org", "javascript:a", "un", "deux", "***"])
CELL = st.just("") | st.text(ODD, max_size=12) | LONG | NUMBERS | KNOWN | PARTS
EVERY = st.sampled_from([*dict.fromkeys(column.heading for column in columns().values())])


@st.composite
def tables(draw):
    headings = draw(st.lists(EVERY, max_size=6, unique=True))
    lines = draw(st.lists(st.lists(CELL, min_size=len(headings), max_size=len(headings)), min_size=1, max_size=3))
    return [FULL | {"Titre": f"Une {at}"} | dict(zip(headings, line, strict=True)) for at, line in enumerate(lines)]


@settings(max_examples=settings.default.max_examples // 5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables(), st.booleans())
def test_a_table_has_problems_or_becomes_rows_that_their_models_accept(tmp_path, table, create):
    options = ["--create-terms"] if create else []
    with transaction.atomic():
        make_practice(slug="un", themes=["emploi"], sectors=["textile"])
        *_told, trial = run(tmp_path / "a.csv", csv_of(*table), "--dry-run", *options)
        *_told, outcome = run(tmp_path / "a.csv", csv_of(*table), *options)

        assert outcome == trial
        for model in (Practice, KeyFigure, Link, Organisation, Country, Sector, Theme, Kind, Audience, Revision, Step):
            for row in model.objects.all():
                row.full_clean(exclude=["by"] if model in (Revision, Step) else None)
        transaction.set_rollback(True)
