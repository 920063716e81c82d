import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.richtext import clean_html
from mail.plaintext import WIDTH, plain


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("<p>Un.</p>\n<p>Deux.</p>", "Un.\n\nDeux."),
        ("<h2>Titre</h2><p>Un <strong>mot</strong> fort.</p>", "Titre\n\nUn mot fort."),
        ("<p>Avant :</p><ul><li>un</li><li>deux</li></ul><p>Après.</p>", "Avant :\n\n- un\n- deux\n\nAprès."),
        ("<ol><li>un</li><li>deux</li></ol>", "1. un\n2. deux"),
        ('<p>Voir <a href="https://a.org/b">la page</a>.</p>', "Voir la page (https://a.org/b)."),
        ('<p><a href="https://a.org/b">https://a.org/b</a></p>', "https://a.org/b"),
        ('<p><a href="mailto:a@b.fr">a@b.fr</a></p>', "a@b.fr"),
        ("<blockquote><p>Une parole.</p></blockquote>", "> Une parole."),
        ("<p>Une ligne<br>puis une autre</p>", "Une ligne\npuis une autre"),
        ("<p>L’œuvre &amp; « l’été »\u00a0!</p>", "L’œuvre & « l’été »\u00a0!"),
    ],
)
def test_rich_text_reads_without_its_marks(html, text):
    assert plain(html) == text


def test_long_lines_are_folded_and_addresses_are_not_cut():
    address = "https://example.org/" + "a" * 100
    html = f'<p>{"mot " * 60}</p><ul><li>{"point " * 40}<a href="{address}">ici</a></li></ul>'

    lines = plain(html).split("\n")

    assert [line for line in lines if len(line) > WIDTH] == [line for line in lines if address in line]
    assert f"({address})" in plain(html)


@given(st.text())
def test_any_rich_text_gives_a_text_without_a_tag(typed):
    assert "<p>" not in plain(clean_html(typed).replace("&lt;", ""))
