from collections import Counter

import pytest

from contributions.models import Proposal
from contributions.models.proposals import State
from contributions.proposals import writing
from newsletter.models import Tally
from tests.contributions.bots import VICTIMS, storm
from tests.contributions.makers import make_proposal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_programs_leave_the_queue_readable_and_fill_no_mailbox(client, editor_client, kind, settings, send_mail, media):
    settings.BEHIND_PROXY, settings.PROPOSAL_UNCONFIRMED_MB = True, 0.0002
    answers = storm(client, posts=90, networks=30)
    true = make_proposal(state=State.SENT, email="colette@example.org")
    writing.confirm(true)

    page = editor_client.get("/admin/contributions/proposal/")
    messages = send_mail()

    assert [one.pk for one in page.context["cl"].result_list] == [true.pk]
    assert Counter(message.to[0] for message in messages) == {**dict.fromkeys(VICTIMS, 1), "colette@example.org": 1}
    assert {status for status in answers if status != "all"} == {200, 302}
    held = [path.stat().st_size for path in media.rglob("*") if path.is_file()]
    assert (sum(held) <= 200, len(held) > 0) == (True, True)


def test_one_network_is_stopped_at_its_share(client, kind, settings):
    settings.BEHIND_PROXY, settings.PROPOSALS_PER_HOUR = True, 4

    answers = storm(client, posts=60, networks=1)

    assert answers[429] > 0
    assert Proposal.objects.count() <= 4
    assert Tally.objects.count() == 1
