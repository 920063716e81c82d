from dataclasses import dataclass
from unittest import mock

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from content.patterns import filled, filled_lines
from facets.declaration import Option

OPTION = "practices/_option.html"
FORM = {"chosen": 3, "narrowed": False, "sort_param": "tri", "sort": "", "sorted": False}


@dataclass(frozen=True)
class Order:
    """A line without a count, as a way to sort is."""

    label: str
    query: str = ""
    current: bool = False


@dataclass(frozen=True)
class SafeOrder(Order):
    """The same, whose label is HTML."""

    label: SafeString


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("count", [0, 1, 2, 12_345])
@pytest.mark.parametrize("selected", [True, False])
@pytest.mark.parametrize("label", ["Île & <b>", "{0} {count}", "%s %% 50 %", "7770777", "l’été"])
def test_a_line_is_what_the_template_alone_would_print(language, count, selected, label):
    option = Option("pays", "a-b", label, count, selected)

    with translation.override(language):
        alone = render_to_string(OPTION, {"line": option}).strip()
        line = filled_lines(OPTION, [option])

    assert line.replace("&#x27;", "&#39;") == alone.replace("&#x27;", "&#39;")


def test_each_line_has_its_own_words():
    lines = [Option(param, one, one.upper(), 2, False) for param in ("pays", "theme") for one in "ab"]

    html = filled_lines(OPTION, lines)

    assert [html.count(f'name="{param}" value="{value}"') for param in ("pays", "theme") for value in "ab"] == [1] * 4


def test_a_pattern_is_rendered_again_in_debug(settings):
    template = "practices/_order.html"
    filled_lines(template, [Order("A")])

    settings.DEBUG = True

    with mock.patch("content.patterns.render_to_string", return_value="changed") as render:
        assert filled_lines(template, [Order("A")]) == "changed"
        assert filled_lines(template, [Order("A")]) == "changed"
    assert render.call_count == 2


def test_words_that_are_safe_are_printed_as_they_are_and_others_escaped():
    template = "practices/_order.html"

    assert "&lt;b&gt;" in filled_lines(template, [Order("<b>")])
    assert "<b>" in filled_lines(template, [SafeOrder(mark_safe("<b>"))])
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
