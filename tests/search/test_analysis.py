import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from search.analysis import stem

WORDS = [
    *("internationalisation", "communications", "handicapees", "cooperatives", "nationalisation", "organisations"),
    *("dependance", "mobilites", "restauration", "recyclages", "solidairement", "insertions"),
]


@pytest.fixture
def eager_threads():
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_threads_that_stem_at_the_same_time_do_not_mix_their_words(eager_threads):
    uncached = stem.__wrapped__
    asked = [(word, language) for word in WORDS for language in ("fr", "en")] * 20
    expected = [uncached(*one) for one in asked]

    with ThreadPoolExecutor(4) as threads:
        rounds = list(threads.map(lambda _number: [uncached(*one) for one in asked], range(4)))

    assert rounds == [expected] * 4
