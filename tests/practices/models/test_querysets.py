from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from practices.models import Practice, Status
from tests.factories import PUBLISHED_AT, make_practice, make_term

pytestmark = pytest.mark.django_db


def titles(queryset):
    return [practice.title for practice in queryset]


def test_titles_are_in_french_order_whatever_the_database():
    for title in ("Zoé", "Été", "Etat", "cœur", "École", "« Abri »"):
        make_practice(title=title)

    assert titles(Practice.objects.by_title()) == ["« Abri »", "cœur", "École", "Etat", "Été", "Zoé"]


def test_newest_first_and_ties_in_a_fixed_order():
    make_practice(title="Ancienne", published_at=PUBLISHED_AT.replace(year=2020))
    make_practice(title="Première de deux")
    make_practice(title="Seconde de deux")

    assert titles(Practice.objects.newest_first()) == ["Seconde de deux", "Première de deux", "Ancienne"]


def test_by_country_takes_the_first_name_of_each_practice_and_leaves_the_unknown_for_the_end():
    make_practice(title="Sans pays")
    make_practice(title="Suisse", countries=["suisse"])
    make_practice(title="Suisse et Belgique", countries=["suisse", "belgique"])
    make_practice(title="Autriche", countries=["autriche"])

    assert titles(Practice.objects.by_country()) == ["Autriche", "Suisse et Belgique", "Suisse", "Sans pays"]


def test_countries_sort_in_the_language_of_the_page():
    country = Practice.countries.field.related_model
    make_term(country, "allemagne", name="Allemagne", name_en="Germany")
    make_term(country, "finlande", name="Finlande", name_en="Finland")
    make_practice(title="Allemande", countries=["allemagne"])
    make_practice(title="Finlandaise", countries=["finlande"])

    with translation.override("en"):
        english = titles(Practice.objects.by_country())

    assert (titles(Practice.objects.by_country()), english) == (
        ["Allemande", "Finlandaise"],
        ["Finlandaise", "Allemande"],
    )


def test_the_public_among_some_practices_are_found_by_their_keys():
    public, other = make_practice(), make_practice()
    draft = make_practice(status=Status.DRAFT)
    embargoed = make_practice(published_at=timezone.now() + timedelta(days=1))

    found = Practice.objects.published_among([public.pk, draft.pk, embargoed.pk])

    assert list(found) == [public]
    assert other not in found
    if connection.vendor == "sqlite":
        assert "INTEGER PRIMARY KEY" in found.order_by().explain()


def test_the_whole_public_catalogue_is_read_from_one_end_of_the_table_to_the_other():
    public, draft = make_practice(), make_practice(status=Status.DRAFT)
    last, embargoed = make_practice(), make_practice(published_at=timezone.now() + timedelta(days=1))

    found = Practice.objects.published_by_key()

    assert list(found) == [public, last]
    assert draft.pk < last.pk < embargoed.pk
    if connection.vendor == "sqlite":
        plan = found.explain()
        assert "SCAN" in plan
        assert "TEMP B-TREE" not in plan
