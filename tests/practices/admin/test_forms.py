import json
import re

import pytest
import time_machine
from django.core import signing

from accounts.roles import CONTRIBUTOR, EDITOR
from content.richtext import clean_html
from practices.editorial.completeness import completeness
from practices.editorial.duplicates import like
from practices.models import KeyFigure, Link, Practice, Sector, Status, Theme
from practices.views.preview import PREVIEW, token_for
from tests.factories import edition, in_french, make_person, make_practice, make_term

pytestmark = pytest.mark.django_db

BASE = "/admin/practices/practice/"


@pytest.fixture
def editor(client):
    person = make_person("colette", EDITOR)
    client.force_login(person)
    return person


def form(practice, **fields):
    counts = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    fields = {
        "title": practice.title,
        "teaser": practice.teaser,
        "kind": practice.kind_id,
        "edition": edition(practice),
        "themes": [make_term(Theme, "handicap").pk],
        "sectors": [make_term(Sector, "textile").pk],
        **{
            f"{prefix}-{name}": value
            for prefix in ("key_figures", "links", "documents")
            for name, value in counts.items()
        },
        **fields,
    }
    return in_french(fields)


def test_french_is_set_on_save_and_the_fields_are_named(client, editor):
    practice = make_practice(status=Status.DRAFT)
    data = form(
        practice,
        title='L\'atelier : "oui" !',
        context="<p>C'est <em>bien</em> ?</p>",
        **{"key_figures-TOTAL_FORMS": 1, "key_figures-0-value": "87 %", "key_figures-0-label": "d'emplois"},
        **{"key_figures-0-order": 0},
    )

    page = client.post(f"{BASE}{practice.pk}/change/", data, follow=True).content.decode()

    practice.refresh_from_db()
    assert practice.title == "L’atelier\u00a0: «\u00a0oui\u00a0»\u202f!"
    assert practice.context == "<p>C’est <em>bien</em>\u202f?</p>"
    assert str(KeyFigure.objects.get()) == "87\u202f% d’emplois"
    assert "La typographie française a été appliquée à\u00a0: Titre, Contexte, Valeur, Intitulé." in page


def test_what_the_editor_of_sections_sends_is_sanitised_at_the_door(client, editor):
    practice = make_practice(status=Status.DRAFT)
    sent = '<h3>Un</h3><p onclick="x()">b<script>alert(1)</script></p><p><a href="javascript:x">c</a></p>'

    client.post(f"{BASE}{practice.pk}/change/", form(practice, context=sent))

    practice.refresh_from_db()
    assert practice.context == '<h3>Un</h3><p>b</p><p><a rel="noopener">c</a></p>'


def test_every_element_that_the_editor_makes_is_of_the_vocabulary():
    made = (
        '<h3>a</h3><h4>b</h4><p><strong>c</strong><em>d</em><a href="https://e.org/" rel="noopener">e</a><br></p>'
        "<ul><li><p>f</p></li></ul><ol><li><p>g</p></li></ol><blockquote><p>h</p></blockquote>"
    )

    assert clean_html(made) == made


def test_no_page_of_the_back_office_needs_an_inline_script_or_style(client, editor):
    practice = make_practice(status=Status.DRAFT)

    for path in ("add/", f"{practice.pk}/change/", f"{practice.pk}/apercu/"):
        response = client.get(f"{BASE}{path}")
        page = response.content.decode()
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "script-src 'self'" in policy
        assert re.findall(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>", page) == []
        assert "<style" not in page


def test_completeness_says_what_is_missing_first():
    practice = make_practice(themes=["handicap"], sectors=["textile"])
    before = completeness(practice)
    practice.response = "<p>Oui.</p>"
    Link.objects.create(practice=practice, title="Une source", url="https://example.org/")

    after = completeness(Practice.objects.get(pk=practice.pk))
    filled = completeness(practice)

    assert str(before.advice[0]) == "Dire ce qui a été fait (réponse apportée)."
    assert before.percent < after.percent < filled.percent < 100
    assert "Nommer une source." not in map(str, after.advice)


@pytest.mark.parametrize(
    ("typed", "warned"),
    [
        ("Envie : réparer les appareils, remettre en emploi", True),
        ("ENVIE, réparer les appareils et remettre en emploi", True),
        ("Envie réparer appareils", True),
        ("Des jardins partagés", False),
        ("Réparer", False),
        ("", False),
        ("%_\x00'\"", False),
    ],
)
def test_a_title_that_has_been_used_is_noticed(typed, warned):
    practice = make_practice(title="Envie : réparer les appareils, remettre en emploi")
    make_practice(title="La Ruche")

    assert like(Practice.objects.all(), typed) == ([practice] if warned else [])
    assert like(Practice.objects.all(), typed, practice.pk) == []


def test_the_warning_tells_a_contributor_nothing_of_the_drafts_of_others(client):
    ines = make_person("ines", CONTRIBUTOR)
    client.force_login(ines)
    make_practice(title="Envie répare les appareils", status=Status.DRAFT, author=make_person("autre"))
    public = make_practice(title="Envie répare tous les appareils", slug="envie")
    mine = make_practice(title="Envie répare des appareils", status=Status.DRAFT, author=ines)

    answer = json.loads(client.get(f"{BASE}doublons/", {"titre": "Envie répare les appareils", "sauf": "x"}).content)

    assert {(one["title"], one["url"]) for one in answer["practices"]} == {
        (public.title, "/bonnes-pratiques/envie/"),
        (mine.title, f"{BASE}{mine.pk}/change/"),
    }


def test_an_editor_previews_a_draft_as_visitors_will_see_it(client, editor):
    draft = make_practice(title="Pas encore", slug="pas-encore", status=Status.DRAFT, context="<p>Un contexte.</p>")

    outer = client.get(f"{BASE}{draft.pk}/apercu/")
    inner = client.get(f"{BASE}{draft.pk}/apercu/page/")
    Practice.objects.filter(pk=draft.pk).update(status=Status.PUBLISHED)
    public = client.get("/bonnes-pratiques/pas-encore/").content.decode()

    shown = inner.content.decode().replace('<meta name="robots" content="noindex, nofollow">', "")
    # A draft has no place in the list, is nothing to keep, and has no error to report.
    public = public.replace('<li aria-current="page">1 sur 1</li>', "")
    public = re.sub(r'<p class="(?:practice__keep|facts__updated facts__report)".*?</p>', "", public)
    assert shown.split("<main")[1].split() == public.split("<main")[1].split()
    assert f"{BASE}{draft.pk}/apercu/page/" in outer.content.decode()
    assert "frame-src 'self'" in outer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in inner.headers["Content-Security-Policy"]
    assert inner.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_contributor_previews_their_own_and_no_other(client):
    ines = make_person("ines", CONTRIBUTOR)
    client.force_login(ines)
    answers = []

    for author in (ines, None):
        pk = make_practice(status=Status.DRAFT, author=author).pk
        answers += [client.get(f"{BASE}{pk}/{page}").status_code for page in ("apercu/", "apercu/page/")]

    assert answers == [200, 200, 404, 404]


def test_a_partner_sees_a_draft_by_its_address_which_no_robot_and_no_cache_keeps(client):
    draft = make_practice(title="Pas encore", status=Status.DRAFT)

    response = client.get(f"/apercu/{token_for(draft)}/")

    page = response.content.decode()
    assert "Pas encore" in page
    assert "Ceci est l’aperçu" in page
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert '<meta name="robots" content="noindex, nofollow">' in page


def test_a_preview_ends_after_a_fortnight_and_with_the_draft(client):
    draft = make_practice(status=Status.DRAFT, slug="la-mienne")
    with time_machine.travel("2026-03-02 08:00", tick=False) as clock:
        address = f"/apercu/{token_for(draft)}/"
        first = client.get(address).status_code
        clock.shift(14 * 24 * 3600 + 1)
        late = client.get(address).status_code
    fresh = f"/apercu/{token_for(draft)}/"
    Practice.objects.update(status=Status.PUBLISHED)
    published = client.get(fresh)
    Practice.objects.update(status=Status.ARCHIVED)
    archived = client.get(fresh).status_code
    draft.delete()
    gone = client.get(fresh).status_code

    assert (first, late, archived, gone) == (200, 404, 404, 404)
    assert (published.status_code, published.headers["Location"]) == (302, "/bonnes-pratiques/la-mienne/")


FORGED = ["x", "WzEsMl0:1abcde:xyz", signing.dumps([1, 9e12], salt="another.purpose"), "é%0A"]


@pytest.mark.parametrize("token", FORGED, ids=["word", "shape", "purpose", "bytes"])
def test_a_forged_token_shows_nothing(client, token):
    make_practice(status=Status.DRAFT)

    assert client.get(f"/apercu/{token}/").status_code == 404


def test_a_token_is_of_one_practice():
    assert PREVIEW.read(token_for(make_practice(pk=77))) == "77"
