import re

import pytest
from django.test.utils import override_script_prefix
from django.utils.html import escape

from practices.filters import catalogue_index
from practices.presentation.cards import rendered_cards
from tests.factories import make_practice

pytestmark = pytest.mark.django_db


def test_each_card_names_its_own_terms_and_no_others():
    several = make_practice(countries=["france", "malte"], themes=["handicap"], sectors=["textile", "culture"])
    none = make_practice(countries=[], themes=[], sectors=[])
    one = make_practice(countries=["italie"], themes=["emploi", "eau"], sectors=[])
    snapshot = catalogue_index.current()

    html = rendered_cards(snapshot, [one.pk, several.pk, none.pk], "h3")

    cards = html.split("<li><article")[1:]
    fields = ("countries", "themes", "sectors")
    pks = (one.pk, several.pk, none.pk)
    expected = [[name for field in fields for name in snapshot.names(pk, field)] for pk in pks]
    named = [re.findall(r'<span>([^<]+)</span>|<li class="tag[^>]*>([^<]+)<', card) for card in cards]
    assert [[place or tag for place, tag in those] for those in named] == expected
    assert [len(those) for those in expected] == [3, 5, 0]
    assert [("card__unknown" in card, "tags" in card) for card in cards] == [
        (False, True),
        (False, True),
        (True, False),
    ]


def test_cards_lead_to_where_the_site_lives():
    practice = make_practice(slug="dix-0-vingt")

    with override_script_prefix("/site0/"):
        html = rendered_cards(catalogue_index.current(), [practice.pk], "h2", query="?pays=a&tri=titre")

    assert 'href="/site0/bonnes-pratiques/dix-0-vingt/?pays=a&amp;tri=titre"' in html


@pytest.mark.parametrize("text", ["Une \ue000 deux", "<list>", "a&lt;list&gt;b", "%s {0}"])
def test_no_word_of_a_practice_is_taken_for_the_address_of_its_list(text):
    practice = make_practice(slug="une", title=text, teaser=f"« {text} »")

    html = rendered_cards(catalogue_index.current(), [practice.pk], "h2", query="?pays=a")

    assert html.count("?pays=a") == 1
    assert f">{escape(text)}</a>" in html
    assert f">« {escape(text)} »</p>" in html
