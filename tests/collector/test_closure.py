"""The closure against two others: Django's own for what is owned, and a plain slow walk for everything."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.admin.utils import NestedObjects
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import collector
from tasks.collector import Subject
from tests.budget import examples
from tests.hosts import drawn
from tests.hosts.slow import Row, Slow
from tests.hosts.zoo.models import Person

pytestmark = pytest.mark.django_db


@contextmanager
def stored(rows: list) -> Iterator[Subject]:
    """The rows, for as long as the block lasts."""
    with transaction.atomic():
        drawn.store(rows)
        yield Subject.find(Person, 1)
        transaction.set_rollback(True)


def found(keys: dict) -> set[Row]:
    return {(model._meta.label, key) for model, them in keys.items() for key in them}


@settings(max_examples=examples(40))
@given(rows=drawn.zoos(locks=False))
def test_what_is_owned_is_what_django_would_delete_where_nothing_protects(rows):
    with stored(rows) as alice:
        nested = NestedObjects(using="default", origin=[alice.row])
        nested.collect([alice.row])
        expected = {(o._meta.concrete_model._meta.label, o.pk) for objects in nested.data.values() for o in objects}

        closure = collector.closure(alice)

        assert found(closure.owned) == expected


@settings(max_examples=examples(60))
@given(rows=drawn.zoos())
def test_owned_and_named_are_what_a_plain_walk_over_every_row_finds(rows):
    with stored(rows) as alice:
        slow = Slow()
        start = (Person._meta.label, 1)

        closure = collector.closure(alice)

        assert found(closure.owned) == slow.owned(start)
        assert found(closure.named) == slow.named(start)
        assert closure.followed == {}


@settings(max_examples=examples(15))
@given(rows=drawn.zoos(), size=st.integers(1, 3))
def test_the_size_of_batches_changes_nothing(rows, size):
    with stored(rows) as alice:
        whole = list(collector.collect(alice))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tasks.conf.load", lambda: small(size))
            pieces = list(collector.collect(alice))

        assert max((len(batch.rows) for batch in pieces), default=0) <= size
        assert joined(pieces) == joined(whole)


def joined(batches: list) -> list:
    return [(batch.label, batch.owned, row) for batch in batches for row in batch.rows]


def small(size: int):
    from tasks.conf import Configuration

    return Configuration(batch_rows=size, key_batch=size)


@settings(max_examples=examples(15))
@given(rows=drawn.zoos())
def test_rows_keys_and_counts_tell_the_same(rows):
    with stored(rows) as alice:
        batches = list(collector.collect(alice))
        keys = collector.keys(alice)

        by_label: dict[str, int] = {}
        for batch in batches:
            by_label[batch.label] = by_label.get(batch.label, 0) + len(batch.rows)
        assert by_label == collector.count(alice) == {label: len(them) for label, them in keys.items()}
