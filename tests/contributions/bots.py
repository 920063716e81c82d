"""What programs send to the forms of proposals, from many networks at once; `bench/bots.py` sends the most."""

import time
from collections import Counter
from itertools import count, cycle

from mail.honeypot import SHOWN
from tests.contributions.makers import ANSWERS
from tests.uploads import document, sent

VICTIMS = [f"victime{number}@example.org" for number in range(5)]
"""Mailboxes of others, which the programs would like to fill."""


def aged(seconds):
    """A form as it was shown some seconds ago."""
    return SHOWN.sign(f"{time.time() - seconds:.1f}")


def storm(client, posts, networks):
    """Send that many forms, each program in its own way; return how many got each answer, as {status: number}.

    Some fill in what nobody sees, some do not wait, some replay an old form; the patient ones write a whole proposal in
    the name of a victim, join a document and a program to it, and ask for its link again and again.
    """
    answers, addresses, victims = Counter(), cycle(range(networks)), cycle(VICTIMS)

    def post(path, **fields):
        answers["all"] += 1
        network = next(addresses)
        forwarded = {"X-Forwarded-For": f"203.0.{network // 250}.{network % 250 + 1}"}
        answer = client.post(path, fields, headers=forwarded)
        answers[answer.status_code] += 1
        return answer

    for number in count():
        if answers["all"] >= posts:
            return answers
        first = {**ANSWERS["essentiel"], "title": f"Achetez {number}", "homepage_url": "", "age": aged(60)}
        way = number % 5
        if way == 0:
            post("/proposer/nouvelle/", **{**first, "homepage_url": "http://spam.example"})
        elif way == 1:
            post("/proposer/nouvelle/", **{**first, "age": aged(0)})
        elif way == 2:
            post("/proposer/nouvelle/", **{**first, "age": aged(3 * 24 * 3600)})
        else:
            answer = post("/proposer/nouvelle/", **first)
            if answer.status_code == 302:
                draft = answer.url.rsplit("/", 2)[0] + "/"
                _insist(post, draft, next(victims), whole=way == 4)


def _insist(post, draft, victim, whole):
    """Have a message sent to a victim: for a draft, or for a proposal written to the end."""
    if whole:
        for step, answers in ANSWERS.items():
            post(f"{draft}{step}/", **{**answers, **({"email": victim} if step == "vous" else {})})
        post(f"{draft}image-et-documents/", document_1=document(), document_2=sent(b"MZ" * 5000, "prime.pdf"))
        post(f"{draft}relire/")
    else:
        post(f"{draft}garder/", email=victim)
    post(f"{draft}envoi/")
