"""Pairs of requests that meet on one mailed link: whichever comes first, what is erased or left stays so."""

import threading

from django.db import connections
from django.test import Client
from django.urls import reverse

from contributions.links import FOLLOW, WRITE
from contributions.models import Message, Proposal
from contributions.models.proposals import State
from newsletter import tokens
from newsletter.models import Consent, Subscriber
from newsletter.readers import subscriptions
from tests.contributions.makers import ANSWERS, make_proposal
from tests.newsletter.makers import make_reader

SAVE = {"action": "save", "letters": "on", "frequency": "weekly", "language": "fr"}


def together(*requests):
    """Send each (path, data) from a thread of its own, all at once; return their status codes."""
    start, answers = threading.Barrier(len(requests)), {}

    def send(path, data):
        client = Client(raise_request_exception=False)
        start.wait(10)
        answers[path, str(data)] = client.post(path, data).status_code
        connections.close_all()

    threads = [threading.Thread(target=send, args=one) for one in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return list(answers.values())


def erase_and_save():
    """A reader has herself erased while another window saves her choices; True when she is back."""
    reader = make_reader()
    path = reverse("newsletter:preferences", args=[tokens.PREFERENCES.make(reader)])
    codes = together((path, {"action": "erase"}), (path, SAVE))
    known = Subscriber.objects.filter(email_key=reader.email_key), Consent.objects.filter(email_key=reader.email_key)
    return any(one.exists() for one in known), codes


def leave_and_save():
    """A reader leaves while another window saves her choices; True when she is still written to."""
    reader = make_reader()
    path = reverse("newsletter:preferences", args=[tokens.PREFERENCES.make(reader)])
    codes = together((path, {"action": "leave"}), (path, SAVE))
    reader.refresh_from_db()
    return reader.state != "left" or reader.letters or reader.consents.standing().exists(), codes


def erase_and_confirm():
    """An address is erased while it confirms a request; True when a reader is there without the proof of consent."""
    reader = make_reader()
    asked = subscriptions.ask(reader.email, language="fr", letters=True, frequency="weekly")
    codes = together(
        (reverse("newsletter:preferences", args=[tokens.PREFERENCES.make(reader)]), {"action": "erase"}),
        (reverse("newsletter:confirm", args=[tokens.CONFIRM.make(asked)]), {}),
    )
    known = Subscriber.objects.filter(email_key=reader.email_key), Consent.objects.filter(email_key=reader.email_key)
    return any(one.exists() for one in known), codes


def _proposal_and(path_of_other):
    draft = make_proposal(state=State.DRAFT)
    follow = reverse("contributions:follow", args=[FOLLOW.make(draft)])
    codes = together((follow, {"action": "erase"}), path_of_other(draft))
    left = Proposal.objects.filter(created_at=draft.created_at), Message.objects.filter(proposal=draft.pk)
    return any(one.exists() for one in left), codes


def erase_and_write():
    """An author has a draft erased while another window saves a step of it; True when it is back."""
    return _proposal_and(
        lambda draft: (reverse("contributions:step", args=[WRITE.make(draft), "recit"]), ANSWERS["recit"])
    )


def erase_and_keep():
    """An author has a draft erased while another window asks for its link; True when it is back."""
    return _proposal_and(
        lambda draft: (reverse("contributions:keep", args=[WRITE.make(draft)]), {"email": draft.email})
    )


RACES = [erase_and_save, leave_and_save, erase_and_confirm, erase_and_write, erase_and_keep]


def run(race, rounds):
    """Run a race so many times; return how often what was gone came back, and how often a request failed."""
    back = failed = 0
    for _number in range(rounds):
        came_back, codes = race()
        back += bool(came_back)
        failed += len(codes) != 2 or any(code >= 500 for code in codes)
    return back, failed
