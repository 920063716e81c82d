from hypothesis import given
from hypothesis import strategies as st

from content.spreadsheets import guarded, unguarded
from practices.importing.cells import joined, pieces, rows, table

PIECE = st.text(st.sampled_from("a|\\\n\r' =é\t"), min_size=1).map(str.strip).filter(bool)


@given(st.lists(PIECE))
def test_a_list_in_a_cell_reads_as_it_was_written(items):
    assert pieces(joined(items)) == items


@given(st.lists(st.lists(PIECE, min_size=1)))
def test_rows_in_a_cell_read_as_they_were_written(lines):
    assert rows(table(lines)) == lines


@given(st.text(st.sampled_from("'=+-@a\t\r")))
def test_no_text_is_a_formula_and_each_comes_back(text):
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
