"""Answers to every step, and short ways to make what people bring."""

from itertools import count

from django.utils import timezone

from contributions.consent_wording import PRESENT
from contributions.models import Proposal
from contributions.models.proposals import State
from mail.addresses import address_key

numbers = count(1)

ANSWERS = {
    "essentiel": {"title": "La roulotte qui répare", "teaser": "Un atelier de réparation va de village en village."},
    "qui-ou-quand": {
        "organisation": "Les Bricoleurs du Morvan",
        "website": "example.org/roulotte",
        "place": "Autun",
        "start_year": "2019",
    },
    "recit": {"response": "Nous avons aménagé une roulotte.\n\nElle passe <chaque> semaine.", "results": "On répare !"},
    "sujets": {},
    "chiffres-et-sources": {
        "figure_1_value": "45",
        "figure_1_label": "réparations par mois",
        "link_1_url": "https://example.org/article",
        "link_1_title": "Un article",
    },
    "vous": {
        "name": "Colette Durand",
        "email": "Colette@example.org",
        "role": "coordinatrice",
        "credit": "name",
        "licence": "on",
        "consent": "on",
    },
}


def make_proposal(state=State.RECEIVED, **fields):
    """A proposal that has reached the editors, or stands in another state."""
    number = next(numbers)
    email = fields.pop("email", f"proposante{number}@example.org")
    answers = fields.pop("answers", {step: dict(one) for step, one in ANSWERS.items() if step != "vous"})
    answers["qui-ou-quand"] = {**answers.get("qui-ou-quand", {}), "start_year": 2019}
    if answers["qui-ou-quand"].get("website") == ANSWERS["qui-ou-quand"]["website"]:
        # As the form keeps it.
        answers["qui-ou-quand"]["website"] = "https://example.org/roulotte"
    in_queue = state not in (State.DRAFT, State.SENT)
    return Proposal.objects.create(
        **{
            "state": state,
            "title": answers["essentiel"]["title"],
            "answers": answers,
            "name": "Colette Durand",
            "role": "coordinatrice",
            "email": email,
            "email_key": address_key(email),
            "credit": "name",
            "wording": PRESENT,
            "confirmed_at": timezone.now() if in_queue else None,
            "received_at": timezone.now() if in_queue else None,
            **fields,
        }
    )
