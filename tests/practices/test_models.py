from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from practices.models import Country, Kind, Practice, Status, Theme
from tests.factories import PUBLISHED_AT, make_practice, make_term

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("status", "published_at", "public"),
    [
        (Status.PUBLISHED, PUBLISHED_AT, True),
        (Status.PUBLISHED, timezone.now() + timedelta(days=1), False),
        (Status.DRAFT, PUBLISHED_AT, False),
        (Status.IN_REVIEW, PUBLISHED_AT, False),
        (Status.ARCHIVED, PUBLISHED_AT, False),
        (Status.DRAFT, None, False),
    ],
)
def test_public_means_published_and_not_embargoed(status, published_at, public):
    make_practice(status=status, published_at=published_at)

    assert Practice.objects.published().exists() == public


def test_publishing_without_a_date_means_now():
    before = timezone.now()

    practice = make_practice(published_at=None)

    assert before <= practice.published_at <= timezone.now()


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "elsewhere"},
        {"published_at": None},
        {"title": ""},
        {"slug": ""},
        {"start_year": 1066},
        {"end_year": 2999},
        {"start_year": 2014, "end_year": 2008},
    ],
    ids=lambda fields: ", ".join(fields),
)
def test_the_database_itself_refuses_what_makes_no_sense(fields):
    practice = make_practice()

    with pytest.raises(IntegrityError), transaction.atomic():
        Practice.objects.filter(pk=practice.pk).update(**fields)


def test_two_practices_never_share_an_address():
    make_practice(slug="envie")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_practice(slug="envie")


def test_an_address_is_made_from_the_title_and_stays_when_the_title_changes():
    first = make_practice(title="L’Œuvre d’Été")
    second = make_practice(title="L’œuvre d’été")

    first.title = "Un autre titre"
    first.save()

    assert (first.slug, second.slug) == ("l-oeuvre-d-ete", "l-oeuvre-d-ete-2")


def test_the_address_of_a_term_is_made_from_its_name():
    first = Theme.objects.create(name_fr="L’œuvre d’Été")

    assert first.slug == "l-oeuvre-d-ete"


@pytest.mark.parametrize("title", ["Pays", "!!!", "日本"])
def test_a_title_that_gives_no_address_of_its_own_still_gets_one(title):
    practice = make_practice(title=title)

    assert practice.slug in {"pays-2", "pratique"}


def test_the_address_of_another_page_is_refused():
    practice = make_practice()
    practice.slug = "theme"

    with pytest.raises(ValidationError, match="adresse d’une autre page"):
        practice.full_clean()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "ftp://example.org/", "exemple"])
def test_only_web_addresses_are_links(address):
    practice = make_practice()
    practice.website = address

    with pytest.raises(ValidationError):
        practice.full_clean()


@pytest.mark.parametrize(("model", "field"), [(Country, "countries"), (Theme, "themes")])
def test_a_term_in_use_cannot_be_deleted_and_one_out_of_use_can(model, field):
    make_practice(**{field: ["en-usage"]})
    make_term(model, "libre")

    with pytest.raises(ProtectedError):
        model.objects.get(slug="en-usage").delete()
    with pytest.raises(ProtectedError):
        model.objects.filter(slug="en-usage").delete()
    model.objects.get(slug="libre").delete()

    assert [term.slug for term in model.objects.all()] == ["en-usage"]


def test_a_kind_in_use_cannot_be_deleted():
    make_practice(kind="media")

    with pytest.raises(ProtectedError):
        Kind.objects.get(slug="media").delete()


def test_relations_between_practices_go_both_ways():
    first, second = make_practice(), make_practice()

    first.related.add(second)

    assert list(second.related.all()) == [first]


def test_the_alphabetical_key_follows_the_title_however_it_is_stored():
    practice = make_practice(title="Zèbre")
    practice.title = "Abeille"
    practice.save()
    Practice.objects.bulk_create([Practice(title="École", slug="ecole", teaser="…", kind=practice.kind)])

    assert [one.title for one in Practice.objects.by_title()] == ["Abeille", "École"]


def test_rich_text_is_cleaned_on_its_way_in():
    practice = make_practice(context='<p onclick="x()">Bon<script>alert(1)</script></p>', response="Un.\n\nDeux.")
    practice.refresh_from_db()

    assert (practice.context, practice.response) == ("<p>Bon</p>", "<p>Un.</p>\n\n<p>Deux.</p>")


def test_only_sections_with_a_text_are_told_of():
    practice = make_practice(results="<p>Trois.</p>", context="<p>Un.</p>")

    assert [(name, html) for name, _label, html in practice.sections] == [
        ("context", "<p>Un.</p>"),
        ("results", "<p>Trois.</p>"),
    ]
