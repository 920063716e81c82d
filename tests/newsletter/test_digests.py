from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter import digests
from newsletter.delivery import messages
from newsletter.models import Delivery, Digest, DigestPractice, SavedSearch, Subscriber
from newsletter.readers import subscriptions
from newsletter.readers.saved_searches import matching
from newsletter.schedule import next_digest
from practices.filters import PracticeFilterSet, indexed
from practices.models import Kind, Practice, Status, Theme
from tests.factories import make_practice, make_term
from tests.newsletter.makers import make_reader

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
WEEK = timedelta(days=7)


def make_curious_reader(*queries, frequency="weekly", joined=MONDAY, **fields):
    """Somebody who has wanted new practices since `joined`."""
    reader = make_reader(
        letters=False,
        frequency=frequency,
        joined_at=joined,
        told_since=joined,
        next_digest_at=next_digest(frequency, joined),
        **fields,
    )
    for query in queries:
        SavedSearch.objects.create(subscriber=reader, query=query, created_at=joined)
    return reader


def publish(title, after=timedelta(days=1), **fields):
    return make_practice(title=title, published_at=MONDAY + after, **fields)


@pytest.fixture
def week(send_mail):
    """Call it with a number: it sends what is due that many weeks after the first Monday."""

    def send(number):
        with time_machine.travel(MONDAY + number * WEEK, tick=False):
            return [(message.to[0], message.subject) for message in send_mail()]

    return send


def test_a_reader_is_told_of_what_was_published_since_she_joined_and_of_each_practice_once(week):
    reader = make_curious_reader()
    publish("Avant", after=timedelta(days=-1))
    publish("Pendant")

    assert week(0.5) == []
    assert week(1) == [(reader.email, "1 nouvelle pratique\u00a0: Pendant")]
    assert week(1) == []
    publish("Ensuite", after=timedelta(days=8))
    assert week(2) == [(reader.email, "1 nouvelle pratique\u00a0: Ensuite")]
    assert week(3) == []


@pytest.mark.parametrize(
    ("queries", "listing"), [(["?theme=handicap"], "?theme=handicap"), (["?theme=handicap", "?q=titre"], ""), ([], "")]
)
def test_what_a_digest_leaves_out_is_in_the_list_of_its_one_search(send_mail, monkeypatch, queries, listing):
    monkeypatch.setattr(messages, "SHOWN", 1)
    make_term(Theme, "handicap")
    make_curious_reader(*queries)
    for number in range(3):
        publish(f"Titre {number}", themes=["handicap"])

    with time_machine.travel(MONDAY + WEEK, tick=False):
        [message] = send_mail()

    assert f"http://testserver/bonnes-pratiques/{listing}\n" in message.body


def test_a_digest_is_never_empty(week):
    make_curious_reader("?theme=handicap")
    make_term(Theme, "handicap")
    publish("Hors sujet", themes=["jeunesse"])

    assert week(1) == []
    assert (Digest.objects.count(), Delivery.objects.count()) == (0, 0)


def test_a_reader_of_several_searches_is_told_once_of_what_two_of_them_find(week):
    reader = make_curious_reader("?theme=handicap", "?pays=france")
    publish("Les deux", themes=["handicap"], countries=["france"])
    publish("Ni l’un ni l’autre", themes=["jeunesse"])

    assert week(1) == [(reader.email, "1 nouvelle pratique\u00a0: Les deux")]


def test_a_search_by_words_is_answered_too(week):
    reader = make_curious_reader("?q=recyclage")
    publish("Le recyclage des vélos")
    publish("Une crèche")

    assert week(1) == [(reader.email, "1 nouvelle pratique\u00a0: Le recyclage des vélos")]


def test_a_search_brings_what_came_after_it_was_saved(week):
    reader = make_curious_reader("?theme=jeunesse")
    publish("Plus ancienne", themes=["handicap"])
    make_term(Theme, "jeunesse")
    SavedSearch.objects.create(subscriber=reader, query="?theme=handicap", created_at=MONDAY + timedelta(days=2))
    publish("Plus récente", after=timedelta(days=3), themes=["handicap"])

    assert week(1) == [(reader.email, "1 nouvelle pratique\u00a0: Plus récente")]


def test_a_search_whose_only_term_was_retired_brings_nothing_rather_than_everything(week):
    make_curious_reader("?theme=retire", "?pays=france&theme=retire")
    publish("N’importe quoi", countries=["france"])

    assert week(1) == []


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_REVIEW, Status.ARCHIVED])
def test_what_is_not_public_is_told_to_nobody_even_when_it_is_withdrawn_at_the_last_moment(week, status):
    make_curious_reader()
    publish("Cachée", status=status)
    practice = publish("Retirée")
    with time_machine.travel(MONDAY + WEEK, tick=False):
        digests.build()
        Practice.objects.filter(pk=practice.pk).update(status=status)

    assert week(1) == []
    assert Delivery.objects.get().state == "dropped"


def test_a_practice_published_late_under_an_older_date_is_told_all_the_same(week):
    reader = make_curious_reader()
    late = publish("Oubliée", status=Status.DRAFT)
    assert week(1) == []
    Practice.objects.filter(pk=late.pk).update(status=Status.PUBLISHED)

    assert week(2) == [(reader.email, "1 nouvelle pratique\u00a0: Oubliée")]


def test_a_monthly_reader_is_told_once_a_month(week):
    reader = make_curious_reader(frequency="monthly")
    publish("Novembre")

    assert week(1) == []
    assert week(2) == [(reader.email, "1 nouvelle pratique\u00a0: Novembre")]


def test_two_builders_at_once_make_one_digest_and_the_database_refuses_a_second_telling():
    reader = make_curious_reader()
    practice = publish("Une fois")
    with time_machine.travel(MONDAY + WEEK, tick=False):
        assert [digests.build(), digests.build()] == [1, 0]

    with pytest.raises(IntegrityError), transaction.atomic():
        DigestPractice.objects.create(digest=Digest.objects.get(), subscriber=reader, practice=practice)


def test_who_stops_the_digests_and_takes_them_up_again_is_not_told_of_what_came_between(week):
    reader = make_curious_reader()
    with time_machine.travel(MONDAY + timedelta(hours=1), tick=False):
        subscriptions.change(reader, language="fr", letters=True, frequency="", kept_searches=[])
    publish("Entre-temps")
    with time_machine.travel(MONDAY + timedelta(days=3), tick=False):
        subscriptions.change(reader, language="fr", letters=True, frequency="weekly", kept_searches=[])

    assert week(1) == []


def test_a_digest_of_many_tells_the_first_twenty_and_how_many_there_are(send_mail):
    make_curious_reader()
    for number in range(23):
        publish(f"Pratique {number}")

    with time_machine.travel(MONDAY + WEEK, tick=False):
        [message] = send_mail()

    assert message.subject.startswith("23 nouvelles pratiques")
    assert message.body.count("\n* ") == 20
    assert "Et 3 autres sur le site" in message.body


def test_the_number_of_queries_for_digests_does_not_grow_with_their_practices(django_assert_max_num_queries):
    for number in range(30):
        publish(f"Pratique {number}", countries=["france"])
    for _reader in range(3):
        make_curious_reader("?pays=france", "?theme=handicap")

    with time_machine.travel(MONDAY + WEEK, tick=False), django_assert_max_num_queries(50):
        assert digests.build() == 3


@settings(max_examples=settings.default.max_examples // 10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_a_kept_search_finds_is_what_the_list_of_practices_shows(data):
    terms = {"pays": ["france", "belgique"], "theme": ["handicap", "jeunesse"], "secteur": ["textile"]}
    if not Practice.objects.exists():
        for number in range(8):
            countries = [slug for bit, slug in enumerate(terms["pays"]) if number >> bit & 1]
            publish(f"P{number}", countries=countries, themes=[terms["theme"][number % 2]], sectors=["textile"])
    chosen = {param: data.draw(st.lists(st.sampled_from(slugs), unique=True)) for param, slugs in terms.items()}
    query = "&".join(f"{param}={slug}" for param, slugs in chosen.items() for slug in slugs)

    from django.http import QueryDict

    shown = indexed(QueryDict(query)).results
    assert sorted(matching(f"?{query}" if query else "")) == sorted(shown[0 : len(shown)])


MOST_PARAMETERS = 60


@pytest.mark.parametrize(
    ("query", "found"),
    [("?q=commun", 80), ("?q=commun+rare", 1), ("?q=france", 80), ("?q=commun&theme=handicap&tri=pertinence", 80)],
)
def test_a_search_on_a_common_word_is_answered_without_a_list_of_the_catalogue(query, found):
    make_term(Theme, "handicap")
    for number in range(80):
        publish(f"Mot commun {number}{' rare' if number == 7 else ''}", countries=["france"], themes=["handicap"])
    reader = make_curious_reader(query)

    def bounded(execute, sql, params, many, context):
        assert many or len(params or ()) <= MOST_PARAMETERS, sql
        return execute(sql, params, many, context)

    with connection.execute_wrapper(bounded):
        keys = set(matching(query))

    with time_machine.travel(MONDAY + WEEK, tick=False):
        digests.build()
    assert len(keys) == found
    assert set(DigestPractice.objects.filter(subscriber=reader).values_list("practice", flat=True)) == keys


def test_what_was_published_before_the_reader_came_is_not_even_asked_for():
    publish("Avant", after=timedelta(days=-9))
    publish("Pendant")
    make_curious_reader("?q=avant")

    with time_machine.travel(MONDAY + WEEK, tick=False), CaptureQueriesContext(connection) as asked:
        digests.build()

    assert Digest.objects.count() == 0
    searches = [one["sql"] for one in asked if "practices_search" in one["sql"]]
    assert searches
    assert all('"published_at" > ' in sql for sql in searches)


@pytest.mark.parametrize("broken", [0, 1, 2])
def test_a_reader_whose_digest_cannot_be_made_is_named_and_the_others_get_theirs(week, monkeypatch, capsys, broken):
    readers = [make_curious_reader("?q=titre", email=f"{name}@example.org") for name in "abc"]
    SavedSearch.objects.filter(subscriber=readers[broken]).update(query="?q=malheur")
    publish("Titre")
    real = digests.matching

    def fails(query, queryset=None):
        if "malheur" in query:
            raise OperationalError("too many SQL variables")
        return real(query, queryset)

    monkeypatch.setattr(digests, "matching", fails)
    with time_machine.travel(MONDAY + WEEK, tick=False):
        call_command("send_newsletter")
        said = capsys.readouterr().err
        told = [message.to[0] for message in mail.outbox]
        monkeypatch.setattr(digests, "matching", real)
        call_command("send_newsletter", verbosity=0)

    assert told == [one.email for one in readers if one != readers[broken]]
    assert f"Récapitulatif du lecteur n° {readers[broken].pk}" in said
    assert "too many SQL variables" in said
    assert Delivery.objects.count() == 2
    SavedSearch.objects.update(query="?q=titre")
    with time_machine.travel(MONDAY + WEEK, tick=False):
        assert digests.build() == 0
        Subscriber.objects.filter(pk=readers[broken].pk).update(next_digest_at=MONDAY)
        assert digests.build() == 1


def test_a_filtered_list_and_a_term_offer_their_new_practices_by_mail(client):
    make_practice(kind="initiative", themes=["handicap"])
    make_term(Kind, "initiative")

    plain = client.get("/bonnes-pratiques/?tri=titre").content.decode()
    filtered = client.get("/bonnes-pratiques/?theme=handicap&tri=titre").content.decode()
    term = client.get("/bonnes-pratiques/theme/handicap/").content.decode()

    assert 'href="/newsletter/?' not in plain
    assert 'href="/newsletter/?theme=handicap' in filtered
    assert 'href="/newsletter/?theme=handicap"' in term
    assert set(PracticeFilterSet.base_filters) >= {"theme", "tri"}


def test_an_erased_reader_leaves_no_trace_of_what_she_was_told():
    reader = make_curious_reader()
    publish("Une fois")
    with time_machine.travel(MONDAY + WEEK, tick=False):
        digests.build()

    subscriptions.erase(reader.email)

    assert [model.objects.count() for model in (Subscriber, Digest, DigestPractice, Delivery)] == [0, 0, 0, 0]


def test_a_search_finds_what_the_pages_of_the_language_of_its_reader_tell(week):
    make_curious_reader("?q=garden", email="ada@example.org", language="en")
    make_curious_reader("?q=garden", email="zoe@example.org", language="fr")
    publish("Le jardin", title_en="The garden")

    sent = week(1)

    assert [(to, "The garden" in subject) for to, subject in sent] == [("ada@example.org", True)]
