import stat

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from newsletter.models import Consent, Subscriber
from newsletter.readers import csv_files, subscriptions
from tests.newsletter.makers import make_reader

pytestmark = pytest.mark.django_db
HEAD = "email,consent_at,consent_wording,consent_source,language,letters,frequency"
GOOD = "colette@example.org,2025-03-01,formule-2025,salon de Lille,fr,oui,weekly"


@pytest.fixture
def table(tmp_path):
    """Call it with lines: it writes them to a file and returns its path."""

    def write(*lines, head=HEAD, encoding="utf-8"):
        path = tmp_path / "lecteurs.csv"
        path.write_bytes("\r\n".join([head, *lines]).encode(encoding))
        return path

    return write


def test_a_reader_comes_with_her_consent_and_gets_nothing_for_that(table, send_mail):
    call_command("import_subscribers", table(GOOD), verbosity=0)

    reader = Subscriber.objects.get()
    [proof] = reader.consents.all()
    assert (reader.email, reader.state, reader.letters, reader.frequency) == (
        "colette@example.org",
        "active",
        True,
        "weekly",
    )
    assert (proof.wording, proof.source, proof.confirmed_at.year) == ("formule-2025", "salon de Lille", 2025)
    assert reader.next_digest_at is not None
    assert send_mail() == []


def test_a_dry_run_says_the_same_and_writes_nothing(table, capsys):
    call_command("import_subscribers", table(GOOD), dry_run=True)

    assert "À ajouter\u00a0: 1" in capsys.readouterr().out
    assert Subscriber.objects.count() == 0


PROBLEMS = {
    "no address": (",2025-03-01,f,s,,,", "ligne 3, email"),
    "a bad address": ("colette,2025-03-01,f,s,,,", "ligne 3, email"),
    "no date": ("a@b.fr,,f,s,,,", "ligne 3, consent_at"),
    "a date to come": ("a@b.fr,2999-01-01,f,s,,,", "ligne 3, consent_at"),
    "the year one": ("a@b.fr,0001-01-01,f,s,,,", "ligne 3, consent_at"),
    "a word for a date": ("a@b.fr,hier,f,s,,,", "ligne 3, consent_at"),
    "no wording": ("a@b.fr,2025-03-01,,s,,,", "ligne 3, consent_wording"),
    "no source": ("a@b.fr,2025-03-01,f,,,,", "ligne 3, consent_source"),
    "a long source": (f"a@b.fr,2025-03-01,f,{'s' * 201},,,", "ligne 3, consent_source"),
    "a long wording": (f"a@b.fr,2025-03-01,{'f' * 41},s,,oui,", "ligne 3, consent_wording"),
    "a long address": (f"{'a' * 64}@{'b' * 63}.{'c' * 63}.{'d' * 63}.fr,2025-03-01,f,s,,oui,", "ligne 3, email"),
    "an unknown language": ("a@b.fr,2025-03-01,f,s,xx,,", "ligne 3, language"),
    "an unknown frequency": ("a@b.fr,2025-03-01,f,s,,,hourly", "ligne 3, frequency"),
    "neither yes nor no": ("a@b.fr,2025-03-01,f,s,,peut-être,", "ligne 3, letters"),
    "nothing wanted": ("a@b.fr,2025-03-01,f,s,,non,", "ligne 3, letters"),
    "twice the same": ("COLETTE@example.org,2025-03-01,f,s,,oui,", "ligne 3, email\u00a0: déjà à la ligne 2"),
}


@pytest.mark.parametrize(("line", "where"), PROBLEMS.values(), ids=PROBLEMS)
def test_one_problem_is_told_with_its_line_and_column_and_nothing_is_written(table, capsys, line, where):
    with pytest.raises(CommandError, match="Rien n’a été écrit"):
        call_command("import_subscribers", table(GOOD, line))

    assert where in capsys.readouterr().err
    assert Subscriber.objects.count() == 0


@pytest.mark.parametrize("column", ["email", "consent_at", "consent_wording", "consent_source"])
def test_the_columns_of_consent_are_required(table, capsys, column):
    with pytest.raises(CommandError):
        call_command("import_subscribers", table(head=HEAD.replace(column, "autre")))

    assert f"ligne 1, {column}\u00a0: cette colonne manque" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "encoding", "what"),
    [
        (GOOD.replace("Lille", "Besançon"), "latin-1", "UTF-8"),
        ('a@b.fr,"' + "x" * 200_000, "utf-8", "ne se lit pas"),
        ("a@b.fr,2025-03-01,f,s\x00,,,", "utf-8", "ligne 2"),
    ],
    ids=["latin", "broken quote", "NUL"],
)
def test_a_file_that_is_no_table_in_utf_8_is_refused(table, capsys, line, encoding, what):
    with pytest.raises(CommandError, match="Rien n’a été écrit"):
        call_command("import_subscribers", table(line, encoding=encoding))

    assert what in capsys.readouterr().err


def test_a_file_of_a_spreadsheet_is_read(table):
    path = table(GOOD.replace(",", ";"), head="\ufeff" + HEAD.replace(",", ";"))

    call_command("import_subscribers", path, verbosity=0)

    assert Subscriber.objects.count() == 1


def test_an_erased_address_is_kept_out_and_one_that_left_or_is_blocked_stays_so(table, capsys):
    make_reader("partie@example.org", state="left")
    make_reader("bloquee@example.org", state="blocked")
    make_reader("Effacee@example.org")
    subscriptions.erase("Effacee@example.org")
    rows = [GOOD.replace("colette", name) for name in ("partie", "bloquee", "effacee")]

    call_command("import_subscribers", table(*rows))

    told = capsys.readouterr().out
    assert "À ajouter\u00a0: 0\u202f; déjà connues, laissées telles quelles\u00a0: 2" in told
    assert "effacées, tenues dehors\u00a0: 1" in told
    assert dict(Subscriber.objects.values_list("email", "state")) == {
        "partie@example.org": "left",
        "bloquee@example.org": "blocked",
    }


def test_what_is_exported_can_be_imported_again(tmp_path):
    make_reader("=1+1@example.org", frequency="monthly")
    make_reader("Colette@example.org", language="en")
    path = tmp_path / "export.csv"
    call_command("export_subscribers", path)
    before = list(Subscriber.objects.order_by("email").values_list("email", "language", "letters", "frequency"))
    Subscriber.objects.all().delete()

    call_command("import_subscribers", path)

    assert list(Subscriber.objects.order_by("email").values_list("email", "language", "letters", "frequency")) == before
    assert Consent.objects.count() == 2
    assert "\n=" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("wording", ["=1+1", "'=1+1", "''-2", "'formule'"])
def test_the_words_of_a_consent_come_back_as_they_were(tmp_path, wording):
    make_reader("colette@example.org")
    Consent.objects.update(wording=wording)
    path = tmp_path / "export.csv"
    call_command("export_subscribers", path)
    Subscriber.objects.all().delete()

    call_command("import_subscribers", path)

    assert Consent.objects.get().wording == wording


def test_an_export_imported_elsewhere_brings_back_nobody_who_left_and_nobody_who_is_blocked(tmp_path, capsys):
    subscriptions.leave(make_reader("partie@example.org").key)
    make_reader("bloquee@example.org", state="blocked")
    make_reader("colette@example.org")
    path = tmp_path / "export.csv"
    call_command("export_subscribers", path)
    Subscriber.objects.all().delete()

    call_command("import_subscribers", path)

    assert dict(Subscriber.objects.values_list("email", "state")) == {
        "bloquee@example.org": "blocked",
        "colette@example.org": "active",
    }
    assert "désinscrites, laissées dehors\u00a0: 1" in capsys.readouterr().out


def test_an_export_does_not_write_over_a_file(tmp_path):
    (tmp_path / "export.csv").write_text("précieux")

    with pytest.raises(CommandError, match="ne peut être créé"):
        call_command("export_subscribers", tmp_path / "export.csv")


CELLS = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=30),
    st.sampled_from(
        ["a@example.org", "0001-01-01", "9999-12-31T23:59:59-12:00", "weekly", "oui", "=1", "\u2028", "\x00"]
    ),
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=300), st.lists(st.lists(CELLS, max_size=9), max_size=6)))
def test_no_file_makes_the_import_raise_and_a_row_is_a_problem_or_a_reader(tmp_path, content):
    path = tmp_path / "readers.csv"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        lines = [",".join([*csv_files.REQUIRED, *csv_files.OPTIONAL]), *map(",".join, content)]
        path.write_text("\n".join(lines), encoding="utf-8", newline="")

    reading = csv_files.read(path)

    assert reading.problems or all(row.email for row in reading.rows)


def test_a_thousand_rows_take_few_queries_to_read(table, django_assert_max_num_queries):
    path = table(*(GOOD.replace("colette", f"l{number}") for number in range(1000)))

    with django_assert_max_num_queries(3):
        call_command("import_subscribers", path, dry_run=True)


def test_what_is_taken_is_what_the_models_accept_whatever_else_the_line_says(table, capsys):
    with pytest.raises(CommandError):
        call_command("import_subscribers", table(f"a@b.fr,2025-03-01,{'f' * 41},{'s' * 201},xx,,sometimes"))
    told = capsys.readouterr().err
    call_command("import_subscribers", table(f"a@b.fr,2025-03-01,{'f' * 40},{'s' * 200},fr,oui,weekly"), verbosity=0)

    for column in ("consent_wording", "consent_source", "language", "frequency"):
        assert told.count(f"ligne 2, {column}\u00a0: ") == 1
    reader = Subscriber.objects.get()
    reader.full_clean()
    Consent.objects.get(subscriber=reader).full_clean()
    assert reader.told_since == reader.seen_at


def test_many_readers_are_taken_in_as_many_questions_as_one(table, django_assert_max_num_queries):
    lines = [f"lectrice{number}@example.org,2025-03-01,f,s,fr,oui," for number in range(50)]

    with django_assert_max_num_queries(12):
        call_command("import_subscribers", table(*lines), verbosity=0)

    assert (Subscriber.objects.count(), Consent.objects.exclude(subscriber=None).count()) == (50, 50)
