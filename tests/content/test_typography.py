import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.typography import typeset, typeset_html
from tests.typography import faults

TYPED = st.lists(
    st.sampled_from(["mot", "l'", "d'", '"', " ", "«", "»", ":", ";", "!", "?", "...", "12", "%", "(", ")"])
)


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ('L\'atelier : "faire" ensemble!', "L’atelier\u00a0: «\u00a0faire\u00a0» ensemble\u202f!"),
        ("Pourquoi ? Parce que...", "Pourquoi\u202f? Parce que…"),
        ("87% des gens; 12 % des autres", "87\u202f% des gens\u202f; 12\u202f% des autres"),
        ("«Quoi?»", "«\u00a0Quoi\u202f?\u00a0»"),
        ("Voir https://example.org/?q=a;b:c à 8:30", "Voir https://example.org/?q=a;b:c à 8:30"),
        ("écrire à l'un@example.org : oui", "écrire à l'un@example.org\u00a0: oui"),
        ('un écran de 5"', 'un écran de 5"'),
        ("Vraiment ?!", "Vraiment\u202f?!"),
        ("2,5 millions €, 30 €", "2,5 millions €, 30\u00a0€"),
        ("", ""),
    ],
)
def test_what_is_typed_is_set_as_a_printer_would(typed, printed):
    assert typeset(typed) == printed
    assert typeset(printed) == printed


def test_elements_and_entities_stay_as_they_are():
    html = '<p>L\'<strong>essentiel</strong> : <a href="https://e.org/?a=1&amp;b=\'">"ici"</a> &amp; là &lt;!</p>'

    assert typeset_html(html) == (
        "<p>L’<strong>essentiel</strong>\u00a0: "
        '<a href="https://e.org/?a=1&amp;b=\'">«\u00a0ici\u00a0»</a> &amp; là &lt;!</p>'
    )


@given(TYPED.map("".join), TYPED.map("".join))
def test_nested_elements_keep_their_place(one, other):
    html = f"<p><strong><em>{escape(one)}</em></strong>{escape(other)}<br>https://e.org/ <a></a></p>"

    assert re.findall("<[^>]*>", typeset_html(html)) == re.findall("<[^>]*>", html)


def test_quotation_marks_are_paired_across_elements_and_not_across_paragraphs():
    assert typeset_html('<p>"<em>Un</em>"</p><p>5"</p>') == '<p>«\u00a0<em>Un</em>\u00a0»</p><p>5"</p>'


@given(TYPED.map("".join))
def test_setting_twice_is_setting_once_and_changes_no_word(typed):
    once = typeset(typed)

    assert typeset(once) == once
    assert re.findall(r"[^\W_]+", once) == re.findall(r"[^\W_]+", typed)


@given(st.text(st.characters() | st.sampled_from("\ue000\ue001'\"<>&;")))
def test_any_text_is_accepted(typed):
    assert re.findall(r"[^\W_]+", typeset(typed)) == re.findall(r"[^\W_]+", typed)


def test_the_rules_are_those_that_the_collection_keeps():
    assert faults(typeset("L'eau : un \"bien commun\" ! Non ? 3 % ; c'est dit...")) == {}
