from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from mail.honeypot import SHOWN
from newsletter import tokens

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PURPOSES = [tokens.CONFIRM, tokens.PREFERENCES, tokens.STAY, tokens.LEAVE, SHOWN]


@pytest.mark.parametrize("purpose", PURPOSES)
def test_a_word_opens_what_it_was_made_for_and_nothing_else(purpose):
    word = tokens.make(purpose, "abc")

    assert {other: tokens.read(other, word) for other in PURPOSES} == dict.fromkeys(PURPOSES) | {purpose: "abc"}


@pytest.mark.parametrize(("purpose", "days"), [(tokens.CONFIRM, 7), (tokens.PREFERENCES, 7), (SHOWN, 1)])
def test_a_word_expires(purpose, days):
    with time_machine.travel(NOW, tick=False):
        word = tokens.make(purpose, "abc")
    with time_machine.travel(NOW + timedelta(days=days), tick=False):
        before = tokens.read(purpose, word)
    with time_machine.travel(NOW + timedelta(days=days, seconds=1), tick=False):
        after = tokens.read(purpose, word)

    assert (before, after) == ("abc", None)


def test_one_may_leave_with_a_letter_of_ten_years_ago():
    with time_machine.travel(NOW, tick=False):
        word = tokens.make(tokens.LEAVE, "abc")
    with time_machine.travel(NOW + timedelta(days=3650), tick=False):
        assert tokens.read(tokens.LEAVE, word) == "abc"


@pytest.mark.parametrize("forged", ["", "abc", "abc.def.ghi", "é" * 50, "a" * 100_000, "\x00"])
def test_a_forged_word_opens_nothing(forged):
    assert tokens.read(tokens.CONFIRM, forged) is None


@pytest.mark.django_db
def test_the_signature_of_a_return_address_survives_a_change_of_case_and_no_other():
    signature = tokens.stamp("bounce", "0af")

    assert tokens.stamped("bounce", "0af", signature.upper())
    assert not tokens.stamped("leave", "0af", signature)
    assert not tokens.stamped("bounce", "0ae", signature)
