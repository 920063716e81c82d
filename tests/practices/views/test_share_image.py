import io
import re

import pytest
from django.utils import timezone
from PIL import Image

from practices.models import Country, Status
from practices.views.share_image import LEFT, RIGHT, SERIF, _fitted, _font_of, _width, draw
from tests.factories import make_practice, make_term

LISTING = "/bonnes-pratiques/"


@pytest.mark.parametrize(
    "title", ["Envie", "Achats groupés du Vorarlberg\u00a0: 96 collectivités, des critères " * 3, "W" * 200]
)
def test_a_picture_has_the_size_that_is_asked_for_and_is_light(title):
    png = draw(title[:200], "France · Belgique", "Initiative", "Bonnes pratiques")

    picture = Image.open(io.BytesIO(png))

    assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(png) < 60_000


def test_a_title_is_as_large_as_fits_and_never_broken_at_a_space_that_holds_words_together():
    short, long = _fitted("Envie"), _fitted("Coopérative Chernomorka\u00a0: coudre et décider ensemble à Burgas " * 2)

    assert short == (84, ["Envie"])
    assert long[0] < 84
    assert all(_width(line, SERIF, long[0]) <= RIGHT - LEFT for line in long[1])
    assert not any(line.startswith("\u00a0") or line.startswith(":") for line in long[1])


def test_letters_of_every_language_of_europe_come_from_the_file_that_has_them():
    files = {character: _font_of(character, SERIF, 50).path.name for character in "eéœřțþ"}

    assert files == dict.fromkeys("eéœ", SERIF[0]) | dict.fromkeys("řț", SERIF[1]) | {"þ": SERIF[2]}


def test_words_change_the_picture_and_the_country_is_in_it():
    assert draw("Envie", "France", "Initiative", "Site") != draw("Envie", "Malte", "Initiative", "Site")


@pytest.mark.django_db
def test_a_public_practice_names_its_picture_which_is_in_the_language_of_the_address(client):
    make_term(Country, "belgique", name="Belgique", name_en="Belgium")
    make_practice(slug="a", countries=["belgique"])

    page = client.get(f"{LISTING}a/").text
    french, english = client.get(f"{LISTING}a/partage.png"), client.get(f"/en{LISTING}a/partage.png")

    assert re.findall(r'og:image" content="(.*?)"', page) == ["http://testserver/bonnes-pratiques/a/partage.png"]
    assert 'twitter:card" content="summary_large_image"' in page
    assert french.headers["Content-Type"] == "image/png"
    assert french.headers["Cache-Control"] == "public, max-age=86400"
    assert french.content != english.content
    assert client.get(f"{LISTING}a/partage.png", headers={"If-None-Match": french.headers["ETag"]}).status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize(
    "hidden",
    [{"status": Status.DRAFT}, {"status": Status.ARCHIVED}, {"published_at": timezone.now() + timezone.timedelta(1)}],
    ids=["draft", "archived", "embargoed"],
)
def test_what_is_not_public_has_no_picture(client, hidden):
    make_practice(slug="a", **hidden)

    assert client.get(f"{LISTING}a/partage.png").status_code == 404
    assert client.get(f"{LISTING}inconnue/partage.png").status_code == 404
