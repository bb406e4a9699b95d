"""Cascades that the database carries out: Django's own ``delete()`` neither collects nor counts their rows."""

import uuid

import django
import pytest

if django.VERSION < (6, 1):
    pytest.skip("needs Django 6.1: make test ONLY=django61", allow_module_level=True)

from django.contrib.admin.utils import NestedObjects
from django.contrib.contenttypes.models import ContentType

from tasks import collector, erasure
from tasks.collector import Subject
from tests.hosts.database_cascade.models import Call, CallNote, Clause, Client, Contract, Note, Offer, Visit, Wish

pytestmark = pytest.mark.django_db
OWNED = {"Client": 1, "Contract": 2, "Clause": 6, "Wish": 2, "Offer": 4, "Note": 2}
NAMED = {"Call": 2, "Visit": 2}


def rows_of(client):
    """Two of each that names the client; three clauses per contract, two offers per wish."""
    for _ in range(2):
        contract, wish = Contract.objects.create(client=client), Wish.objects.create(client=client)
        for _ in range(3):
            Clause.objects.create(contract=contract)
        for _ in range(2):
            Offer.objects.create(wish=wish)
        CallNote.objects.create(call=Call.objects.create(client=client))
        Visit.objects.create(client=client)
        Note.objects.create(content_type=ContentType.objects.get_for_model(Contract), object_id=contract.pk)
    return client


@pytest.fixture
def alice(db):
    """A subject among others; the client 1 is whom the database puts in place of those who are gone."""
    Client.objects.create(pk=1, name="nobody")
    rows_of(Client.objects.create(name="Bob"))
    return Subject.find(Client, rows_of(Client.objects.create(name="Alice")).pk)


@pytest.fixture
def erase(noon):
    def carry_out(subject):
        return erasure.apply(subject, erasure.plan(subject, at=noon), run_id=uuid.UUID(int=61), at=noon)

    return carry_out


def labelled(counts):
    return {f"database_cascade.{name}": count for name, count in counts.items()}


def test_rows_that_go_by_the_databases_cascade_are_owned_and_those_that_it_clears_are_named(alice):
    closure = collector.closure(alice)

    assert {model._meta.object_name: len(keys) for model, keys in closure.owned.items()} == OWNED
    assert {model._meta.object_name: len(keys) for model, keys in closure.named.items()} == NAMED


def test_they_are_counted(alice):
    assert collector.count(alice) == labelled(OWNED | NAMED)


def test_they_are_collected_each_once(alice):
    found = {}
    for batch in collector.collect(alice):
        found.setdefault(batch.label, []).extend(batch.key(row) for row in batch.rows)

    assert {label: len(keys) for label, keys in found.items()} == labelled(OWNED | NAMED)
    assert all(len(keys) == len(set(keys)) for keys in found.values())


def test_what_is_owned_is_what_the_admins_delete_page_shows(alice):
    nested = NestedObjects(using="default")
    nested.collect([alice.row])

    shown = {model._meta.object_name: len(rows) for model, rows in nested.data.items()}
    assert shown.items() <= OWNED.items()
    assert {"Contract", "Clause", "Wish", "Offer"} <= set(shown)


def test_an_erasure_takes_them_and_counts_them(alice, erase):
    assert erase(alice) == (sum(OWNED.values()), labelled(OWNED))


def test_an_erasure_clears_what_the_database_would_have_cleared(alice, erase):
    erase(alice)

    assert sorted(Call.objects.values_list("client", flat=True), key=str) == [2, 2, None, None]
    assert sorted(Visit.objects.values_list("client", flat=True)) == [1, 1, 2, 2]
    assert CallNote.objects.count() == 4


def test_an_erasure_leaves_no_row_behind_that_django_forgets(alice, erase):
    carol = rows_of(Client.objects.create(name="Carol"))

    carol.delete()
    forgotten = Note.objects.count()
    erase(alice)

    assert (forgotten, Note.objects.count()) == (6, 4)  # Carol's stayed, Alice's went
    assert {Contract.objects.count(), Wish.objects.count()} == {2}  # Bob's
