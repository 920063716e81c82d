"""Short ways to make readers, with valid defaults."""

import re
from itertools import count
from urllib.parse import urlsplit

from django.utils import timezone

from mail.addresses import address_key
from newsletter import letters
from newsletter.models import Consent, Letter, LetterPractice, Subscriber
from newsletter.models.letters import LetterState
from newsletter.readers import subscriptions
from newsletter.readers.consent_wording import PRESENT

numbers = count(1)


def make_reader(email=None, **fields):
    """A confirmed reader of the letters, with a proof of consent."""
    email = email or f"lectrice{next(numbers)}@example.org"
    reader = Subscriber.objects.create(email=email, email_key=address_key(email), **{"letters": True, **fields})
    Consent.objects.create(
        subscriber=reader,
        email=email,
        email_key=reader.email_key,
        letters=reader.letters,
        wording=PRESENT,
        confirmed_at=timezone.now(),
    )
    return reader


def ask(email="colette@example.org", **wishes):
    """A request, as the form makes it."""
    return subscriptions.ask(email, **{"language": "fr", "letters": True, "frequency": "", **wishes})


def link(message, word):
    """The path in a message that has a word in it."""
    [url] = set(re.findall(rf"https?://\S*/{word}/\S+", message.body))
    return urlsplit(url).path


def make_letter(*, readers=0, practices=(), state=LetterState.SCHEDULED, send_at=None, start=True, **fields):
    """A letter on its way to new readers, or, with `start=False`, in the state given."""
    for _reader in range(readers):
        make_reader()
    words = {"title": f"Lettre {next(numbers)}", "introduction": "<p>Bonjour,</p>", "closing": "<p>À bientôt.</p>"}
    letter = Letter.objects.create(**{**words, **fields, "state": state, "send_at": send_at or timezone.now()})
    for position, practice in enumerate(practices):
        LetterPractice.objects.create(letter=letter, practice=practice, position=position)
    if start:
        letters.start(letter)
    return letter
