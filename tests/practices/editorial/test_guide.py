import re

import polib
import pytest
from django.conf import settings

from accounts.roles import CONTRIBUTOR
from practices.editorial.guide import SOURCE, guide
from tests.factories import make_person

TEXT = SOURCE.read_text(encoding="utf-8")
PICTURES = re.findall(r"!\[([^\]]+)\]\(\.\./(static/[^)]+)\)", TEXT)


def words_of_the_screen():
    """Every label of the interface in French, ours and Django's, without capitals."""
    ours = polib.pofile(settings.BASE_DIR / "locale/fr/LC_MESSAGES/django.po")
    said = {word.lower() for entry in ours for word in (entry.msgstr, *entry.msgstr_plural.values())}
    return said | {"enregistrer et continuer", "historique"}


def test_each_button_that_the_guide_names_is_on_the_screen():
    named = {name.lower() for name in re.findall(r"\*\*([^*]+)\*\*", TEXT.replace("\n  ", " "))}

    screen = words_of_the_screen()

    # A word of the guide may be the beginning of what the screen says, or be inflected in a sentence.
    assert {name for name in named if not any(name in said for said in screen)} == set()
    assert len(named) > 20


def test_its_pictures_are_few_small_and_described():
    sizes = [(settings.BASE_DIR / path).stat().st_size for _description, path in PICTURES]

    assert 0 < len(sizes) <= 5
    assert max(sizes) < 100_000
    assert all(len(description) > 20 for description, _path in PICTURES)


@pytest.mark.django_db
def test_whoever_writes_reads_it_from_the_home(client):
    client.force_login(make_person("denis", CONTRIBUTOR))

    home, page = (client.get(path).content.decode() for path in ("/admin/", "/admin/guide/"))

    assert 'href="/admin/guide/"' in home
    assert "<h2>Publier une pratique en cinq minutes</h2>" in page
    assert page.count('<img loading="lazy" src="/static/img/guide/') == len(PICTURES)
    assert "../static" not in page


def test_its_title_is_the_first_line():
    assert guide()[0] == "Guide de la rédaction"
