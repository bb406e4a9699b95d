"""What collecting asks of the database: how many statements, and what is compiled once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.test.utils import CaptureQueriesContext

from tasks import collector
from tasks.collector import Subject
from tasks.collector.graph import graph
from tasks.collector.reading import holding
from tasks.collector.statement import convert
from tests.hosts.zoo.models import Club, Lock, Note, NoteEdit, Person, Pet, Playing, Team, Toy, Visit


def fill(alice: Subject, bob: Person) -> None:
    """Some of everything."""
    pets = [Pet.objects.create(owner_id=alice.pk, vet=bob) for _ in range(3)]
    for number, pet in enumerate(pets):
        Toy.objects.create(name=f"{pet.pk} {number}", pet=pet)
        Visit.objects.create(pet=pet, number=number)
        NoteEdit.objects.create(note=Note.objects.create(about=pet))
        Lock.objects.create(on_pet=pet, protect_id=alice.pk)
    Club.objects.create().members.add(alice.pk)
    Playing.objects.create(team=Team.objects.create(), player_id=alice.pk)


READING: dict[str, Callable[[Subject], Any]] = {
    "count": collector.count,
    "collect": lambda subject: list(collector.collect(subject)),
    "lines": lambda subject: list(collector.lines(subject)),
}


@pytest.mark.parametrize("name", READING)
def test_somebody_ordinary_costs_less_than_a_statement_per_relation(alice, bob, name):
    fill(alice, bob)
    relations = sum(len(ties) for ties in graph(Person, using="default").ties.values())

    with CaptureQueriesContext(connection) as asked:
        READING[name](alice)

    assert len(asked) <= min(relations, 75)  # the zoo has some hundreds of generic ties, and sixty others


@pytest.mark.parametrize("name", READING)
def test_nothing_is_compiled_twice(alice, bob, name, monkeypatch):
    fill(alice, bob)
    READING[name](alice)
    compiled: list[str] = []
    as_sql = SQLCompiler.as_sql

    def watch(self: SQLCompiler, *args: Any, **kwargs: Any) -> Any:
        compiled.append(self.query.model._meta.label)
        return as_sql(self, *args, **kwargs)

    monkeypatch.setattr(SQLCompiler, "as_sql", watch)
    READING[name](alice)

    # composite keys and keys over several columns, of which Django makes a condition anew for each number of keys
    assert set(compiled) <= {"zoo.Visit", "zoo.VisitNote", *known_of_the_person()}


def known_of_the_person() -> set[str]:
    """Models that something of the demo ties by value: what is known of the person is read by a queryset."""
    return {"zoo.Person", *(tie.model._meta.label for tie in graph(Person, using="default").by_value)}


def test_rows_of_others_cost_no_statement(alice, bob):
    fill(alice, bob)
    with CaptureQueriesContext(connection) as before:
        list(collector.collect(alice))
    QuerySet(model=Pet).bulk_create([Pet(owner=bob) for _ in range(200)])

    with CaptureQueriesContext(connection) as after:
        list(collector.collect(alice))

    assert len(after) == len(before)


@pytest.mark.parametrize(
    "stored",
    [
        None,
        datetime(2026, 7, 1, 12, 30, 1, 5),  # noqa: DTZ001 - as the driver gives it
        datetime(2026, 7, 1, 12, tzinfo=UTC),
        "2026-07-01 12:30:00",
    ],
)
def test_moments_of_sqlite_are_what_django_makes_of_them(stored: Any) -> None:
    connection = DatabaseWrapper({"TIME_ZONE": "Asia/Tokyo", "NAME": ":memory:", "OPTIONS": {}}, "elsewhere")
    ordinary = connection.ops.convert_datetimefield_value

    found = convert([ordinary], None, connection)(stored)

    assert found == ordinary(stored, None, connection)
    assert repr(found) == repr(ordinary(stored, None, connection))


def test_rows_with_composite_keys_are_asked_for_in_statements_that_every_database_takes(alice):
    pet = Pet.objects.create(owner_id=alice.pk)
    Visit.objects.bulk_create(Visit(pet_id=pet.pk, number=number) for number in range(1_200))
    keys = list(Visit.objects.values_list("pk", flat=True))

    found = [row for some in holding(Visit.objects.values_list("pk", flat=True), "pk", keys) for row in some]

    assert sorted(found) == sorted(keys)
    assert len(found) == 1_200
