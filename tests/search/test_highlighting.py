"""Words found are marked, and nothing in a text becomes markup."""

import re

from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from search.analysis import asked_words
from search.highlighting import highlighted


def test_words_are_marked_whatever_their_accents_and_endings():
    assert highlighted("Été & jardins <b>", asked_words("ete jardin")) == (
        "<mark>Été</mark> &amp; <mark>jardins</mark> &lt;b&gt;"
    )


@given(st.text(), st.text())
def test_marking_keeps_the_text_and_adds_nothing_but_marks(text, asked):
    marked = highlighted(text, asked_words(asked))

    assert re.sub(r"</?mark>", "", marked) == escape(text)
