"""Whose data a signed-in account's is, where the host's people have a database of their own."""

from django.contrib.auth.models import User

from tasks.cases import sessions
from tasks.cases.contact import verified_addresses
from tasks.cases.models import Case
from tasks.cases.subjects import subject_of


def test_number_3_of_the_desk_is_not_number_3_of_the_host(alice, monkeypatch):
    monkeypatch.setattr("tasks.cases.subjects.default_alias", lambda: "subjects")

    assert subject_of(alice) is None


def test_an_account_that_was_read_from_the_hosts_database_is_one_of_its_people(monkeypatch):
    monkeypatch.setattr("tasks.cases.subjects.default_alias", lambda: "subjects")
    person = User(pk=3)
    person._state.db = "subjects"

    assert subject_of(person).pk == 3


def test_a_host_persons_case_reaches_no_account_of_the_desk(alice):
    case = Case(
        subject_label="auth.User", subject_key=str(alice.pk), subject_alias="subjects", contact="a@host.example"
    )

    assert verified_addresses(case) == ["a@host.example"]
    assert sessions.end_others(case, keep="") == 0
