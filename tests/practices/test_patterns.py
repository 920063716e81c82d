from dataclasses import dataclass

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import mark_safe

from practices.facets import Option
from practices.patterns import filled, filled_lines

OPTION = "practices/_option.html"
FORM = {"chosen": 3, "narrowed": False, "sort_param": "tri", "sort": "", "sorted": False}


@dataclass(frozen=True)
class Order:
    """A line without a count, as a way to sort is."""

    label: str
    query: str = ""
    current: bool = False


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("count", [0, 1, 2, 12_345])
@pytest.mark.parametrize("selected", [True, False])
@pytest.mark.parametrize("label", ["Île & <b>", "{0} {count}", "7770777", "l’été"])
def test_a_line_is_what_the_template_alone_would_print(language, count, selected, label):
    option = Option("a-b", label, count, selected)

    with translation.override(language):
        alone = render_to_string(OPTION, {"line": option, "param": "pays"}).strip()
        line = filled_lines(OPTION, [option], param="pays")

    assert line.replace("&#x27;", "&#39;") == alone.replace("&#x27;", "&#39;")


def test_each_line_has_its_own_words_and_the_context_they_share():
    lines = [Option("a", "A", 2, False), Option("b", "B", 3, False)]

    html = filled_lines(OPTION, lines, param="pays") + filled_lines(OPTION, lines, param="theme")

    assert [html.count(f'name="{param}" value="{value}"') for param in ("pays", "theme") for value in "ab"] == [1] * 4


def test_words_that_are_safe_are_printed_as_they_are_and_others_escaped():
    template = "practices/_order.html"

    assert "&lt;b&gt;" in filled_lines(template, [Order("<b>")])
    assert "<b>" in filled_lines(template, [Order(mark_safe("<b>"))])
    assert filled_lines(template, []) == ""


def test_a_template_that_only_prints_is_filled_with_escaped_words():
    html = filled("practices/_take_away.html", query="?q=<script>")

    assert html.count("?q=&lt;script&gt;") == 4


def test_a_template_decides_on_the_truth_values_and_the_count_it_is_filled_with():
    several = filled("practices/_filters.html", facets=mark_safe("<i>"), count=2, **FORM | {"narrowed": True})
    one = filled("practices/_filters.html", facets="<i>", count=1, **FORM)

    assert "(3)" in several
    assert "(3)" not in one
    assert "<i>" in several
    assert "&lt;i&gt;" in one
    with translation.override("en"):
        assert "See the 2 practices" in filled("practices/_filters.html", facets="", count=2, **FORM)
        assert "See 1 practice<" in filled("practices/_filters.html", facets="", count=1, **FORM)
