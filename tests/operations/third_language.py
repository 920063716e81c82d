"""What `test_languages` asks of a site before and after Spanish is added to it; run in a copy of the code.

Prints what it finds as JSON, since nothing of a process that knows two languages can be told a third.
"""

import json
import re
import sys

import django

django.setup()

from django.test import Client  # noqa: E402

from accounts.roles import EDITOR  # noqa: E402
from practices.editorial.revisions import edition_of, record, snapshot  # noqa: E402
from practices.models import Practice, Revision, Status, Theme  # noqa: E402
from tests.factories import make_person, make_practice, make_term  # noqa: E402
from tests.practices.admin.test_forms import form  # noqa: E402

LIST = "/bonnes-pratiques/"
DESK = "/admin/practices/practice/"
visitor = Client()


def before():
    """A small catalogue in two languages."""
    make_term(Theme, "handicap", name="Handicap", name_en="Disability")
    bees = {"title_fr": "Abeilles au travail", "title_en": "Of bees", "teaser_fr": "Du miel.", "teaser_en": "Honey."}
    one = make_practice(slug="abeilles", themes=["handicap"], sectors=["textile"], context="<p>Un rucher.</p>", **bees)
    record(one.pk, None, "save")
    make_practice(slug="zoo", title="Zoo solidaire", status=Status.DRAFT)
    make_practice(slug="jardin", title="Jardin", teaser="Des légumes.")
    return edition_of(snapshot(one))


def page(path, **query):
    """A page of the site, as text."""
    answer = visitor.get(path, query)
    return b"".join(answer).decode() if answer.status_code == 200 else f"{path}: {answer.status_code}"


def titles(prefix, **query):
    """The titles of a list, in its order, whole as they are shown."""
    shown = page(f"{prefix}{LIST}", **query).partition('id="newest"')[0]
    return [re.sub(r"</?mark>", "", one) for one in re.findall(r"card__title.*?>((?:[^<]|</?mark>)+)</a>", shown)]


def one_page(prefix):
    """What the page of a practice says of languages."""
    shown = page(f"{prefix}{LIST}abeilles/")
    return {
        "html": re.search(r"<html[^>]*>", shown)[0],
        "title": re.search(r"<h1.*?</h1>", shown)[0],
        "teaser": re.search(r'<p class="lead".*?</p>', shown)[0],
        "notice": re.findall(r'<p class="notice">(.*?)</p>', shown),
        "canonical": re.search(r'rel="canonical" href="([^"]+)"', shown)[1],
        "alternates": re.findall(r'rel="alternate" hreflang="([^"]+)"', shown),
    }


def after():
    """What pages say in Spanish: at first, and once an editor has translated a practice by the form."""
    one, editor = Practice.objects.get(slug="abeilles"), Client()
    editor.force_login(make_person("colette", EDITOR))
    found = {
        "same version": edition_of(snapshot(one)) == Revision.objects.get(practice=one.pk).edition,
        "at first": one_page("/es"),
        "French words": titles("/es", q="abeille du travail"),
        "in French order": titles("/es", tri="titre"),
        "proposing": "<h1" in page("/es/proposer/"),
        "agreement": re.search(r'<p class="form__consent"[^>]*>', page("/es/newsletter/"))[0],
    }
    theme = Theme.objects.get(slug="handicap")
    words = {"title_es": "Taller de colmenas", "teaser_es": "La miel.", "context_es": "<p>Un colmenar.</p>"}
    data = form(one, title_en=one.title_en, teaser_en=one.teaser_en, context=one.context, themes=[theme.pk], **words)
    saved = editor.post(f"{DESK}{one.pk}/change/", {**data, "slug": one.slug, "published_at": "2026-01-05T09:00"})
    theme_form = {"name_fr": theme.name, "name_en": theme.name_en, "name_es": "Discapacidad", "slug": theme.slug}
    named = editor.post(f"/admin/practices/theme/{theme.pk}/change/", {**theme_form, "order": 0})
    lacking = editor.get(DESK, {"translation": "es"}).content.decode().partition('id="result_list"')[2]
    exported = b"".join(editor.get(f"{DESK}exporter.csv")).decode()
    return found | {
        "saved": [saved.status_code, named.status_code],
        "translated": one_page("/es"),
        "elsewhere": [one_page("")["title"], one_page("/en")["title"]],
        "Spanish words": [titles(prefix, q="colmena") for prefix in ("/es", "/en", "")],
        "French no more": titles("/es", q="abeilles"),
        "in Spanish order": titles("/es", tri="titre"),
        "vocabulary": ["Discapacidad" in page(f"/es{LIST}"), "Discapacidad" in page(f"/en{LIST}")],
        "data": [one["title"] for one in json.loads(page("/es/api/v1/practices/", tri="titre"))["results"]],
        "not translated": [title in lacking for title in ("Abeilles au travail", "Zoo solidaire", "Jardin")],
        "columns": re.findall(r"[^,\ufeff]+ \(ES\)", exported.partition("\n")[0])[:3],
        "history": Revision.objects.filter(practice=one.pk).first().data["title_es"],
    }


if __name__ == "__main__":
    print(json.dumps({"before": before, "after": after}[sys.argv[1]]()))
