"""The closure against two others: Django's own for what is owned, and a plain slow walk for everything."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.contrib.admin.utils import NestedObjects
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks import collector
from tasks.collector import Subject
from tasks.collector.lines import encode
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


@settings(max_examples=examples(60))
@given(rows=drawn.zoos(), size=st.integers(1, 3))
def test_what_is_streamed_is_what_a_plain_walk_finds_each_row_once(rows, size):
    with stored(rows) as alice, pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasks.conf.load", lambda: small(size))
        slow, start = Slow(), (Person._meta.label, 1)

        batches = list(collector.collect(alice))

        assert sorted(rows_of(batches, owned=True), key=str) == sorted(slow.owned(start), key=str)
        assert sorted(rows_of(batches, owned=False), key=str) == sorted(slow.named(start), key=str)
        assert max(len(batch.rows) for batch in batches) <= size


def rows_of(batches: list, *, owned: bool) -> list[Row]:
    return [(batch.label, batch.key(row)) for batch in batches if batch.owned is owned for row in batch.rows]


@settings(max_examples=examples(15))
@given(rows=drawn.zoos(), size=st.integers(1, 3))
def test_the_size_of_batches_changes_nothing(rows, size):
    with stored(rows) as alice:
        whole = list(collector.collect(alice))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tasks.conf.load", lambda: small(size))
            pieces = list(collector.collect(alice))

        assert joined(pieces) == joined(whole)
        assert labels(pieces) == labels(whole)


def joined(batches: list) -> list:
    """Every row with all that a batch says of it; the order of rows is a batch's own matter."""
    told = [
        (batch.label, not batch.owned, str(batch.key(row)), row, number in batch.shared)
        for batch in batches
        for number, row in enumerate(batch.rows)
    ]
    return sorted(told, key=lambda item: item[:3])


def labels(batches: list) -> list[str]:
    return list(dict.fromkeys(batch.label for batch in batches))


def small(size: int):
    from tasks.conf import Configuration

    return Configuration(batch_rows=size, key_batch=size)


@settings(max_examples=examples(30))
@given(rows=drawn.zoos(), size=st.sampled_from([1, 2, 10_000]))
def test_rows_keys_counts_and_lines_tell_the_same(rows, size):
    with stored(rows) as alice, pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasks.conf.load", lambda: small(size))
        batches = list(collector.collect(alice))
        keys = collector.keys(alice)
        lines = list(map(json.loads, b"".join(collector.lines(alice)).splitlines()))

        by_label: dict[str, int] = {}
        for batch in batches:
            by_label[batch.label] = by_label.get(batch.label, 0) + len(batch.rows)
        assert by_label == collector.count(alice) == {label: len(them) for label, them in keys.items()}
        told = [json.loads(line) for batch in batches for line in encode(batch)]
        assert sorted(lines, key=str) == sorted(told, key=str)
        assert [line["model"] for line in lines] == [line["model"] for line in told]
