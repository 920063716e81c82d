import io
from types import SimpleNamespace

import pytest
from openpyxl import Workbook

from bench.pages_before_after.canonical import body_of, headers_of
from bench.pages_before_after.forms import forms_of
from bench.pages_before_after.markup import canonical_html
from bench.pages_before_after.post import canonical_mail
from bench.pages_before_after.visitor import Answer

PAGE = '<main id="top" class="card card--new"><p>Un <em>mot</em> ici</p>\n<input name="q" value="a b"></main>'


def answer(body=b"", kind="text/html", **headers):
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return Answer("/", "200 OK", [("Content-Type", kind), *named], body)


@pytest.mark.parametrize(
    "same",
    [
        PAGE.replace('id="top" class="card card--new"', 'class="card  card--new"\n id="top"'),
        PAGE.replace("card card--new", "card--new card"),
        PAGE.replace("<p>", "\n   <p>\n  "),
        PAGE.replace("Un <em>", "Un\n  <em>"),
        PAGE.replace("<main", "<!-- a note --><main"),
        PAGE.replace('value="a b"', "value='a&#32;b'"),
    ],
)
def test_what_nobody_sees_is_no_difference(same):
    assert canonical_html(same) == canonical_html(PAGE)


@pytest.mark.parametrize(
    "other",
    [
        PAGE.replace("card--new", "card--old"),
        PAGE.replace("card card--new", "card"),
        PAGE.replace('id="top"', 'id="haut"'),
        PAGE.replace("Un <em>", "Un<em>"),
        PAGE.replace("mot</em> ici", "mot </em>ici"),
        PAGE.replace("mot", "Mot"),
        PAGE.replace(" ici", "\u00a0ici"),
        PAGE.replace('value="a b"', 'value="a  b"'),
        PAGE.replace("<p>Un", "<p>Un</p><p>"),
        PAGE.replace("</main>", "<script>go()</script></main>"),
    ],
)
def test_what_somebody_may_see_is_a_difference(other):
    assert canonical_html(other) != canonical_html(PAGE)


def test_the_white_space_of_preformatted_text_is_kept():
    assert canonical_html("<pre>a\n  b</pre>") != canonical_html("<pre>a b</pre>")


def test_what_chance_and_builds_write_into_a_page_is_left_out():
    def page(token, build):
        return answer(
            f'<input name="csrfmiddlewaretoken" value="{token}"><link href="/static/css/site.{build}.css">'.encode()
        )

    assert body_of(page("abc", "0123456789ab")) == body_of(page("xyz", "ba9876543210"))
    assert body_of(page("abc", "0123456789ab"))[1] == '<link href="/static/css/site.css">'


def test_headers_are_told_in_order_and_compared_by_what_they_mean():
    first = answer(b"abc", ETag='"1"', Content_Length="3", Vary="Cookie", Set_Cookie="csrf=x; Path=/; Secure")
    same = answer(b"abcd", Set_Cookie="csrf=y; Path=/; Secure", Vary="Cookie", Content_Length="4", ETag='"2"')

    assert headers_of(first) == headers_of(same)
    assert headers_of(first) == [
        "content-length: that of the body",
        "content-type: text/html",
        "etag: strong",
        "set-cookie: csrf=•; Path=/; Secure",
        "vary: Cookie",
    ]


@pytest.mark.parametrize(
    "other",
    [
        answer(b"abc", ETag='W/"1"', Content_Length="3", Vary="Cookie"),
        answer(b"abc", ETag='"1"', Content_Length="2", Vary="Cookie"),
        answer(b"abc", ETag='"1"', Content_Length="3", Vary="Accept"),
        answer(b"abc", ETag='"1"', Content_Length="3", Vary="Cookie", Cache_Control="no-store"),
        answer(b"abc", Content_Length="3", Vary="Cookie"),
    ],
)
def test_a_changed_header_is_a_difference(other):
    assert headers_of(other) != headers_of(answer(b"abc", ETag='"1"', Content_Length="3", Vary="Cookie"))


def workbook(value):
    book, file = Workbook(), io.BytesIO()
    book.active["A1"] = value
    book.save(file)
    return answer(file.getvalue(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def test_the_type_of_a_cell_counts():
    assert body_of(workbook(2019)) == body_of(workbook(2019))
    assert body_of(workbook(2019)) != body_of(workbook("2019"))


def message(boundary="==1==", uid="aa", word="Bonjour"):
    raw = (
        f"Subject: Une lettre\r\nMessage-ID: <{uid}@a.example>\r\n"
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n--{boundary}\r\n\r\n{word}\r\n'
    )
    return SimpleNamespace(
        content=raw.encode(), mail_from=f"retours+bounce-{uid}-{uid}@a.example", rcpt_tos=["b@example.org"]
    )


def test_of_a_mail_only_what_chance_draws_is_left_out():
    assert canonical_mail(message()) == canonical_mail(message(boundary="==2==", uid="bb"))
    assert canonical_mail(message()) != canonical_mail(message(word="Bonsoir"))
    assert canonical_mail(message())[:4] == [
        "MAIL FROM retours+bounce-•@a.example",
        "RCPT TO ['b@example.org']",
        "Subject: Une lettre",
        "Message-ID: <•@a.example>",
    ]


def test_a_form_sends_what_a_browser_would():
    [form] = forms_of(
        '<form action="/x/"><input name="a" value="1"><input type="checkbox" name="b" value="2" checked>'
        '<input type="checkbox" name="b" value="3"><textarea name="c">\nun\n</textarea><input type="file" name="f">'
        '<select name="d"><option value="4"><option value="5" selected></select><select name="e"><option value="6">'
        '</select><input name="off" value="7" disabled><button name="go" value="8">Go</button></form>'
    )

    assert form.filled({}) == {"a": ["1"], "b": ["2"], "c": ["un\n"], "d": ["5"], "e": ["6"]}
    assert form.filled({"b": [], "go": "8"}) == {
        "a": ["1"],
        "b": [],
        "c": ["un\n"],
        "d": ["5"],
        "e": ["6"],
        "go": ["8"],
    }
    with pytest.raises(LookupError, match="nowhere"):
        form.filled({"nowhere": "1"})
