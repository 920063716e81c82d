"""That the code is written in English: every word that a person reads comes out of the catalogues of `locale`."""

import ast
import re

import pytest
from django.conf import settings

WORDS = "(?:le|la|les|des|une|du|au|aux|pour|dans|est|sont|avec|sur|aucun|aucune|ou|qui|ne|pas)"
FRENCH = re.compile(
    "[àâçéèêëîïôùûœÀÂÇÉÈÊÎÔÙŒ«»]|[\u00a0\u202f][:;!?%]"
    r"|(?:^|\W)(?:[ldnsjm]|qu)’[a-z]"
    rf"|(?:^| ){WORDS} | {WORDS}$",
    re.IGNORECASE,
)
FRENCH_BY_NATURE = {
    "accounts/roles.py": "the names of groups, which the database keeps",
    "bonnespratiques/settings.py": "a language is called by its own name",
    "content/folding.py": "how letters are folded",
    "content/typography.py": "how French is set",
    "contributions/consent_wording.py": "the wording that was agreed to, kept word for word",
    "contributions/forms/steps.py": "addresses of pages",
    "manage.py": "said before there are settings, hence any catalogue",
    "newsletter/delivery/bounces.py": "what servers answer",
    "newsletter/readers/consent_wording.py": "the wording that was agreed to, kept word for word",
    "practices/generation": "invented practices in French",
    "practices/importing/countries.py": "what people call countries in their files",
    "practices/importing/reading/files.py": "the mark of UTF-8, read as something else",
    "practices/importing/reading/headings.py": "what people call columns in their files",
    "search/analysis.py": "the words that a search passes by",
}
TELLS = {
    *("CommandError", "Failed", "Refused", "Unreadable", "Warning", "input", "write", "tell"),
    *("fine", "doubtful", "broken", "add_argument", "trying"),
}
"""What shows its arguments to whoever holds the installation. What is wrong with the settings is told before there are
catalogues, in English."""
COMMAND = re.compile(r"chmod |manage\.py [a-z_]+$")
SPOKEN = re.compile(r"[a-zà-ÿ]{3,}[ ’:][^=]*", re.IGNORECASE)


def modules():
    """The modules of the site, by their paths from its root."""
    for path in sorted(settings.BASE_DIR.rglob("*.py")):
        name = path.relative_to(settings.BASE_DIR)
        if not {"tests", "bench", "migrations", "var"} & set(name.parts) and not name.parts[0].startswith("."):
            yield str(name), path


def literals(tree):
    """The strings of some code that are not its docstrings."""
    told = {id(one.value) for one in ast.walk(tree) if isinstance(one, ast.Expr)}
    for one in ast.walk(tree):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in told:
            yield one


def french(source):
    """The strings in French of some code."""
    return [one.value for one in literals(ast.parse(source)) if FRENCH.search(one.value)]


def untranslated(source):
    """The words that some code shows to whoever holds the installation, in no language but its own."""
    found = []
    for call in ast.walk(ast.parse(source)):
        called = isinstance(call, ast.Call) and getattr(call.func, "attr", getattr(call.func, "id", ""))
        if called in TELLS:
            shown = [*call.args, *(one.value for one in call.keywords if one.arg in ("help", "hint"))]
            for argument in shown:
                parts = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
                words = [one.value for one in parts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                found += [one for one in words if SPOKEN.search(one) and not COMMAND.match(one)]
    return found


def test_no_module_holds_french_but_those_that_are_about_it():
    assert {
        name: found
        for name, path in modules()
        if (found := french(path.read_text("utf-8"))) and not name.startswith(tuple(FRENCH_BY_NATURE))
    } == {}


def test_every_exception_is_needed():
    assert [
        one
        for one in FRENCH_BY_NATURE
        if not any(french(path.read_text("utf-8")) for name, path in modules() if name.startswith(one))
    ] == []


def test_what_operators_read_is_translated():
    assert {name: found for name, path in modules() if (found := untranslated(path.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('say("La base ne répond pas.")', ["La base ne répond pas."]),
        ('say(f"Le disque {name} est plein")', ["Le disque ", " est plein"]),
        ('hint = "Prenez un nom plus court ou rien"', ["Prenez un nom plus court ou rien"]),
        ('"""La base."""\nsay(_("The database does not answer."))', []),
    ],
)
def test_french_is_found_wherever_it_is(source, expected):
    assert french(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('raise CommandError("The file is damaged.")', ["The file is damaged."]),
        ('self.stdout.write(f"{count} rows written")', [" rows written"]),
        ('parser.add_argument("--force", help="replace all")', ["replace all"]),
        ('yield broken(_("The file is damaged."), "Restore the last backup.")', ["Restore the last backup."]),
        ('yield broken(_("The file is damaged."), "chmod 600 .env")', []),
        ('self.stdout.write(_("%(count)s rows") % {"count": 2})', []),
    ],
)
def test_what_is_shown_untranslated_is_found(source, expected):
    assert untranslated(source) == expected
