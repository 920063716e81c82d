"""The newsletter's data, one module a subject."""

from newsletter.models.bounces import Bounce
from newsletter.models.deliveries import Delivery, MailServer
from newsletter.models.digests import Digest, DigestPractice
from newsletter.models.letters import Letter, LetterPractice
from newsletter.models.readers import Consent, ErasedAddress, SavedSearch, Subscriber, Tally

__all__ = [
    "Bounce",
    "Consent",
    "Delivery",
    "Digest",
    "DigestPractice",
    "ErasedAddress",
    "Letter",
    "LetterPractice",
    "MailServer",
    "SavedSearch",
    "Subscriber",
    "Tally",
]
