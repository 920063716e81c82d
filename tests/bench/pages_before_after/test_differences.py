import gzip
import json

import pytest

from bench.pages_before_after.differences import compare
from bench.pages_before_after.renaming import Renaming


def recording(path, *records):
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in records)
    return path


def record(key, *body, kind="text/html"):
    return {"key": key, "status": "200 OK", "headers": [f"content-type: {kind}"], "body": list(body)}


def test_each_difference_is_told_once_with_all_the_answers_that_have_it(tmp_path):
    pages = ("founding: GET /", "founding: GET /en/", "founding: GET /a/", "founding: GET /b/")
    before = recording(tmp_path / "a.gz", *(record(key, '<p class="old">') for key in pages), record("gone"))
    after = recording(tmp_path / "b.gz", *(record(key, ' <p class="new">') for key in pages), record("come"))
    said = []

    differ = compare(before, after, Renaming(), say=said.append)

    assert differ
    assert said == [
        "",
        "≠ founding: GET /",
        "≠ founding: GET /en/",
        "≠ founding: GET /a/",
        "  autres : 1",
        "    @@ -3,3 +3,3 @@",
        "     content-type: text/html",
        "     [body]",
        '    -<p class="old">',
        '    + <p class="new">',
        "Disparue : gone",
        "Nouvelle : come",
        "Réponses comparées : 4 ; différentes : 4 ; différences : 1 ; disparues : 1 ; nouvelles : 1.",
    ]


def test_what_a_table_declares_as_renamed_is_no_difference(tmp_path):
    table = tmp_path / "renamed.toml"
    table.write_text(
        '[classes]\ncard = "practice-card"\n[ids]\ntop = "head"\n[data]\ndata-live = "data-list"\n'
        '[static]\n"css/site.css" = "css/base.css"\n'
    )
    link = '<link href="/static/css/{}.css">'
    before = recording(
        tmp_path / "a.gz",
        record(
            "page",
            '<a class="card wide" data-live="1" href="/x/#top" title="a&#10;b">',
            "“card top”",
            link.format("site"),
        ),
        record("static: css/site.css", ".card { color: red } .card__name {}", kind="text/css"),
    )
    after = recording(
        tmp_path / "b.gz",
        record(
            "page",
            '<a class="practice-card wide" data-list="1" href="/x/#head" title="a&#10;b">',
            "“card top”",
            link.format("base"),
        ),
        record("static: css/base.css", ".practice-card { color: red } .card__name {}", kind="text/css"),
    )

    assert compare(before, after, Renaming(), say=lambda line: None)
    assert not compare(before, after, Renaming.read(table), say=lambda line: None)


def test_a_table_of_another_name_is_refused(tmp_path):
    table = tmp_path / "renamed.toml"
    table.write_text('[class]\ncard = "practice-card"\n')

    with pytest.raises(TypeError, match="class"):
        Renaming.read(table)


def test_what_is_left_out_is_not_compared(tmp_path):
    before = recording(tmp_path / "a.gz", record("static: a.css", "a"), record("page", "b"))
    after = recording(tmp_path / "b.gz", record("static: a.css", "b"), record("page", "b"))

    assert compare(before, after, Renaming(), say=lambda line: None)
    assert not compare(before, after, Renaming(), left_out=("static: ",), say=lambda line: None)


def test_a_space_beside_a_tag_counts_unless_one_asks_for_the_rest(tmp_path):
    before = recording(tmp_path / "a.gz", record("page", "<a>", " “Un ”", " <b>", "“ ”", "</b>"))
    after = recording(tmp_path / "b.gz", record("page", "<a>", " “Un”", " <b>", "</b>"))
    other = recording(tmp_path / "c.gz", record("page", "<a>", " “Deux”", " <b>", "</b>"))

    assert compare(before, after, Renaming(), say=lambda line: None)
    assert not compare(before, after, Renaming(), edges=False, say=lambda line: None)
    assert compare(before, other, Renaming(), edges=False, say=lambda line: None)
