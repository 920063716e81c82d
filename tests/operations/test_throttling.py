"""What keeps long files from taking every thread: a few at a time, the others asked to come back."""

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections

from operations import throttling
from practices.open_data.exports import export
from tests.factories import make_practice

pytestmark = pytest.mark.django_db

ADDRESS = "/bonnes-pratiques/export.csv"


@pytest.fixture(autouse=True)
def long_list(monkeypatch):
    """Three practices, more than a batch."""
    monkeypatch.setattr("practices.open_data.exports.BATCH", 2)
    for _number in range(3):
        make_practice()


def close(response):
    """What a server does at the end of an answer, without the end of the test's own connection."""
    request_finished.disconnect(close_old_connections)
    response.close()
    request_finished.connect(close_old_connections)


def test_one_file_too_many_is_asked_to_come_back_and_comes_when_another_is_over(client):
    under_way = [client.get(ADDRESS) for _number in range(throttling.AT_ONCE)]

    refused = client.get(ADDRESS)
    whole = under_way[0].getvalue()
    after = client.get(ADDRESS)

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "10")
    assert refused.headers["Cache-Control"] == "no-store"
    assert "Le site fait peu de longs fichiers à la fois." in refused.text
    assert after.status_code == 200
    assert after.getvalue() == whole
    assert under_way[1].getvalue() == whole
    assert [client.get(ADDRESS).getvalue() for _number in range(2 * throttling.AT_ONCE)] == [
        whole
    ] * 2 * throttling.AT_ONCE


@pytest.mark.parametrize("pieces", [0, 1], ids=["before the first byte", "in the middle"])
def test_a_reader_who_leaves_gives_the_turn_back(client, rf, pieces):
    for _number in range(2 * throttling.AT_ONCE):
        response = export(rf.get(ADDRESS), extension="csv")
        assert response.status_code == 200
        content = iter(response.streaming_content)
        for _piece in range(pieces):
            next(content)
        close(response)
        close(response)

    assert len(client.get(ADDRESS).getvalue()) > 100


def test_a_fault_in_the_middle_gives_the_turn_back(client, monkeypatch):
    monkeypatch.setattr("practices.open_data.exports.read", lambda *_arguments: 1 / 0)
    for _number in range(2 * throttling.AT_ONCE):
        response = client.get(ADDRESS)
        with pytest.raises(ZeroDivisionError):
            response.getvalue()

    monkeypatch.undo()
    assert len(client.get(ADDRESS).getvalue()) > 100


def test_short_lists_and_questions_about_a_file_take_no_turn(client, monkeypatch):
    under_way = [client.get(ADDRESS) for _number in range(throttling.AT_ONCE)]

    head = client.head(ADDRESS)
    monkeypatch.undo()
    short = client.get(ADDRESS)

    assert (head.status_code, short.status_code) == (200, 200)
    for response in under_way:
        close(response)
