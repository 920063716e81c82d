import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.spreadsheets import FORMULA, guarded, harmless, unguarded

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("start", FORMULA)
def test_what_a_spreadsheet_takes_for_a_formula_is_behind_an_apostrophe(start):
    assert guarded(f"{start}1+1") == harmless(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("text", ["", "L’Atelier", "'tis", "1 - 2", " =1", "a@b.fr"])
def test_other_texts_stay_as_they_are(text):
    assert guarded(text) == harmless(text) == unguarded(text) == text


@given(st.text("'=+-@\t\ra", max_size=6))
def test_every_text_comes_back(text):
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(FORMULA)


@given(st.text("'=+-@\t\ra", max_size=6))
def test_what_is_harmless_already_is_not_touched_again(text):
    assert harmless(harmless(text)) == harmless(text)
    assert harmless(guarded(text)) == guarded(text)


def test_no_other_module_guards_cells():
    listed = re.compile(r"""["']=["'],\s*["']\+["']""")

    found = [
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob("*/**/*.py")
        if path.parts[len(ROOT.parts)] not in ("tests", "bench", ".venv", "var")
        and listed.search(path.read_text(encoding="utf-8"))
    ]

    assert found == ["content/spreadsheets.py"]
