"""“This wasn't me”: the link of the acknowledgement."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tasks.cases import letters, operations
from tasks.cases.actors import Actor


@pytest.fixture
def link(copy) -> str:
    return f"/privacy/not-me/{letters.not_me_token(copy)}/"


def test_opening_the_link_changes_nothing(client, copy, link):
    answer = client.get(link)

    copy.refresh_from_db()
    assert answer.status_code == 200
    assert "Somebody asked in your name" in answer.content.decode()
    assert not copy.is_frozen


def test_pressing_the_button_stops_the_request(client, copy, link):
    answer = client.post(link)

    copy.refresh_from_db()
    assert copy.is_frozen
    assert "The request is stopped" in answer.content.decode()


def test_pressing_it_twice_is_one_stop(client, copy, link):
    client.post(link)
    first = type(copy).objects.get(pk=copy.pk).frozen_at

    answer = client.post(link)

    assert answer.status_code == 200
    assert type(copy).objects.get(pk=copy.pk).frozen_at == first


def test_a_link_that_somebody_made_up_is_not_there(client, copy):
    assert client.get(f"/privacy/not-me/{copy.pk}/").status_code == 404
    assert client.post("/privacy/not-me/nonsense/").status_code == 404


def test_a_request_that_has_ended_says_so(client, alice, copy, link):
    operations.withdraw(copy, by=Actor.of_user(alice), at=timezone.now())

    assert "This request has ended" in client.get(link).content.decode()
    assert client.post(link).status_code == 409


def test_files_that_are_ready_can_still_be_stopped(client, ready):
    link = f"/privacy/not-me/{letters.not_me_token(ready)}/"

    page = client.get(link).content.decode()
    client.post(link)

    assert "This was not me, stop it" in page
    ready.refresh_from_db()
    assert ready.is_frozen


def test_a_link_of_an_old_letter_explains_itself_and_stops_nothing(client, copy, link, monkeypatch):
    later = timezone.now() + timedelta(days=letters.NOT_ME_DAYS, minutes=1)
    monkeypatch.setattr("portal.views.notme.timezone.now", lambda: later)

    answers = [client.get(link), client.post(link)]

    for answer in answers:
        assert answer.status_code == 410
        page = answer.content.decode()
        assert "This link has run out" in page
        assert "works for 60 days" in page
        assert copy.reference not in page.replace(link, ""), "an old link tells nothing of the case"
    copy.refresh_from_db()
    assert not copy.is_frozen


def test_the_link_shows_no_data_of_the_person(client, copy, link):
    page = client.get(link).content.decode()

    assert "alice" not in page.lower()
    assert "Hartmann" not in page
