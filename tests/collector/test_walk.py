"""Depth, strange keys, strange tables, order, memory, one moment, the replica."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet

from tasks import collector
from tasks.collector import Subject
from tasks.collector.graph import graph
from tasks.errors import SourceUnavailable, SubjectNotFound
from tests.hosts.zoo.models import (
    Animal,
    Badge,
    BadgeScan,
    Dog,
    Hermit,
    Ledger,
    Member,
    Note,
    Person,
    Pet,
    Roster,
    Secret,
    Toy,
    Visit,
)


def test_a_chain_of_five_thousand_rows_is_followed_to_its_end(alice):
    first = alice.pk + 1
    chain = [Person(pk=first + i, code=f"c{i}", invited_by_id=first + i - 1) for i in range(5_000)]
    QuerySet(model=Person).bulk_create(chain)

    assert len(collector.closure(alice).owned[Person]) == 5_001


def test_a_row_that_leads_to_itself_comes_once(alice):
    Person.objects.filter(pk=alice.pk).update(invited_by_id=alice.pk, mentor_id=alice.pk)

    assert collector.keys(alice) == {"zoo.Person": [alice.pk]}


@pytest.mark.parametrize(
    "key", ["'; DROP TABLE zoo_person; --", "100%", "%s", "a\\b", "\u202e", "🐾", "1e5", "[1]", '"', ""]
)
def test_a_text_key_may_hold_anything(alice, key):
    pet = Pet.objects.create(owner_id=alice.pk)
    Toy.objects.create(name=key, pet=pet)
    Note.objects.create(content_type=ContentType.objects.get_for_model(Toy), object_id=key)

    keys = collector.keys(alice)

    assert keys["zoo.Toy"] == [key]
    assert len(keys["zoo.Note"]) == 1


def test_keys_are_printed_as_json_has_them(alice):
    pet = Pet.objects.create(owner_id=alice.pk)
    for number in (10, 9):
        Visit.objects.create(pet=pet, number=number)

    keys = json.loads(json.dumps(collector.keys(alice)))

    assert keys["zoo.Pet"] == [str(pet.pk)]
    assert keys["zoo.Visit"] == [
        [str(pet.pk), 10],
        [str(pet.pk), 9],
    ]  # sorted as text, as other keys that are no numbers


def test_rows_come_in_the_order_of_the_data_map_and_of_their_keys(alice, declare):
    from tasks.datamap import Category

    declare(Toy, category=Category("first", "First", order=1))
    pet = Pet.objects.create(owner_id=alice.pk)
    for name in ("b", "a"):
        Toy.objects.create(name=name, pet=pet)

    once, again = list(collector.collect(alice)), list(collector.collect(alice))

    assert [batch.label for batch in once] == ["zoo.Toy", "zoo.Person", "zoo.Pet"]
    assert [once[0].key(row) for row in once[0].rows] == ["a", "b"]
    assert once == again


def test_a_batch_holds_the_models_own_columns_key_first(alice):
    dog = Dog.objects.create(keeper_id=alice.pk)

    batches = {batch.label: batch for batch in collector.collect(alice)}

    assert batches["zoo.Dog"].columns == ("animal_ptr_id", "walker_id")
    assert batches["zoo.Animal"].columns == ("id", "keeper_id", "friend_id")
    assert batches["zoo.Animal"].rows == [(dog.pk, alice.pk, None)]


def test_a_child_brings_the_parents_row_along(alice):
    dog = Dog.objects.create(walker_id=alice.pk)

    assert collector.closure(alice).owned[Animal] == {dog.pk}


def test_a_proxy_is_its_model(alice):
    proxied = Subject.find(Member, alice.pk)

    assert (proxied.model, proxied.label) == (Person, "zoo.Person")
    assert collector.keys(proxied) == collector.keys(alice)


def test_no_manager_stands_in_between(db):
    hermit = Hermit.objects.create()
    badge = Badge.objects.create(person=Person.objects.create(code="x"))
    QuerySet(model=Secret).bulk_create([Secret(hermit=hermit)])
    QuerySet(model=BadgeScan).bulk_create([BadgeScan(badge=badge)])

    assert len(collector.keys(Subject(Hermit, hermit.pk, "default"))["zoo.Secret"]) == 1
    assert len(collector.keys(Subject(Person, badge.person.pk, "default"))["zoo.BadgeScan"]) == 1


@contextmanager
def tables_of_others() -> Iterator[None]:
    """The tables that Django does not manage."""
    with connection.schema_editor() as editor:
        editor.create_model(Ledger)
        editor.execute("CREATE VIEW zoo_roster AS SELECT id, hermit_id FROM zoo_ledger")
    yield
    with connection.schema_editor() as editor:
        editor.execute("DROP VIEW zoo_roster")
        editor.delete_model(Ledger)


@pytest.mark.django_db(transaction=True)
def test_tables_of_others_count_where_they_exist_and_are_a_named_gap_where_they_do_not():
    hermit = Subject(Hermit, Hermit.objects.create().pk, "default")
    assert set(collector.gaps(hermit)) == {"zoo.Ghost", "zoo.Ledger", "zoo.Roster"}

    with tables_of_others():
        Ledger.objects.create(hermit_id=hermit.pk, line="one")

        assert collector.count(hermit) == {"zoo.Hermit": 1, "zoo.Ledger": 1, "zoo.Roster": 1}
        assert collector.gaps(hermit) == {"zoo.Ghost": "its table is missing in database 'default'"}
        assert graph(Hermit, using="default").views == {Roster}


def test_memory_holds_one_batch_of_rows(alice, settings):
    settings.DOSSIER = {**settings.DOSSIER, "batch_rows": 50}
    pet = Pet.objects.create(owner_id=alice.pk)
    QuerySet(model=Toy).bulk_create([Toy(name=f"{i:04}", pet=pet) for i in range(220)])
    progress: list[tuple[int, int]] = []

    sizes = [
        len(b.rows) for b in collector.collect(alice, progress=lambda *at: progress.append(at)) if b.label == "zoo.Toy"
    ]

    assert sizes == [50, 50, 50, 50, 20]
    assert progress[-1] == (222, 222)


@pytest.mark.parametrize("text", ["abc", "", "1_0", " 1", "१", "1.0", "9" * 30, "\x00", "None", "1 OR 1=1"])
def test_what_is_no_key_finds_nobody_and_says_so(alice, text):
    with pytest.raises(SubjectNotFound):
        Subject.find(Person, text)


def test_a_missing_person_and_a_missing_alias_are_told_apart(alice):
    with pytest.raises(SubjectNotFound, match="no row with the key 999999"):
        Subject.find(Person, 999_999)
    with pytest.raises(SourceUnavailable, match="no database alias 'nowhere'"):
        Subject.find(Person, alice.pk, using="nowhere")


def test_a_composite_key_is_found_as_json(alice):
    pet = Pet.objects.create(owner_id=alice.pk)
    Visit.objects.create(pet=pet, number=3)

    assert Subject.find("zoo.Visit", json.dumps([str(pet.pk), 3])).pk == (pet.pk, 3)


@pytest.mark.django_db(transaction=True)
def test_an_export_is_one_moment_and_lets_others_write():
    """Rows written while the rows are streamed are not in it; and the writer does not wait."""
    alice = Subject(Person, Person.objects.create(code="a").pk, "default")
    pet = Pet.objects.create(owner_id=alice.pk)
    batches = collector.collect(alice)
    first = next(batches)

    Toy.objects.create(name="written meanwhile", pet=pet)  # on the usual connection, and committed
    writer = threading.Thread(target=write_and_close, args=(pet,))
    writer.start()
    writer.join(timeout=20)

    assert not writer.is_alive()
    assert "zoo.Toy" not in {batch.label for batch in (first, *batches)}
    assert len(collector.keys(alice)["zoo.Toy"]) == 2


def write_and_close(pet: Pet) -> None:
    Toy.objects.create(name="by another thread", pet=pet)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_left_open_when_whoever_reads_stops_early(monkeypatch):
    alice = Subject(Person, Person.objects.create(code="a").pk, "default")
    opened: list[BaseDatabaseWrapper] = []
    create = connections.create_connection
    monkeypatch.setattr(connections, "create_connection", lambda alias: opened.append(create(alias)) or opened[-1])
    batches = collector.collect(alice)
    next(batches)

    batches.close()

    assert [own.connection for own in opened] == [None]


@pytest.mark.django_db
def test_models_are_visited_in_the_same_order_in_each_process():
    labels = [model._meta.label for model in graph(Person, using="default").ties]

    assert labels == sorted(labels)  # and not as a set has them, which goes by addresses in memory
