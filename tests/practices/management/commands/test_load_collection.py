"""The founding collection: what the fixtures hold, and that loading them is safe."""

import json
import re

import pytest
from django.conf import settings
from django.core import serializers
from django.core.management import call_command

from pages.models import Page
from practices.models import Audience, Country, KeyFigure, Kind, Link, Organisation, Practice, Sector, Theme
from tests.factories import make_practice
from tests.typography import faults

MODELS = (Country, Sector, Theme, Kind, Audience, Organisation, Practice, KeyFigure, Link, Page)
FIXTURES = sorted((settings.BASE_DIR / "fixtures").glob("*.json"))
TAG = re.compile(r"<[^>]+>")

pytestmark = pytest.mark.django_db


def everything():
    rows = (row for model in MODELS for row in model.objects.order_by("pk"))
    return serializers.serialize("json", rows, use_natural_foreign_keys=True)


@pytest.fixture
def collection(db):
    call_command("load_collection", verbosity=0)


def test_the_collection_holds_27_public_practices(collection):
    assert Practice.objects.published().count() == 27


def test_loading_twice_changes_nothing(collection):
    before = everything()

    call_command("load_collection", verbosity=0)

    assert everything() == before


def test_loading_if_empty_leaves_a_catalogue_alone():
    make_practice(title="La mienne")

    call_command("load_collection", "--if-empty", verbosity=0)

    assert [practice.title for practice in Practice.objects.all()] == ["La mienne"]


def test_every_object_is_one_an_editor_could_have_saved(collection):
    for model in MODELS:
        for row in model.objects.all():
            row.full_clean()


def test_the_cross_border_practices_are_found_and_counted(client, collection):
    page = client.get(
        "/bonnes-pratiques/?pays=belgique&pays=france&theme=cooperation-transfrontaliere"
    ).content.decode()

    titles = re.findall(r'class="card__title"><a href="/bonnes-pratiques/([^/]+)/[?"]', page)
    counts = dict(re.findall(r'name="pays" value="([^"]+)".*?<span aria-hidden="true">(\d+)</span>', page, re.S))
    assert set(titles) == {"observatoire-transfrontalier-de-l-ess", "desir", "observatoire-esspace"}
    assert {country: count for country, count in counts.items() if count != "0"} == {
        "belgique": "2",
        "france": "3",
        "suisse": "1",
    }


def test_the_cross_border_observatory_shows_its_countries_and_the_programme_it_was_born_of(client, collection):
    page = client.get("/bonnes-pratiques/observatoire-transfrontalier-de-l-ess/").content.decode()

    for address in ("pays/belgique/", "pays/france/", "desir/"):
        assert f'href="/bonnes-pratiques/{address}"' in page


def test_disputed_figures_are_attributed(collection):
    disputed = Practice.objects.get(slug="titre-service").key_figures.all()

    assert disputed
    assert all(figure.according_to_source for figure in disputed)
    assert Practice.objects.get(slug="agapedia-bulgarie").start_year is None
    assert "1995" in Practice.objects.get(slug="agapedia-bulgarie").years_note


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_the_french_of_the_fixtures_is_well_set(path):
    for row in json.loads(path.read_text(encoding="utf-8")):
        for name, value in row["fields"].items():
            if isinstance(value, str) and name not in ("url", "slug", "website", "code") and not name.endswith("_en"):
                if name.endswith("_at"):
                    continue
                assert not faults(TAG.sub("", value)), (row["model"], name, faults(TAG.sub("", value)))


def test_the_english_of_a_practice_gives_the_figures_of_its_french_and_no_other(collection):
    for practice in Practice.objects.all():
        figures = [
            sorted(re.findall(r"\d+", f"{getattr(practice, f'title_{code}')} {getattr(practice, f'teaser_{code}')}"))
            for code in ("fr", "en")
        ]
        assert figures[0] == figures[1], practice.slug
    for figure in KeyFigure.objects.all():
        assert re.findall(r"\d+", figure.value_fr) == re.findall(r"\d+", figure.value_en), figure


def test_titles_and_teasers_are_there_in_english(client, collection):
    page = client.get("/en/bonnes-pratiques/").content.decode()

    assert 'lang="fr"' not in page[page.index('class="cards"') : page.index("pagination")]
    assert not Practice.objects.not_begun("en").exists()
