"""A reader's connection is kept for the next person, and ends with the usual one."""

import os
from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from tasks import collector
from tasks.collector import Subject, kept, reading
from tasks.collector.reading import Reader
from tests.hosts.zoo.models import Person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseDatabaseWrapper]]:
    """The connections that readers open."""
    connection.close()  # and with it what others kept
    made: list[BaseDatabaseWrapper] = []
    create = connections.create_connection
    monkeypatch.setattr(connections, "create_connection", lambda alias: made.append(create(alias)) or made[-1])
    yield made
    connection.close()


@pytest.fixture
def alice(opened: list[BaseDatabaseWrapper]) -> Subject:
    return Subject(Person, Person.objects.create(code="a").pk, "default")


def ask(reader: Reader) -> BaseDatabaseWrapper:
    list(reader.rows(Person.objects.all(), "pk"))
    return reader.connection("default")


def test_two_people_are_read_on_one_connection_and_each_at_a_moment_of_its_own(alice, opened) -> None:
    first = sum(collector.count(alice).values())
    Person.objects.filter(pk=alice.pk).update(code="b")
    (batch, *_more) = collector.collect(alice)

    assert first == 1
    assert len(opened) == 1
    assert batch.rows[0][batch.columns.index("code")] == "b"


def test_what_is_kept_is_in_no_transaction_and_stops_nobody(alice, opened) -> None:
    list(collector.collect(alice))

    (own,) = opened
    with own.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT now() = statement_timestamp()")  # the start of the transaction: this statement's own
            assert cursor.fetchone() == (True,)
        else:
            assert not own.connection.in_transaction


def test_it_closes_with_the_usual_connection(alice, opened) -> None:
    list(collector.collect(alice))

    connections.close_all()

    assert [own.connection for own in opened] == [None]


def test_it_closes_when_django_closes_what_is_old_as_at_the_end_of_a_request(alice, opened) -> None:
    list(collector.collect(alice))
    connection.close_at = 0  # CONN_MAX_AGE is over

    connection.close_if_unusable_or_obsolete()

    assert [own.connection for own in opened] == [None]


def test_an_error_closes_it(alice, opened) -> None:
    with suppress(LookupError), Reader() as reader:
        ask(reader)
        raise LookupError

    assert [own.connection for own in opened] == [None]


def test_one_that_broke_while_it_was_kept_is_replaced(alice, opened) -> None:
    list(collector.collect(alice))
    opened[0].connection.close()  # as a server does that was started again

    assert sum(collector.count(alice).values()) == 1
    assert len(opened) == 2


def test_nothing_is_kept_where_no_usual_connection_is_there_to_end_with(alice, opened) -> None:
    connection.close()

    with Reader() as reader:
        ask(reader)

    assert [own.connection for own in opened] == [None]


def test_two_readers_at_once_have_a_connection_each_and_one_is_kept(alice, opened) -> None:
    with Reader() as first, Reader() as second:
        assert ask(first) is not ask(second)

    assert sorted(own.connection is None for own in opened) == [False, True]


def test_a_usual_connection_that_was_replaced_takes_it_along(alice, opened) -> None:
    list(collector.collect(alice))
    connection.connection, lost = None, connection.connection  # dropped without a word
    connection.ensure_connection()

    list(collector.collect(alice))
    lost.close()

    assert len(opened) == 2
    assert opened[0].connection is None


def test_a_process_that_was_forked_leaves_it_alone(alice, opened) -> None:
    list(collector.collect(alice))
    out, into = os.pipe()

    child = os.fork()
    if child == 0:
        os.write(into, b"none" if kept.take(connection) is None else b"some")
        os._exit(0)
    os.waitpid(child, 0)

    assert os.read(out, 10) == b"none"
    os.close(out)
    os.close(into)
    assert sum(collector.count(alice).values()) == 1
    assert len(opened) == 1


def test_inside_a_transaction_of_the_callers_none_is_opened(alice, opened) -> None:
    with transaction.atomic():
        list(collector.collect(alice))

    assert opened == []


def test_a_database_that_cannot_begin_says_so(alice, opened, monkeypatch) -> None:
    monkeypatch.setitem(reading.BEGIN, connection.vendor, ("BEGIN x",))

    with pytest.raises(DatabaseError), Reader() as reader:
        reader.connection("default")

    assert [own.connection for own in opened] == [None]
