"""That what people brought and had erased is not brought back by whoever held it a moment before."""

import pytest
from django.core.exceptions import ValidationError

from contributions import reports, updates
from contributions.models import Message, Proposal, ProposalFile, Remark, Report, Review, Update
from contributions.models.proposals import State
from contributions.models.updates import UpdateState
from contributions.proposals import review, writing
from newsletter.models import Delivery
from practices.models import Practice, Step
from tests.contributions.makers import make_proposal
from tests.factories import make_practice

pytestmark = pytest.mark.django_db
ALL = (Proposal, ProposalFile, Remark, Review, Report, Update, Message, Delivery)

OPINION = {"relevance": 3, "results": 3, "transferability": 3, "comment": "", "favourable": True}
WRITTEN = {
    "save": lambda held, by: writing.save(held, "essentiel", {"title": "Revenue", "teaser": "…"}),
    "save the person": lambda held, by: writing.save(held, "vous", {"name": "X", "email": "x@example.org"}),
    "keep": lambda held, by: writing.keep(held, "x@example.org"),
    "send": lambda held, by: writing.send(held),
    "confirm": lambda held, by: writing.confirm(held),
}
JUDGED = {
    "answer": lambda held, by: writing.answer(held, "Oui."),
    "judge": lambda held, by: review.judge(held, by, OPINION),
    "ask": lambda held, by: review.ask(held, by, "Pourquoi ?"),
    "accept": review.accept,
    "refuse": lambda held, by: review.refuse(held, by, "Trop court."),
}


def rows():
    return {model.__name__: model.objects.count() for model in ALL}


def done(step, *args):
    """What a step gives, or "refused" where it says so."""
    try:
        return step(*args)
    except ValidationError:
        return "refused"


@pytest.mark.parametrize(
    ("state", "step"),
    [
        *(
            pytest.param(state, step, id=f"{name} {state}")
            for name, step in WRITTEN.items()
            for state in (State.DRAFT, State.SENT)
        ),
        *(
            pytest.param(state, step, id=f"{name} {state}")
            for name, step in JUDGED.items()
            for state in (State.RECEIVED, State.QUESTION)
        ),
    ],
)
def test_a_proposal_that_was_erased_is_not_brought_back(editor, kind, state, step):
    held = make_proposal(state=state)
    writing.erase(Proposal.objects.get())

    assert done(step, held, editor) in (None, "refused")
    assert rows() == dict.fromkeys(rows(), 0)
    assert Practice.objects.count() == 0


@pytest.mark.parametrize("name", ["save", "keep", "send"])
def test_a_proposal_that_its_author_has_confirmed_is_not_written_by_who_held_it_before(editor, name):
    held = make_proposal(state=State.DRAFT)
    writing.confirm(Proposal.objects.get())
    before = Proposal.objects.values().get()

    assert WRITTEN[name](held, editor) is None
    assert Proposal.objects.values().get() == before


def test_erasing_twice_is_done_and_leaves_the_page_as_it_is_by_now(editor, kind):
    practice = make_practice(credit="Colette Durand", place="Lyon")
    held = make_proposal(state=State.ACCEPTED, practice=practice)
    Practice.objects.filter(pk=practice.pk).update(place="Bron")

    assert [writing.erase(held), writing.erase(held)] == [True, True]

    practice.refresh_from_db()
    assert (practice.credit, practice.place) == ("", "Bron")


def test_an_update_that_was_erased_is_not_brought_back(editor):
    held = Update.objects.create(practice=make_practice(), email="asso@example.org")
    Update.objects.all().delete()

    updates.confirm(held)
    updates.propose(held, {"place": "Bron"})

    assert done(updates.decide, held, editor, ["place"]) == "refused"
    assert Update.objects.count() == 0
    assert Practice.objects.get().reviewed_on is None


def test_an_update_whose_address_changed_is_not_answered_by_who_held_it_before(editor):
    held = Update.objects.create(practice=make_practice(), email="asso@example.org")
    Update.objects.update(email="autre@example.org")

    updates.confirm(held)
    updates.propose(held, {"place": "Bron"})

    assert Update.objects.get().state == UpdateState.ASKED


def test_a_report_that_was_erased_is_not_brought_back(editor):
    held = Report.objects.create(
        practice=make_practice(), text="Faux", email="paul@example.org", email_key="paul@example.org"
    )
    Report.objects.all().delete()

    assert reports.handle(held, editor, "Merci.") is None
    assert rows() == dict.fromkeys(rows(), 0)


def test_publishing_tells_nobody_of_a_proposal_that_was_erased(kind):
    practice = make_practice()
    writing.erase(make_proposal(state=State.ACCEPTED, practice=practice), keep_credit=True)

    Step.objects.create(practice=practice, transition="publish", status=practice.status)

    assert Message.objects.count() == 0
