import pytest
from hypothesis import given
from hypothesis import strategies as st

from contributions.proposals.conversion import as_html
from contributions.updates import as_text


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("", ""),
        ("Un.\r\n\r\nDeux\r\ntrois.", "<p>Un.</p><p>Deux<br>trois.</p>"),
        ("- du bois\n- du fer", "<ul><li>du bois</li><li>du fer</li></ul>"),
        ("- du bois\net du fer", "<p>- du bois<br>et du fer</p>"),
        ("<script>alert(1)</script> & co", "<p>&lt;script&gt;alert(1)&lt;/script&gt; &amp; co</p>"),
    ],
)
def test_what_is_typed_in_a_box_becomes_paragraphs_and_lists(typed, html):
    assert as_html(typed) == html


LINE = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="-–•*"), min_size=1, max_size=12)


@given(st.lists(st.lists(LINE, min_size=1, max_size=3), min_size=1, max_size=4), st.booleans())
def test_a_section_made_of_what_was_typed_reads_as_it_was_typed(blocks, listed):
    mark = "- " if listed else ""
    typed = "\n\n".join("\n".join(mark + line for line in block) for block in blocks)

    assert as_text(as_html(typed)) == typed
