import pytest

from mail.refusals import Fault, code_in, fault_of, is_about_one, likeness, says_unknown

OURS, PASSING, ADDRESS = Fault.OURS, Fault.PASSING, Fault.ADDRESS

ANSWERS = [
    # The sender, the way, the policy.
    ("550 5.1.8 Sender address rejected: Domain not found", OURS),
    ("554 5.7.1 Relay access denied", OURS),
    ("554 5.7.1 <a@user-unknown.example>: Relay access denied", OURS),
    ("550 5.4.5 Daily user sending limit exceeded", OURS),
    ("550 5.7.1 Client host [192.0.2.1] blocked using zen.example.org", OURS),
    ("550 5.1.2 Relay not allowed", OURS),
    ("553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", OURS),
    ("550 relay not permitted", OURS),
    ("552 5.2.3 Message size exceeds fixed limit", OURS),
    ("554 5.6.0 Message content rejected", OURS),
    ("550 5.7.26 This mail has been blocked because the sender is unauthenticated", OURS),
    ("554 rejected: the message looks like spam", OURS),
    # The mailbox for now, or nothing certain.
    ("550 no", PASSING),
    ("552 5.2.2 Mailbox full", PASSING),
    ("552 mailbox is over quota", PASSING),
    ("550 Requested action not taken: mailbox unavailable", PASSING),
    ("550 5.1.4 ambiguous", PASSING),
    # Certainties.
    ("550 5.1.1 no such user", ADDRESS),
    ("550 5.1.1 <sender-limit@spam.relay.example>: Recipient address rejected: User unknown", ADDRESS),
    ("550-5.1.1 The email account that you tried to reach does not exist.", ADDRESS),
    ("556 5.1.10 Recipient has null MX", ADDRESS),
    ("550 5.2.1 The mailbox is disabled", ADDRESS),
    ("550 No such user here", ADDRESS),
    ("554 delivery error: dd This user doesn't have a yahoo.com account", ADDRESS),
]


@pytest.mark.parametrize(("answer", "fault"), ANSWERS, ids=[answer for answer, _fault in ANSWERS])
def test_an_answer_says_whose_fault_a_refusal_is(answer, fault):
    assert fault_of("", answer) is fault


REPORTS = [
    ("5.0.0", "smtp; 554 Virus Detected", OURS),
    ("5.0.0", "smtp; 552 5.2.2 Mailbox Full", PASSING),
    ("5.0.0", "smtp; 550 5.1.1 User unknown", ADDRESS),
    ("5.0.0", "smtp; 550 delivery failed", PASSING),
    ("5.1.0", "smtp; 550 192.0.2.1 is not allowed to send mail from example.org (SPF)", OURS),
    ("5.1.0", "smtp; 550 address rejected", PASSING),
    ("5.1.8", "smtp; 550 rejected", OURS),
    ("5.2.3", "smtp; 552 too big", OURS),
    ("5.7.1", "smtp; 550 5.1.1 no such user", OURS),
    ("5.2.2", "smtp; 550 no such user", PASSING),
    ("4.4.7", "smtp; delivery time expired", PASSING),
    *((f"5.1.{detail}", "", ADDRESS) for detail in (1, 2, 3, 6, 10)),
    *((f"5.1.{detail}", "", PASSING) for detail in (4, 5, 11)),
    *((f"5.1.{detail}", "", OURS) for detail in (7, 9)),
    ("5.2.1", "", ADDRESS),
    ("5.2.10", "", PASSING),
]


@pytest.mark.parametrize(("status", "diagnostic", "fault"), REPORTS)
def test_the_code_of_a_report_wins_unless_it_says_nothing(status, diagnostic, fault):
    assert fault_of(status, diagnostic) is fault


def test_two_answers_are_alike_when_they_differ_by_names_and_numbers_only():
    first = "550 5.7.1 <a@example.org>: Client host [192.0.2.1] blocked; id=4Qf2"
    second = "550 5.7.1 <b.c@example.com>: Client host [192.0.2.9] blocked; id=88Zz"

    assert likeness(first) == likeness(second)
    assert len({likeness(one) for one in (first, first.replace("5.7.1", "5.7.2"), "550 5.7.1 other words", "")}) == 4


def test_a_refusal_for_now_is_about_one_addressee_when_it_says_so():
    about_one = ["451 4.7.1 Greylisted", "450 4.2.0 wait", "450 4.1.1 unknown for now", "451 grey-listing in action"]
    about_all = ["451 4.7.1 try again later", "421 4.3.2 too busy", "TimeoutError: timed out"]

    assert [is_about_one(said) for said in [*about_one, *about_all]] == [True] * 4 + [False] * 3


def test_an_address_of_the_internet_is_no_code():
    assert [code_in(said) for said in ("550 from 5.1.1.5", "250 2.0.0 ok", "smtp;550-5.1.1 no")] == ["", "", "5.1.1"]


def test_words_say_unknown_when_they_accuse_nobody_else():
    assert says_unknown("Sorry, no mailbox here by that name. (#5.1.1)")
    assert not says_unknown("Your message was blocked as spam; unknown user")
