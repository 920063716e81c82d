import pytest
from hypothesis import given
from hypothesis import strategies as st

from practices.richtext import clean_html

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
