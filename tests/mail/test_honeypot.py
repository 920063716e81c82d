import re
from pathlib import Path

import pytest
import time_machine

from mail.honeypot import SHOWN, HoneypotForm, new_age

ROOT = Path(__file__).resolve().parents[2]
NOON = "2026-11-24T12:00:00+00:00"


def sent(after, **data):
    """A form shown at noon and sent some seconds later."""
    with time_machine.travel(NOON, tick=False):
        age = new_age()
    with time_machine.travel(NOON, tick=False) as clock:
        clock.shift(after)
        form = HoneypotForm({"age": age, **data})
        return form.trapped, form.untimely, form.age_to_send == age


@pytest.mark.parametrize(
    ("after", "untimely", "comes_back"),
    [(0, True, True), (1.9, True, True), (2, False, True), (86_399, False, True), (86_402, True, False)],
)
def test_a_form_is_neither_sent_at_once_nor_kept_for_days(after, untimely, comes_back):
    assert sent(after) == (False, untimely, comes_back)


@pytest.mark.parametrize("age", ["", "x", "1764000000.0", "1764000000.0.x.y", "é" * 300])
def test_an_age_that_is_not_ours_is_worth_none(age):
    assert sent(60, age=age) == (False, True, False)


def test_what_fills_in_the_field_that_nobody_sees_is_caught():
    assert sent(60, homepage_url="https://spam.example") == (True, False, True)
    assert sent(60, homepage_url="") == (False, False, True)


def test_a_new_form_is_shown_now():
    with time_machine.travel(NOON, tick=False):
        assert SHOWN.read(HoneypotForm().age_to_send) == "1795521600.0"


def test_no_other_form_has_a_trap_of_its_own():
    trap = re.compile("homepage_url\\s*=|newsletter\\.form\\b")

    found = [path for app in ("contributions", "mail", "newsletter") for path in (ROOT / app).rglob("*.py")]

    assert [one.name for one in found if trap.search(one.read_text(encoding="utf-8"))] == ["honeypot.py"]
