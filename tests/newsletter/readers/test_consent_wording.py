from hashlib import sha256

from django.conf import settings

from newsletter.readers.consent_wording import PRESENT, WORDINGS, wording
from tests.typography import faults

# A version that readers have agreed to never changes: to change the words, add a version, and its line here.
KNOWN = {"2026-11": "c4e882fa90fffec61aa1d7cf7d4d8dd491b355ad9e0fd20765f59698042e0978"}


def test_no_word_that_somebody_agreed_to_has_changed():
    digests = {version: sha256(repr(sorted(words.items())).encode()).hexdigest() for version, words in WORDINGS.items()}

    assert digests == KNOWN


def test_the_present_wording_exists_in_every_language_and_is_well_set():
    assert set(WORDINGS[PRESENT]) == {code for code, _name in settings.LANGUAGES}
    assert faults(wording(PRESENT, "fr")) == {}
