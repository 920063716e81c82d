import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.richtext import clean_html, opening

MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<b>", "<a href='javascript:x'>", "<ul><li>", "é", "\n\n", "\u00a0", "&lt;", "<", "a"]
    )
).map("".join)


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<script>alert(1)</script><p>Oui</p>", "<p>Oui</p>"),
        ('<p style="color:red" class="x">Oui</p>', "<p>Oui</p>"),
        ('<p><a href="javascript:alert(1)">Oui</a></p>', '<p><a rel="noopener">Oui</a></p>'),
        ("<p>Bonjour\u00a0!</p>", "<p>Bonjour\u00a0!</p>"),
        ("<h2>Titre</h2><p><strong>Oui</strong></p>", "<h2>Titre</h2><p><strong>Oui</strong></p>"),
        ("Une ligne\nune autre", "<p>Une ligne<br>une autre</p>"),
        ("", ""),
    ],
)
def test_the_vocabulary_is_small(dirty, clean):
    assert clean_html(dirty) == clean


@given(MARKUP)
def test_cleaning_twice_changes_nothing(markup):
    once = clean_html(markup)

    assert clean_html(once) == once


def test_an_opening_is_plain_words_cut_where_a_search_engine_would():
    html = (
        "<p>L’<em>Envie</em> est là\u00a0: <a href='/x'>ici</a>.</p><ul><li>Un &amp; deux</li></ul><p>"
        + "mot " * 90
        + "</p>"
    )

    said = opening(html)

    assert said.startswith("L’Envie est là\u00a0: ici. Un & deux mot mot")
    assert len(said) == 200
    assert opening("") == ""
